"""`workbench explain`: one clause, fixture or design, with its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from workbench.agreement import Agreements
from workbench.cli.console import FORMAT, VERDICT_GLYPH, VERDICT_STYLE, out, print_json, safe
from workbench.errors import UsageError
from workbench.jsontext import write_json
from workbench.results import ResultSet, read
from workbench.transcript import Json
from workbench.verdict import Cell, Verdict

MOST_EVIDENCE = 3


@click.command("explain")
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
    """Explain a clause, a fixture or a design from the results on file, with the evidence for each verdict."""
    found = read(results)
    for kind, explain in (("clauses", _clause), ("designs", _design), ("fixtures", _fixture)):
        known = {one.lower(): one for one in found.catalogue.get(kind, {})}
        if name.lower() in known:
            identity = known[name.lower()]
            if format_ == "json":
                cells = [cell for cell in _all_cells(found) if identity in (cell.clause, cell.subject, cell.fixture)]
                print_json({"kind": kind, "id": identity, **found.catalogue[kind][identity], "cells": cells})
            else:
                explain(out(), found, identity)
            return
    raise UsageError(
        f"{name!r} is no clause, fixture or design of {results}; see `workbench list clauses`, fixtures or designs"
    )


def _all_cells(found: ResultSet) -> Iterator[Cell]:
    for subject in found.subjects:
        yield from found.cells(subject)


def _body(cell: Cell) -> str:
    return f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}"


def _short(value: Json) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else write_json(value).decode("utf-8", "replace")
    return repr(text) if isinstance(value, str) else text


def _print_evidence(console: Console, cell: Cell) -> None:
    if cell.evidence is None:
        return
    frame = "" if cell.evidence.frame is None else f" (frame {cell.evidence.frame})"
    console.print(f"    {safe(_body(cell))}: {safe(cell.evidence.where)}{frame}")
    console.print(f"      sent {safe(_short(cell.evidence.sent))}", soft_wrap=True)
    console.print(f"      seen {safe(_short(cell.evidence.seen))}", soft_wrap=True)


def _counts(counts: Mapping[Verdict, int]) -> str:
    return "  ".join(
        f"[{VERDICT_STYLE[verdict]}]{VERDICT_GLYPH[verdict]} {count} {verdict}[/]" for verdict, count in counts.items()
    )


def _clause(console: Console, found: ResultSet, identity: str) -> None:
    clause = found.catalogue["clauses"][identity]
    console.print(f"[bold]{identity}[/]  {clause['level']}, {clause['phase']}")
    console.print(safe(clause["statement"]))
    console.print(f"[dim]Why:[/] {safe(clause['rationale'])}")
    for source in clause["sources"]:
        console.print(f"[dim]Source:[/] {safe(source['title'])} {safe(source['url'])}")
    for subject in found.subjects:
        cells = [cell for cell in found.cells(subject) if cell.clause == identity]
        console.print(f"\n[bold]{subject}[/]  {_counts(Counter(cell.verdict for cell in cells))}")
        for reason, count in Counter(cell.reason for cell in cells if cell.reason).most_common():
            console.print(f"    {count} times: {safe(reason)}")
        for cell in [cell for cell in cells if cell.verdict == "fail"][:MOST_EVIDENCE]:
            _print_evidence(console, cell)
    agreements = Agreements(found)
    wordings = Counter(agreements.wording(identity, body) for body in agreements.bodies(identity))
    console.print("\n[bold]Camps[/]  " + ", ".join(f"{word} on {count}" for word, count in wordings.most_common()))
    for camps, bodies in agreements.partition(identity):
        parted = "  |  ".join(", ".join(camp) for camp in camps)
        console.print(f"  {len(bodies):3}  {parted}")


def _design(console: Console, found: ResultSet, identity: str) -> None:
    design = found.catalogue["designs"][identity]
    status = design["status"]
    console.print(f"[bold]{safe(design['title'])}[/]  {status['state']} {safe(status['where'])}  {status['source']}")
    console.print(safe(design["summary"]))
    if design["port"]:
        port = design["port"]
        proof = f"held against it by {port['proof']}" if port["proof"] else "not yet held against it"
        console.print(
            f"The adapter ports {port['library']} {port['release']}, {proof}. These verdicts are about the design."
        )
    cells = list(found.cells(identity))
    table = Table()
    for column in ("clause", "level", "phase", "verdicts"):
        table.add_column(column, overflow="fold")
    for clause, texts in found.catalogue["clauses"].items():
        counts = Counter(cell.verdict for cell in cells if cell.clause == clause)
        table.add_row(clause, texts["level"], texts["phase"], _counts(counts))
    console.print(table)
    for clause in found.catalogue["clauses"]:
        failing = [cell for cell in cells if cell.clause == clause and cell.verdict == "fail"]
        if failing:
            console.print(f"[red]{clause}[/]  {safe(found.catalogue['clauses'][clause]['statement'])}")
            for cell in failing[:MOST_EVIDENCE]:
                _print_evidence(console, cell)
            if len(failing) > MOST_EVIDENCE:
                console.print(f"    … and on {len(failing) - MOST_EVIDENCE} more bodies")


def _fixture(console: Console, found: ResultSet, identity: str) -> None:
    fixture = found.catalogue["fixtures"][identity]
    console.print(f"[bold]{identity}[/]  {safe(fixture['why'])}\n[dim]Source:[/] {safe(fixture['source'])}")
    for number, turn in enumerate(fixture["turns"], start=1):
        for part in turn["transcript"].get("parts", ()):
            fields = {key: value for key, value in part.items() if key != "type"}
            console.print(f"  turn {number}  {part['type']}: {safe(_short(fields))}", soft_wrap=True)
        for dialect, reason in turn["absent"].items():
            console.print(f"  turn {number}  not in {dialect}: {safe(reason)}")
    table = Table()
    table.add_column("body", overflow="fold")
    for subject in found.subjects:
        table.add_column(subject)
    bodies = sorted(
        {body for result in found.subjects.values() for body in result.bodies if body.startswith(f"{identity}/")}
    )
    for body in bodies:
        cells = {subject: [c for c in found.cells(subject) if _body(c) == body] for subject in found.subjects}
        table.add_row(
            body.removeprefix(f"{identity}/"),
            *(
                _counts(Counter(c.verdict for c in cells[subject] if c.verdict != "not-applicable"))
                for subject in cells
            ),
        )
    console.print(table)
    for subject in found.subjects:
        failing = [c for c in found.cells(subject) if c.fixture == identity and c.verdict in {"fail", "crash"}]
        if failing:
            console.print(f"[bold]{subject}[/]")
            for cell in failing:
                console.print(f"  [red]{cell.clause}[/] {safe(cell.reason or '')}")
                _print_evidence(console, cell)
