"""How a program uses this design: the answer goes out as it comes, the thinking beside it, calls are collected.

With pydantic-ai itself, `events` is what `model_request_stream_sync` gives, and the import reads
`from pydantic_ai.messages import …`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from workbench.designs.pydantic_ai.vocabulary import (
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
)


def show(events: Iterable[ModelResponseStreamEvent]) -> list[ToolCallPart]:
    """Prints the answer to standard output and the thinking to standard error.

    Returns:
        The tool calls that the program has to run.
    """
    calls: dict[int, ToolCallPart] = {}
    for event in events:
        if isinstance(event, PartStartEvent):
            if isinstance(event.part, TextPart):
                sys.stdout.write(event.part.content)
            elif isinstance(event.part, ThinkingPart):
                sys.stderr.write(event.part.content)
            elif isinstance(event.part, ToolCallPart):
                calls[event.index] = event.part
        elif isinstance(event, PartDeltaEvent):
            if isinstance(event.delta, TextPartDelta):
                sys.stdout.write(event.delta.content_delta)
            elif isinstance(event.delta, ThinkingPartDelta):
                sys.stderr.write(event.delta.content_delta or "")
            elif event.index in calls:  # a native call, which the provider runs, is not among them
                grown = event.delta.apply(calls[event.index])
                assert isinstance(grown, ToolCallPart)  # noqa: S101 - it was one
                calls[event.index] = grown
    return list(calls.values())
