"""`workbench explain`: one clause, fixture or design, with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table

from workbench.agreement import Agreements
from workbench.cli._names import unknown
from workbench.cli._shipped import FOLDER, distance_line, distances, fidelity_details, fidelity_line, read_fidelity
from workbench.cli.console import (
    FORMAT,
    VERDICT_GLYPH,
    VERDICT_STYLE,
    elide,
    examples,
    legend,
    out,
    print_json,
    safe,
    shown_verdicts,
)
from workbench.errors import UsageError
from workbench.jsontext import write_json
from workbench.results import ResultSet, read
from workbench.transcript import Json
from workbench.verdict import Cell

if TYPE_CHECKING:
    from workbench.distance import Distance
    from workbench.results import SubjectResult

MOST_EVIDENCE = 3


@click.command(
    "explain",
    short_help="Explain a clause, a fixture or a design, with the evidence.",
    epilog=examples(
        ("workbench explain llm", "what a design keeps and loses"),
        ("workbench explain TEXT-EXACT-LIVE", "what a clause asks for, and who is in which camp"),
        ("workbench explain redacted-reasoning", "what a fixture says, and how designs do on it"),
    ),
)
@click.argument("name", metavar="CLAUSE|FIXTURE|DESIGN")
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site/data"),
    show_default=True,
    help="Results to read.",
)
@FORMAT
def command(name: str, results: Path, format_: str) -> None:
    """Explain a clause, a fixture or a design from the results on file, with the evidence for each verdict.

    A design is also held against the releases that are read as it, where results as shipped are on file, in the folder
    `shipped` of the results. Upper and lower case are the same. `workbench list clauses` (or fixtures, or designs)
    shows the names.
    """
    found = read(results)
    for kind, explain in (("clauses", _clause), ("designs", _design), ("fixtures", _fixture)):
        known = {one.lower(): one for one in found.catalogue.get(kind, {})}
        if name.lower() in known:
            identity = known[name.lower()]
            if format_ == "json":
                cells = [cell for cell in _all_cells(found) if identity in (cell.clause, cell.subject, cell.fixture)]
                shipped = _shipped_json(found, results / FOLDER, identity) if kind == "designs" else {}
                print_json({"kind": kind, "id": identity, **found.catalogue[kind][identity], "cells": cells, **shipped})
            else:
                explain(out(), found, identity)
                if kind == "designs":
                    _print_shipped(out(), found, results / FOLDER, identity)
            return
    every = [one for kind in ("clauses", "designs", "fixtures") for one in found.catalogue.get(kind, {})]
    listed = "`workbench list clauses` (or fixtures, or designs)"
    raise UsageError(unknown(name, every, what="clause, fixture or design", listed=listed))


def _all_cells(found: ResultSet) -> Iterator[Cell]:
    for subject in found.subjects:
        yield from found.cells(subject)


def _body(cell: Cell) -> str:
    return f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}"


def _short(value: Json, room: int) -> str:
    if value is None:
        return "nothing"
    return safe(elide(write_json(value).decode("utf-8", "replace"), room))


def _print_evidence(console: Console, cell: Cell) -> None:
    if cell.evidence is None:
        return
    room = max(console.width - 11, 40)
    frame = "" if cell.evidence.frame is None else f" (frame {cell.evidence.frame})"
    console.print(f"    {safe(_body(cell))}: {safe(cell.evidence.where)}{frame}")
    console.print(f"      sent {_short(cell.evidence.sent, room)}", soft_wrap=True)
    console.print(f"      seen {_short(cell.evidence.seen, room)}", soft_wrap=True)


def _print_failing(console: Console, cells: Iterable[Cell]) -> None:
    """Prints the evidence of the first few cells that failed, and how many more there are."""
    failing = [cell for cell in cells if cell.verdict in ("fail", "crash")]
    for cell in failing[:MOST_EVIDENCE]:
        if cell.reason:
            console.print(f"    {safe(_body(cell))}: {safe(cell.reason)}")
        _print_evidence(console, cell)
    if len(failing) > MOST_EVIDENCE:
        console.print(f"    … and on {_bodies(len(failing) - MOST_EVIDENCE)} more")


def _bodies(count: int) -> str:
    return f"{count} {'body' if count == 1 else 'bodies'}"


def _counts(cells: Iterable[Cell]) -> str:
    """Verdicts with their numbers, in one order everywhere."""
    counts = Counter[str](cell.verdict for cell in cells)
    found = [verdict for verdict in VERDICT_STYLE if counts[verdict]]
    return "  ".join(f"[{VERDICT_STYLE[one]}]{VERDICT_GLYPH[one]} {counts[one]} {one}[/]" for one in found)


def _table(first: Sequence[str], rows: Sequence[tuple[Sequence[str], Counter[str]]]) -> tuple[Table, str]:
    """A table of verdicts by their glyphs, and what the glyphs mean."""
    verdicts = shown_verdicts(counts for _, counts in rows)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in first:
        table.add_column(name, overflow="fold")
    for verdict in verdicts:
        table.add_column(VERDICT_GLYPH[verdict], justify="right", style=VERDICT_STYLE[verdict], no_wrap=True)
    for words, counts in rows:
        table.add_row(*words, *(str(counts[verdict] or "") for verdict in verdicts))
    return table, legend(verdicts)


def _clause(console: Console, found: ResultSet, identity: str) -> None:
    clause = found.catalogue["clauses"][identity]
    console.print(f"[bold]{identity}[/]  {clause['level']}, {clause['phase']}")
    console.print(safe(clause["statement"]))
    console.print(f"[dim]Why:[/] {safe(clause['rationale'])}")
    for source in clause["sources"]:
        console.print(f"[dim]Source:[/] {safe(source['title'])} {safe(source['url'])}", soft_wrap=True)
    for subject in found.subjects:
        cells = [cell for cell in found.cells(subject) if cell.clause == identity]
        console.print(f"\n[bold]{subject}[/]  {_counts(cells)}")
        _print_failing(console, cells)
        for reason, count in Counter(cell.reason for cell in cells if cell.reason).most_common():
            console.print(f"    [dim]not judged on {_bodies(count)}:[/] {safe(reason)}")
    agreements = Agreements(found)
    wordings = Counter(agreements.wording(identity, body) for body in agreements.bodies(identity))
    words = ", ".join(f"{word} on {_bodies(count)}" for word, count in wordings.most_common())
    console.print(f"\n[bold]Camps[/]  {words or 'none: no body asks for it'}")
    for camps, bodies in agreements.partition(identity):
        parted = "  |  ".join(", ".join(camp) for camp in camps)
        console.print(f"  on {len(bodies):3}:  {parted}")


def _design(console: Console, found: ResultSet, identity: str) -> None:
    design = found.catalogue["designs"][identity]
    status = design["status"]
    console.print(f"[bold]{safe(design['title'])}[/]  {status['state']} {safe(status['where'])}")
    console.print(f"[dim]Source:[/] {safe(status['source'])}", soft_wrap=True)
    console.print(safe(design["summary"]))
    if design["port"]:
        port = design["port"]
        proof = f"held against it by {port['proof']}" if port["proof"] else "not yet held against it"
        console.print(
            f"The adapter ports {port['library']} {port['release']}, {proof}. These verdicts are about the design."
        )
    cells = list(found.cells(identity))
    clauses = found.catalogue["clauses"]
    rows = []
    for clause, texts in clauses.items():
        counts = Counter[str](cell.verdict for cell in cells if cell.clause == clause)
        rows.append(((clause, texts["level"], texts["phase"]), counts))
    table, meaning = _table(("clause", "level", "phase"), rows)
    console.print()
    console.print(table)
    console.print(meaning)
    for clause, texts in clauses.items():
        mine = [cell for cell in cells if cell.clause == clause]
        if any(cell.verdict in ("fail", "crash") for cell in mine):
            console.print(f"\n[red]{clause}[/]  {safe(texts['statement'])}")
            _print_failing(console, mine)
    _print_reasons(console, cells)


def _releases(found: ResultSet, folder: Path, identity: str) -> list[tuple[SubjectResult, Distance]]:
    """The releases that are read as a design, with their distances; none where no results as shipped are on file."""
    if not (folder / "subjects").is_dir():
        return []
    return list(distances(found.subjects.get(identity), read(folder).subjects, identity))


def _shipped_json(found: ResultSet, folder: Path, identity: str) -> dict[str, object]:
    held = [one for _, one in _releases(found, folder, identity)]
    return {"fidelity": read_fidelity(folder).get(identity), "distances": held}


def _print_shipped(console: Console, found: ResultSet, folder: Path, identity: str) -> None:
    """Prints fidelity and distances: numbers of their own, after those of the design."""
    port = found.catalogue["designs"][identity]["port"]
    fidelity = read_fidelity(folder).get(identity)
    console.print("\n[bold]Fidelity of the adapter[/]")
    line = fidelity_line(fidelity, f"{port['library']} {port['release']}" if port else None)
    console.print(f"  {line}", soft_wrap=True)
    for detail in fidelity_details(fidelity) if fidelity else ():
        console.print(f"  {detail}", soft_wrap=True)
    console.print("\n[bold]As shipped[/]")
    held = _releases(found, folder, identity)
    if not held:
        console.print(f"  no release that is read as {safe(identity)} is on file in {safe(folder)}", soft_wrap=True)
    for result, distance in held:
        console.print(f"  {distance_line(distance)}", soft_wrap=True)
        mine = found.subjects[identity]
        if (result.corpus, result.profile) != (mine.corpus, mine.profile):
            console.print("    of another corpus or profile than the results as designed")


def _print_reasons(console: Console, cells: Iterable[Cell]) -> None:
    """Prints why cells were not judged, so that no number is left unexplained."""
    reasons = Counter((cell.verdict, cell.reason) for cell in cells if cell.reason and cell.verdict != "crash")
    if reasons:
        console.print("\n[bold]Not judged, and why[/]")
    for (verdict, reason), count in reasons.most_common():
        style, glyph = VERDICT_STYLE[verdict], VERDICT_GLYPH[verdict]
        console.print(f"  {count:5} [{style}]{glyph}[/] {safe(reason)}")


def _fixture(console: Console, found: ResultSet, identity: str) -> None:
    fixture = found.catalogue["fixtures"][identity]
    console.print(f"[bold]{identity}[/]  {safe(fixture['why'])}")
    console.print(f"[dim]Source:[/] {safe(fixture['source'])}", soft_wrap=True)
    for number, turn in enumerate(fixture["turns"], start=1):
        for part in turn["transcript"].get("parts", ()):
            fields = {key: value for key, value in part.items() if key != "type"}
            console.print(f"  turn {number}  {part['type']}: {_short(fields, 4 * console.width)}", soft_wrap=True)
        for dialect, reason in turn["absent"].items():
            console.print(f"  turn {number}  not in {dialect}: {safe(reason)}")
    mine = {subject: [c for c in found.cells(subject) if c.fixture == identity] for subject in found.subjects}
    rows: dict[tuple[str, str], Counter[str]] = {}
    for subject, cells in mine.items():
        for cell in cells:
            body = f"{cell.turn + 1}@{cell.dialect}"
            rows.setdefault((body, subject), Counter())[cell.verdict] += 1
    table, meaning = _table(("turn@dialect", "design"), [(words, counts) for words, counts in sorted(rows.items())])
    console.print()
    console.print(table)
    console.print(meaning)
    for subject, cells in mine.items():
        failing = [cell for cell in cells if cell.verdict in ("fail", "crash")]
        if failing:
            console.print(f"\n[bold]{subject}[/]")
        for clause in dict.fromkeys(cell.clause for cell in failing):
            console.print(f"  [red]{clause}[/]")
            _print_failing(console, [cell for cell in failing if cell.clause == clause])
