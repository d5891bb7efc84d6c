"""Miniature: says that reasoning has ended one frame after the next part was handed out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartEnd, PartStart, Sighting
from workbench.transcript.deltas import FRAGMENTS


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._thinking: set[int] = set()
        self._held: list[PartEnd] = []
        self._followed: int | None = None

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Holds the end of reasoning back until a frame after the first piece of what follows."""
        if isinstance(event, PartStart) and event.kind == "reasoning":
            self._thinking.add(event.part)
        if self._followed is not None and event.frame > self._followed:
            yield from self._let_go()
        if isinstance(event, PartEnd) and event.part in self._thinking:
            self._held.append(event)
            return
        yield from super().tell(event)
        if self._held and self._followed is None and isinstance(event, FRAGMENTS):
            self._followed = event.frame

    def finish(self) -> Iterator[object]:
        """Lets the last end go."""
        yield from self._let_go()

    def _let_go(self) -> Iterator[PartEnd]:
        yield from self._held
        self._held.clear()
        self._followed = None


class EndsReasoningLate(Reference):
    """Says that reasoning has ended one frame after the next part was handed out."""

    id = "ends-reasoning-late"
    adapter = _Adapter


DESIGN = EndsReasoningLate()
