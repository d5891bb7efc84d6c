"""From events to messages; llm 0.32, `_build_message_parts` in `llm/models.py`.

Rules:
1. Events of one `part_index` make one part, in the order in which the indices were first seen. A part belongs to the
   message of its first event; messages stand in the order in which they were first seen.
2. Text without a character makes no part; neither does reasoning that has no text and is not redacted, whatever its
   metadata holds.
3. Metadata is merged per top-level key, the last event wins.
4. Arguments are parsed; text that is not JSON becomes `{"_raw": text}`.
5. Redacted reasoning is moved to the front of its message.
6. Events of an unknown type make no part. Two families under one index are a fault of the plug-in: `ValueError`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from workbench.designs.llm.allocate import family_of
from workbench.designs.llm.vocabulary import (
    Dict,
    Message,
    Part,
    ReasoningPart,
    StreamEvent,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


class _Group:
    """The events of one part."""

    __slots__ = ("events", "family", "message", "type")

    def __init__(self, event: StreamEvent) -> None:
        self.type = event.type
        self.family = family_of(event.type)
        self.message = event.message_index
        self.events: list[StreamEvent] = []


def assemble(events: Iterable[StreamEvent]) -> list[Message]:
    """Builds the assistant messages of a response.

    Args:
        events: in order; each has its `part_index`.

    Returns:
        One message per message index that has a part; none for a response without parts.

    Raises:
        ValueError: events of two families share an index, or an integer in arguments is beyond what Python converts.
        RecursionError: arguments are nested more deeply than Python's parser goes.
    """
    messages: dict[int, list[Part]] = {}
    for group in _grouped(events):
        part = _part_of(group)
        if part is not None:
            messages.setdefault(group.message, []).append(part)
    return [Message("assistant", _redacted_first(parts)) for parts in messages.values()]


def _grouped(events: Iterable[StreamEvent]) -> Iterable[_Group]:
    groups: dict[int | None, _Group] = {}
    group: _Group | None = None
    index: int | None = None
    for event in events:
        # Most events go on with the part of the one before, so the table is asked only where the part changes.
        if group is None or event.part_index != index:
            index = event.part_index
            group = groups.get(index)
            if group is None:
                group = groups[index] = _Group(event)
        if event.type != group.type and family_of(event.type) != group.family:
            raise ValueError(f"part {index} began as {group.family} and then got an event of type {event.type!r}")
        group.events.append(event)
    return groups.values()


def _part_of(group: _Group) -> Part | None:
    events = group.events
    match group.family:
        case "text":
            text = "".join([event.chunk for event in events])
            return TextPart(text, _metadata(events)) if text else None
        case "reasoning":
            text = "".join([event.chunk for event in events])
            redacted = any(event.redacted for event in events)
            return ReasoningPart(text, redacted, _metadata(events)) if text or redacted else None
        case "tool_call":
            return ToolCallPart(
                "".join([event.chunk for event in events if event.type == "tool_call_name"]),
                _arguments("".join([event.chunk for event in events if event.type == "tool_call_args"])),
                _first(event.tool_call_id for event in events),
                any(event.server_executed for event in events),
                _metadata(events),
            )
        case "tool_result":
            return ToolResultPart(
                _first(event.tool_name for event in events) or "",
                "".join([event.chunk for event in events]),
                _first(event.tool_call_id for event in events),
                any(event.server_executed for event in events),
                provider_metadata=_metadata(events),
            )
        case _:
            return None


def _first(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)


def _metadata(events: Iterable[StreamEvent]) -> Dict | None:
    merged: Dict | None = None
    for event in events:
        if event.provider_metadata:
            merged = {**(merged or {}), **event.provider_metadata}
    return merged


def _arguments(text: str) -> Any:
    """Parses argument text; the value is whatever JSON it is, although the field is declared as an object."""
    if not text:
        return {}
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return {"_raw": text}


def _redacted_first(parts: list[Part]) -> list[Part]:
    hidden = [part for part in parts if isinstance(part, ReasoningPart) and part.redacted]
    if not hidden:
        return parts
    return hidden + [part for part in parts if not (isinstance(part, ReasoningPart) and part.redacted)]
