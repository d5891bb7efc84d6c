"""`workbench list`: what there is."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from workbench.cli._names import pick
from workbench.cli.console import FORMAT, examples, out, print_json, safe

Rows = list[dict[str, str]]

ROOMY = 120
"""Columns of a terminal from which on a table has room for sentences."""


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
        {"id": one.id, "title": one.title, "framing": " or ".join(one.framings), "source": one.source}
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


@click.command(
    "list",
    short_help="List designs, clauses, fixtures, dialects, miniatures or concepts.",
    epilog=examples(
        ("workbench list", "the designs, with what they port and which phases they have"),
        ("workbench list clauses", "what is asked of a streaming API"),
        ("workbench list fixtures --format json", "for a program"),
    ),
)
@click.argument("kind", default="designs", metavar="[KIND]")
@FORMAT
def command(kind: str, format_: str) -> None:
    """List what there is of a KIND: designs (the default), clauses, fixtures, dialects, miniatures or concepts."""
    kind = pick(kind if kind in KINDS else f"{kind}s" if f"{kind}s" in KINDS else kind, KINDS, what="kind", listed="")
    rows = KINDS[kind]()
    if format_ == "json":
        print_json(rows)
        return
    if not rows:
        out().print(f"there are no {kind}")
        return
    console = out()
    if console.width < ROOMY:
        _stacked(console, rows)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in rows[0]:
        table.add_column(name, overflow="fold", no_wrap=name in {"id", "level", "phase"})
    for row in rows:
        table.add_row(*(safe(value) for value in row.values()))
    console.print(table)


def _stacked(console: Console, rows: Rows) -> None:
    """Prints each entry as a paragraph: its id and short facts, then its sentence below."""
    for row in rows:
        identity, *facts, sentence = row.values()
        told = f"  [dim]{safe(', '.join(fact for fact in facts if fact))}[/]" if facts else ""
        console.print(f"[bold]{safe(identity)}[/]{told}")
        console.print(Padding(safe(sentence), (0, 0, 0, 4), expand=False))
