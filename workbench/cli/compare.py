"""`workbench compare`: where two designs part."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import click
from rich.table import Table

from workbench.agreement import COMPARABLE, Agreements
from workbench.cli.console import FORMAT, VERDICT_GLYPH, VERDICT_STYLE, out, print_json, safe
from workbench.errors import UsageError
from workbench.jsontext import write_json
from workbench.results import ResultSet, read
from workbench.transcript import Json
from workbench.verdict import Cell

MOST_CLAUSES = 12


@click.command("compare")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--clause", "only", metavar="ID", help="Only this clause, with every body on which they part.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site/data"),
    show_default=True,
    help="Results to read.",
)
@FORMAT
def command(one: str, other: str, only: str | None, results: Path, format_: str) -> None:
    """Compare designs A and B: how often they show the same, and where they part, with what each showed."""
    found = read(results)
    for name in (one, other):
        if name not in found.subjects:
            raise UsageError(f"no subject {name!r} in {results}; there are {', '.join(found.subjects)}")
    if only is not None and only not in found.catalogue["clauses"]:
        raise UsageError(f"no clause {only!r}; `workbench list clauses` shows all")
    agreements = Agreements(found, (one, other))
    parted = _parted(found, one, other, only)
    total = agreements.between(one, other, clause=only)
    if format_ == "json":
        print_json(
            {
                "a": one,
                "b": other,
                "agreement": {"same": total.same, "cells": total.cells},
                "parted": [
                    {"clause": clause, "body": _body(a), one: _side(a), other: _side(b)}
                    for clause, pairs in parted.items()
                    for a, b in pairs
                ],
            }
        )
        return
    _show(found, one, other, agreements, parted, everything=only is not None)


def _body(cell: Cell) -> str:
    return f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}"


def _side(cell: Cell) -> Json:
    return {"verdict": cell.verdict, "shown": cell.shown}


def _parted(found: ResultSet, one: str, other: str, only: str | None) -> dict[str, list[tuple[Cell, Cell]]]:
    """Clause to the pairs of comparable cells that differ, the clause with most of them first."""
    mine = {(_body(cell), cell.clause): cell for cell in found.cells(one)}
    parted: dict[str, list[tuple[Cell, Cell]]] = defaultdict(list)
    for cell in found.cells(other):
        match = mine.get((_body(cell), cell.clause))
        if match is None or (only is not None and cell.clause != only):
            continue
        if match.verdict in COMPARABLE and cell.verdict in COMPARABLE and match.shown != cell.shown:
            parted[cell.clause].append((match, cell))
    return dict(sorted(parted.items(), key=lambda item: (-len(item[1]), item[0])))


def _show(
    found: ResultSet,
    one: str,
    other: str,
    agreements: Agreements,
    parted: dict[str, list[tuple[Cell, Cell]]],
    *,
    everything: bool,
) -> None:
    console = out()
    total = agreements.between(one, other)
    if total.share is None:
        console.print(f"{one} and {other} have no comparable cell.")
        return
    console.print(
        f"[bold]{one}[/] and [bold]{other}[/] show the same in {total.same} of {total.cells} comparable cells"
    )
    table = Table(title="where they part, most bodies first")
    for column in ("clause", "phase", "bodies", "of", "for instance", one, other):
        table.add_column(column, overflow="fold", justify="right" if column in {"bodies", "of"} else "left")
    for index, (clause, pairs) in enumerate(parted.items()):
        if index == MOST_CLAUSES and not everything:
            break
        phase = found.catalogue["clauses"][clause]["phase"]
        count = agreements.between(one, other, clause=clause).cells
        for a, b in pairs if everything else pairs[:1]:
            table.add_row(clause, phase, str(len(pairs)), str(count), safe(_body(a)), _cell(a), _cell(b))
    console.print(table)
    if len(parted) > MOST_CLAUSES and not everything:
        console.print(f"… and on {len(parted) - MOST_CLAUSES} more clauses; --format json has all")


def _cell(cell: Cell) -> str:
    shown = write_json(cell.shown).decode("utf-8", "replace")
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    return f"[{VERDICT_STYLE[cell.verdict]}]{VERDICT_GLYPH[cell.verdict]}[/] {safe(shown)}"
