"""`workbench inspect`: bodies as each design shows them, side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec
from rich.table import Table

from workbench.cli.console import FORMAT, out, print_json, progress, safe
from workbench.jsontext import write_json
from workbench.transcript import Json

if TYPE_CHECKING:
    from workbench.harness.inspecting import Inspected

MOST_ROWS = 60
WIDEST_CELL = 72


@click.command("inspect")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-d", "--design", "designs", multiple=True, metavar="ID", help="Only this design; may be repeated.")
@click.option("--dialect", metavar="ID", help="Read as this dialect instead of finding it from the body.")
@click.option("--all-frames", is_flag=True, help=f"Show every frame; otherwise the first {MOST_ROWS}.")
@FORMAT
def command(
    files: tuple[Path, ...], designs: tuple[str, ...], dialect: str | None, all_frames: bool, format_: str
) -> None:
    """Show what each design makes of a body: FILE as a provider sent it.

    One file is shown frame by frame: the wire on the left, each design's own events beside it, then the message that
    each assembles. Several files give one line each and a count of what was decoded and remarked.
    """
    from workbench.designs import all_designs
    from workbench.dialects import all_dialects
    from workbench.errors import UsageError
    from workbench.harness.inspecting import dialect_of, inspect_body, read_body
    from workbench.harness.job import select

    known = all_dialects()
    if dialect is not None and dialect not in known:
        raise UsageError(f"no dialect {dialect!r}; there are {', '.join(known)}")
    chosen = select(all_designs(), designs)
    inspected: list[Inspected] = []
    unread: list[str] = []
    with progress("files") as report:
        for index, path in enumerate(files):
            report(index, len(files), path.name)
            try:
                body = read_body(path)
                found = known[dialect] if dialect else dialect_of(body, known, name=str(path))
            except UsageError as error:
                if len(files) == 1:
                    raise
                unread.append(str(error))
                continue
            inspected.append(inspect_body(path, body, found, chosen, all_designs()))
    if format_ == "json":
        print_json({"bodies": [_as_json(one, len(files) == 1) for one in inspected], "unread": unread})
    elif len(files) == 1:
        _show_one(inspected[0], all_frames)
    else:
        _show_many(inspected, unread)


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
        "inapplicable": dict(one.inapplicable),
    }
    if lanes:
        address = Address(one.path.name, 0, one.decoded.dialect)
        summary["lanes"] = lane(address, one.decoded, transcript_of(one.wire), one.traces.values())
    return summary


def _brief(value: Json) -> str:
    """One native value as compact JSON, cut to a cell's width."""
    text = write_json(value).decode("utf-8", "replace")
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"


def _delta(delta: object) -> str:
    fields = msgspec.to_builtins(delta)
    kind = fields.pop("type")
    fields.pop("frame", None)
    return f"{kind} {_brief(fields)}" if fields else kind


def _show_one(one: Inspected, all_frames: bool) -> None:
    console = out()
    wire = one.wire
    console.print(
        f"[bold]{safe(one.path)}[/]  {one.decoded.dialect}, {len(one.decoded.frames)} frames, {wire.completion}"
        f"{f', finish {safe(wire.finish_raw)}' if wire.finish_raw else ''}"
    )
    rows: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for frame, step in one.decoded.steps:
        rows[frame]["wire"].extend(_delta(delta) for delta in step)
    for name, trace in one.traces.items():
        for frame, event in trace.native.events:
            rows[frame][name].append(_brief(event))
        if trace.native.raised is not None:
            raised = trace.native.raised
            rows[raised.frame][name].append(f"raises {raised.type}: {raised.message}")
    table = Table(show_lines=True, expand=True)
    table.add_column("frame", justify="right", no_wrap=True)
    for name in ("wire", *one.traces):
        table.add_column(name, overflow="fold", ratio=1)
    order = sorted(rows)
    for frame in order if all_frames else order[:MOST_ROWS]:
        cells = rows[frame]
        table.add_row(str(frame), *(safe("\n".join(cells[name])).replace("␊", "\n") for name in ("wire", *one.traces)))
    console.print(table)
    if len(order) > MOST_ROWS and not all_frames:
        console.print(f"… and {len(order) - MOST_ROWS} more frames; --all-frames shows them")
    for name, trace in one.traces.items():
        message = trace.native.message
        shown = "no message" if message is msgspec.UNSET else write_json(message).decode("utf-8", "replace")
        console.print(f"[bold]{name}[/] assembles: {safe(shown)}")
    for name, reason in one.inapplicable.items():
        console.print(f"[bold]{name}[/] cannot be used here: {safe(reason)}")
    for remark in one.decoded.diagnostics:
        console.print(f"[yellow]{remark.code}[/] bytes {remark.start} to {remark.end}: {safe(remark.detail)}")


def _show_many(inspected: list[Inspected], unread: list[str]) -> None:
    console = out()
    table = Table()
    for name in ("file", "dialect", "frames", "parts", "completion", "diagnostics"):
        table.add_column(name, overflow="fold", justify="right" if name == "frames" else "left")
    remarks: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for one in inspected:
        here = Counter[str](part.kind for part in one.wire.parts)
        kinds += here
        remarks += one.diagnostics
        table.add_row(
            safe(one.path.name),
            one.decoded.dialect,
            str(len(one.decoded.frames)),
            _counted(here),
            one.wire.completion,
            _counted(one.diagnostics),
        )
    console.print(table)
    frames = sum(len(one.decoded.frames) for one in inspected)
    endings = Counter[str](one.wire.completion for one in inspected)
    console.print(f"{len(inspected)} bodies decoded, {frames:,} frames; {_counted(endings)}")
    console.print(f"parts: {_counted(kinds)}")
    console.print(f"diagnostics: {_counted(remarks) or 'none'}")
    for line in unread:
        console.print(f"[red]not read[/] {safe(line)}")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())
