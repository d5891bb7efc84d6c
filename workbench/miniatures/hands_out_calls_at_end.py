"""Miniature: holds all events of tool calls back until the response is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._calls: set[int] = set()
        self._held: list[Delta] = []

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out what is no part of a call."""
        if isinstance(event, PartStart) and event.kind == "tool-call":
            self._calls.add(event.part)
        if getattr(event, "part", None) in self._calls:
            self._held.append(event)
        else:
            yield event

    def finish(self) -> Iterator[object]:
        """Hands out what was held."""
        yield from self._held


class HandsOutCallsAtEnd(Reference):
    """Holds all events of tool calls back until the response is over."""

    id = "hands-out-calls-at-end"
    adapter = _Adapter


DESIGN = HandsOutCallsAtEnd()
