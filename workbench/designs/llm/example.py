"""How a program uses this design: the answer goes out as it comes, the thinking beside it, calls are collected.

With llm itself, `events` is `response.stream_events()`, and the import reads `from llm.parts import StreamEvent`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from workbench.designs.llm.vocabulary import StreamEvent


def show(events: Iterable[StreamEvent]) -> list[dict[str, str]]:
    """Prints the answer to standard output and the thinking to standard error.

    Returns:
        The tool calls, each with its name, its id and its argument text.
    """
    calls: dict[int | None, dict[str, str]] = {}
    for event in events:
        if event.type == "text":
            sys.stdout.write(event.chunk)
        elif event.type == "reasoning":
            sys.stderr.write(event.chunk)
        elif event.type in ("tool_call_name", "tool_call_args") and not event.server_executed:
            call = calls.setdefault(event.part_index, {"name": "", "id": "", "arguments": ""})
            call["id"] = call["id"] or event.tool_call_id or ""
            call["name" if event.type == "tool_call_name" else "arguments"] += event.chunk
    return list(calls.values())
