"""`workbench compare`: where two designs part."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from workbench.agreement import Agreements
from workbench.cli._names import pick
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
)
from workbench.jsontext import write_json
from workbench.results import ResultSet, read
from workbench.transcript import Json
from workbench.verdict import Cell, Evidence
from workbench.verdict import compare as first_divergence

MOST_CLAUSES = 12


@click.command(
    "compare",
    short_help="Show where two designs part, with what each showed.",
    epilog=examples(
        ("workbench compare llm dify-tagged", "the clauses on which they part most"),
        ("workbench compare llm dify-tagged --clause TEXT-CLEAN-LIVE", "every body on which they part"),
        ("workbench compare llm dify-delta --format json", "all of it, for a program"),
    ),
)
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
    """Compare designs A and B: how often they show the same, and where they part, with what each showed.

    Comparable are the cells in which both were judged. That two designs show the same does not say that it is right:
    both may have lost it.
    """
    found = read(results)
    one = pick(one, found.subjects, what="design", listed="`workbench list`")
    other = pick(other, found.subjects, what="design", listed="`workbench list`")
    if only is not None:
        only = pick(only, found.catalogue["clauses"], what="clause", listed="`workbench list clauses`")
    agreements = Agreements(found, (one, other))
    parted = parting(found, agreements, one, other, only)
    total = agreements.between(one, other, clause=only)
    if format_ == "json":
        print_json(
            {
                "a": one,
                "b": other,
                "agreement": {"same": total.same, "cells": total.cells},
                "parted": [
                    {"clause": clause, "body": _body(a), "a": _side(a), "b": _side(b)}
                    for clause, pairs in parted.items()
                    for a, b in pairs
                ],
            }
        )
        return
    console = out()
    if total.share is None:
        console.print(f"{one} and {other} have no comparable cell{f' for {only}' if only else ''}.")
        return
    scope = f" for {only}" if only else ""
    console.print(
        f"[bold]{one}[/] and [bold]{other}[/] show the same in {total.same:,} of {total.cells:,} comparable "
        f"cells{scope}"
    )
    if one == other:
        console.print("They are one design; name two.")
    elif not parted:
        console.print("They part nowhere.")
    else:
        _show(console, found, agreements, parted, everything=only is not None)


def parting(
    found: ResultSet, agreements: Agreements, one: str, other: str, only: str | None = None
) -> dict[str, list[tuple[Cell, Cell]]]:
    """Finds the comparable cells in which two subjects are in different camps.

    Returns:
        Clause to pairs of cells, body by body; the clause with most of them first.
    """
    parted: dict[str, list[tuple[Cell, Cell]]] = {}
    for clause in found.catalogue["clauses"] if only is None else [only]:
        pairs = []
        for body in agreements.bodies(clause):
            if len(agreements.camps(clause, body)) == 2:
                mine, theirs = found.cell(one, body, clause), found.cell(other, body, clause)
                if mine is not None and theirs is not None:
                    pairs.append((mine, theirs))
        if pairs:
            parted[clause] = pairs
    return dict(sorted(parted.items(), key=lambda item: (-len(item[1]), item[0])))


def _body(cell: Cell) -> str:
    return f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}"


def _side(cell: Cell) -> Json:
    return {"verdict": cell.verdict, "shown": cell.shown}


def _show(
    console: Console,
    found: ResultSet,
    agreements: Agreements,
    parted: dict[str, list[tuple[Cell, Cell]]],
    *,
    everything: bool,
) -> None:
    console.print("Where they part, most bodies first:")
    for clause, pairs in list(parted.items())[: None if everything else MOST_CLAUSES]:
        cells = agreements.between(*agreements.subjects, clause=clause).cells
        texts = found.catalogue["clauses"][clause]
        console.print(f"\n[bold]{clause}[/]  {texts['level']}, {texts['phase']}; on {len(pairs)} of {cells} bodies")
        console.print(f"  {safe(texts['statement'])}")
        for a, b in pairs if everything else pairs[:1]:
            _show_pair(console, a, b, "" if everything else "for instance on ")
    left = len(parted) - MOST_CLAUSES
    if left > 0 and not everything:
        console.print(f"\n… and on {left} more clauses; --clause ID shows one in full, --format json has all")
    console.print(f"\n{legend(['pass', 'fail', 'inexpressible'])}", style="dim")


def _show_pair(console: Console, a: Cell, b: Cell, lead: str) -> None:
    """Prints what two subjects showed on one body, from where they part on."""
    parts = first_divergence(a.shown, b.shown).evidence or Evidence("", a.shown, b.shown)
    where = parts.where.removeprefix("value").strip()
    console.print(f"  [dim]{lead}[/]{safe(_body(a))}{f', {safe(where)}' if where else ''}")
    wide = max(len(a.subject), len(b.subject))
    for cell, value in ((a, parts.sent), (b, parts.seen)):
        text = elide(write_json(value).decode("utf-8", "replace"), max(console.width - wide - 9, 40))
        style, glyph = VERDICT_STYLE[cell.verdict], VERDICT_GLYPH[cell.verdict]
        console.print(f"    {cell.subject:{wide}}  [{style}]{glyph}[/] {safe(text)}", soft_wrap=True)
