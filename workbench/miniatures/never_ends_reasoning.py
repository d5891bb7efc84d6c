"""Miniature: never says that reasoning has ended."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartEnd, PartStart, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._thinking: set[int] = set()

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out everything but the ends of reasoning parts."""
        if isinstance(event, PartStart) and event.kind == "reasoning":
            self._thinking.add(event.part)
        if not (isinstance(event, PartEnd) and event.part in self._thinking):
            yield from super().tell(event)


class NeverEndsReasoning(Reference):
    """Never says that reasoning has ended."""

    id = "never-ends-reasoning"
    adapter = _Adapter


DESIGN = NeverEndsReasoning()
