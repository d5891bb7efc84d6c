"""What each design assembles from a body, a line per part, in the neutral vocabulary.

Rules: what was read off the message by the design's own reader, and nothing of the wire; text is made safe here.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from rich.console import Console
from rich.table import Table

from workbench.cli._lanes import WIRE
from workbench.cli.console import elide, safe
from workbench.jsontext import write_json
from workbench.trace import Trace
from workbench.transcript import Seen, SeenPart
from workbench.visible import visible

MOST_PARTS = 20


def show_messages(console: Console, wire: Seen, traces: Mapping[str, Trace]) -> None:
    """Prints the parts of the message that the wire meant, and of the one that each design assembles."""
    table = Table.grid(padding=(0, 1))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    room = max(console.width - 36, 30)
    seen: dict[str, Seen | None] = {WIRE: wire}
    seen |= {name: trace.seen.get("final") for name, trace in traces.items()}
    for name, final in seen.items():
        raised = traces[name].native.raised if name in traces else None
        if final is None or not final.parts:
            why = "has no final message" if final is None else "nothing"
            table.add_row(name, "", f"[dim]{why}[/]" + (f", after {safe(raised.type)}" if raised else ""))
            continue
        for index, part in enumerate(final.parts[:MOST_PARTS]):
            table.add_row("" if index else name, part.kind, _part(part, room))
        if len(final.parts) > MOST_PARTS:
            table.add_row("", "", f"… and {len(final.parts) - MOST_PARTS} more parts")
    console.print(table)


def _part(part: SeenPart, room: int) -> str:
    text = part.text
    if part.value is not msgspec.UNSET:
        text = write_json(part.value).decode("utf-8", "replace")
    words = [part.name] if part.name else []
    if part.kind in ("tool-call", "tool-result"):
        words.append(elide(visible(text), room))
    elif text or not (part.redacted or part.signature):
        words.append(f'"{elide(visible(text), room)}"')
    words += [f"id={elide(visible(part.id), 40)}"] if part.id else []
    words += [word for word, held in (("redacted", part.redacted), ("signed", part.signature is not None)) if held]
    words += [f"({len(text)} characters)"] if len(text) > room else []
    return safe(" ".join(words))
