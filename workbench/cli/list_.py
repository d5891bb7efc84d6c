"""`workbench list`: what there is."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.table import Table

from workbench.cli.console import FORMAT, out, print_json, safe

Rows = list[dict[str, str]]


def _designs() -> Rows:
    from workbench.designs import all_designs

    return [
        {
            "id": one.id,
            "status": f"{one.status.state} {one.status.where}",
            "phases": " ".join(one.phases),
            "is": one.summary,
        }
        for one in all_designs().values()
    ]


def _clauses() -> Rows:
    from workbench.data import find_specs_dir
    from workbench.profile import load_profile

    return [
        {"id": one.id, "level": one.level, "phase": one.phase, "statement": one.statement}
        for one in load_profile(find_specs_dir() / "clauses").values()
    ]


def _fixtures() -> Rows:
    from workbench.corpus import load_corpus

    return [
        {
            "id": one.slug,
            "turns": str(len(one.turns)),
            "dialects": " ".join(sorted({name for turn in one.turns for name in turn.bodies})),
            "why": one.why,
        }
        for one in load_corpus().fixtures
    ]


def _dialects() -> Rows:
    from workbench.dialects import all_dialects

    return [
        {"id": one.id, "title": one.title, "framing": one.framing, "source": one.source}
        for one in all_dialects().values()
    ]


def _miniatures() -> Rows:
    from workbench.miniatures import all_miniatures

    return [{"id": one.id, "breaks": one.summary} for one in all_miniatures().values()]


def _concepts() -> Rows:
    from workbench.transcript import CONCEPTS

    return [{"id": one.id, "meaning": one.meaning} for one in CONCEPTS.values()]


KINDS: dict[str, Callable[[], Rows]] = {
    "designs": _designs,
    "clauses": _clauses,
    "fixtures": _fixtures,
    "dialects": _dialects,
    "miniatures": _miniatures,
    "concepts": _concepts,
}


@click.command("list")
@click.argument("kind", type=click.Choice(list(KINDS)), default="designs")
@FORMAT
def command(kind: str, format_: str) -> None:
    """List what there is: designs (the default), clauses, fixtures, dialects, miniatures or concepts."""
    rows = KINDS[kind]()
    if format_ == "json":
        print_json(rows)
        return
    table = Table()
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold", no_wrap=name in {"id", "level", "phase"})
    for row in rows:
        table.add_row(*(safe(value) for value in row.values()))
    out().print(table)
