"""Which part an event belongs to, where the plug-in left that open; llm 0.32, `_resolve_part_index` in `llm/models.py`.

Theory of operation. The allocator remembers the last event's part, family and message, the highest index so far, and
the index of every call id. An event without an index gets one by these rules, the first that applies:

1. An event of a tool call that has an id goes to the part of that id.
2. A piece of arguments without an id, text, or reasoning goes on with the last part, if that was of its family.
3. Everything else gets the next unused index: a call's name without an id, and every tool result.

A change of `message_index` forgets the last part, so nothing is continued across messages; calls are still found by id.
"""

from __future__ import annotations

from workbench.designs.llm.vocabulary import StreamEvent

CALL_TYPES = frozenset({"tool_call_name", "tool_call_args"})
_NEVER_CONTINUE = frozenset({"tool_call_name", "tool_result"})


def family_of(event_type: str) -> str:
    """Names what a part is made of: both event types of a tool call are one family."""
    return "tool_call" if event_type in CALL_TYPES else event_type


class Allocator:
    """The state from which indices are chosen."""

    __slots__ = ("_by_call", "_family", "_highest", "_last", "_message")

    def __init__(self) -> None:
        self._highest = -1
        self._last: int | None = None
        self._family: str | None = None
        self._message = 0
        self._by_call: dict[str, int] = {}

    def choose(self, event: StreamEvent) -> int:
        """Says which index the event would get if it had none; changes nothing."""
        kind = event.type
        found: int | None = None
        if event.tool_call_id and kind in CALL_TYPES:
            found = self._by_call.get(event.tool_call_id)
        elif kind not in _NEVER_CONTINUE and self._family == family_of(kind) and self._message == event.message_index:
            found = self._last
        return self._highest + 1 if found is None else found

    def settle(self, event: StreamEvent, index: int) -> None:
        """Takes note that the event has this index."""
        kind = event.type
        self._message = event.message_index
        self._highest = max(self._highest, index)
        self._last = index
        self._family = family_of(kind)
        if event.tool_call_id and kind in CALL_TYPES:
            self._by_call[event.tool_call_id] = index

    def resolve(self, event: StreamEvent) -> None:
        """Gives the event an index, in place, unless it has one."""
        if event.part_index is None:
            event.part_index = self.choose(event)
        self.settle(event, event.part_index)
