"""`workbench inspect`: bodies as each design shows them, side by side.

Rules:
1. A single FILE that cannot be shown is a wrong call (exit code 2). Of several, the others are shown all the same,
   those that could not be read are named, and the exit code is 1.
2. A design that breaks on a body does not keep the others from being shown; that, too, is a finding (exit code 1).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table

from workbench.cli._lanes import MOST_ROWS, show_lanes
from workbench.cli._messages import show_messages
from workbench.cli._names import pick, pick_all
from workbench.cli.console import FINDINGS, FORMAT, elide, err, examples, out, print_json, progress, safe
from workbench.errors import SubjectError, UsageError
from workbench.transcript import Json
from workbench.visible import visible

if TYPE_CHECKING:
    from workbench.design import Design
    from workbench.dialect import Dialect
    from workbench.harness.inspecting import Inspected

STDIN = Path("-")


@click.command(
    "inspect",
    short_help="Show a captured body as each design shows it, side by side.",
    epilog=examples(
        ("workbench inspect body.sse", "one body, frame by frame"),
        ("workbench inspect -d llm --all-frames body.sse", "one design, a row per frame"),
        ("curl -sN … | workbench inspect -", "what a provider sends right now"),
        ("workbench inspect captures/*.sse", "many bodies, a line each, and what was remarked"),
        ("workbench inspect --format json body.sse", "everything, for a program"),
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("-d", "--design", "designs", multiple=True, metavar="ID", help="Only this design; may be repeated.")
@click.option("--dialect", metavar="ID", help="Read as this dialect instead of finding it from the body.")
@click.option(
    "--all-frames",
    is_flag=True,
    help=f"A row per frame; otherwise like frames are folded, to {MOST_ROWS} rows at most.",
)
@FORMAT
def command(
    files: tuple[Path, ...], designs: tuple[str, ...], dialect: str | None, all_frames: bool, format_: str
) -> None:
    """Show what each design makes of a body: FILE as a provider sent it, or - for standard input.

    One file is shown frame by frame: what the wire said on the left, each design's own events beside it, then the
    message that each assembles. Several files give a line each, and a count of what was decoded and remarked.

    Exit code 1: of several files one could not be read, or a design broke on a body.
    """
    from workbench.designs import all_designs
    from workbench.dialects import all_dialects

    known = all_dialects()
    if dialect is not None:
        dialect = pick(dialect, known, what="dialect", listed="`workbench list dialects`")
    every = all_designs()
    wanted = pick_all(designs, every, what="design", listed="`workbench list`")
    chosen = {name: every[name] for name in every if not wanted or name in wanted}
    inspected: list[Inspected] = []
    unread: list[str] = []
    broken: list[str] = []
    with progress("files") as report:
        for index, path in enumerate(files):
            if len(files) > 1:
                report(index, len(files), path.name)
            try:
                inspected.append(_inspect(path, known, dialect, chosen, broken))
            except UsageError as error:
                if len(files) == 1:
                    raise
                unread.append(str(error))
    if format_ == "json":
        print_json(
            {"bodies": [_as_json(one, len(files) == 1) for one in inspected], "unread": unread, "broken": broken}
        )
    elif len(files) == 1:
        _show_one(out(), inspected[0], every, all_frames)
    else:
        _show_many(out(), inspected)
    for line in unread:
        err().print(f"[red]not read[/] {safe(line)}", soft_wrap=True)
    for line in broken:
        err().print(f"[red]broke[/] {safe(line)}", soft_wrap=True)
    if unread or broken:
        raise click.exceptions.Exit(FINDINGS)


def _inspect(
    path: Path,
    known: Mapping[str, Dialect],
    dialect: str | None,
    designs: Mapping[str, Design],
    broken: list[str],
) -> Inspected:
    """Reads and shows one body; designs that break on it are left out and named in `broken`."""
    from workbench.designs import all_designs
    from workbench.harness.inspecting import dialect_of, inspect_body, read_body

    body = sys.stdin.buffer.read() if path == STDIN else read_body(path)
    found = known[dialect] if dialect else dialect_of(body, known, name=str(path))
    left = dict(designs)
    while True:
        try:
            return inspect_body(path, body, found, left, all_designs())
        except SubjectError as error:
            broken.append(str(error))
            del left[error.subject]


def _as_json(one: Inspected, lanes: bool) -> Json:
    from workbench.harness.output import lane
    from workbench.trace import Address
    from workbench.transcript import transcript_of

    summary = {
        "file": str(one.path),
        "dialect": one.decoded.dialect,
        "frames": len(one.decoded.frames),
        "completion": one.wire.completion,
        "parts": dict(Counter(part.kind for part in one.wire.parts)),
        "diagnostics": dict(one.diagnostics),
        "raised": {name: trace.native.raised.type for name, trace in one.traces.items() if trace.native.raised},
        "inapplicable": dict(one.inapplicable),
    }
    if lanes:
        address = Address(one.path.name, 0, one.decoded.dialect)
        summary["lanes"] = lane(address, one.decoded, transcript_of(one.wire), one.traces.values())
    return summary


def _show_one(console: Console, one: Inspected, designs: Mapping[str, Design], all_frames: bool) -> None:
    console.print(f"[bold]{safe(one.path)}[/]")
    console.print(safe(", ".join(_facts(one))))
    console.print()
    show_lanes(console, one.decoded, one.traces, designs, all_frames=all_frames)
    console.print("\n[bold]What each assembles[/]")
    show_messages(console, one.wire, one.traces)
    for name, reason in one.inapplicable.items():
        console.print(f"\n[bold]{name}[/] is not shown, since a body alone does not say what was asked: {safe(reason)}")
    if one.decoded.diagnostics:
        console.print("\n[bold]Remarks[/]")
        for code, count in one.diagnostics.most_common():
            first = next(remark for remark in one.decoded.diagnostics if remark.code == code)
            where = f"at byte {first.start}" if count == 1 else f"{count} times, first at byte {first.start}"
            console.print(f"  [yellow]{code}[/] {where}: {safe(elide(visible(str(first.detail)), 100))}")


def _facts(one: Inspected) -> list[str]:
    wire = one.wire
    facts = [one.decoded.dialect, _plural(len(one.decoded.frames), "frame"), wire.completion]
    if wire.finish_raw:
        facts.append(f"finish {wire.finish_raw}")
    if wire.usage and (wire.usage.input is not None or wire.usage.output is not None):
        counts = ((wire.usage.input, "in"), (wire.usage.output, "out"))
        facts.append("tokens: " + ", ".join(f"{count} {way}" for count, way in counts if count is not None))
    return [*facts, *((f"model {wire.model}",) if wire.model else ())]


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _show_many(console: Console, inspected: list[Inspected]) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("file", "dialect", "frames", "parts", "completion", "diagnostics"):
        table.add_column(name, overflow="fold", justify="right" if name == "frames" else "left")
    remarks: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    for one in inspected:
        here = Counter[str](part.kind for part in one.wire.parts)
        kinds += here
        remarks += one.diagnostics
        raised += Counter(f"in {name}" for name, trace in one.traces.items() if trace.native.raised)
        frames = f"{len(one.decoded.frames):,}"
        known = (one.decoded.dialect, frames, _counted(here), one.wire.completion, _counted(one.diagnostics))
        table.add_row(safe(one.path.name), *known)
    if inspected:
        console.print(table)
    total = sum(len(one.decoded.frames) for one in inspected)
    console.print(f"{_plural(len(inspected), 'body').replace('bodys', 'bodies')} decoded, {total:,} frames")
    for title, counts in (
        ("dialects", Counter(one.decoded.dialect for one in inspected)),
        ("completion", Counter[str](one.wire.completion for one in inspected)),
        ("parts", kinds),
        ("diagnostics", remarks),
        ("exceptions", raised),
    ):
        console.print(f"{title}: {safe(_counted(counts)) or 'none'}")
    for name, reason in {key: why for one in inspected for key, why in one.inapplicable.items()}.items():
        console.print(f"{name} is not shown, since a body alone does not say what was asked: {safe(reason)}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
