"""Miniature: hands each step out only when the next one has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._held: list[Sighting] = []

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out what was held and holds what came."""
        if self._held and self._held[0].frame < event.frame:
            yield from self._held
            self._held = []
        self._held.extend(super().tell(event))

    def finish(self) -> Iterator[object]:
        """Hands out the last step."""
        yield from self._held


class LagsOneStep(Reference):
    """Hands each step out only when the next one has come."""

    id = "lags-one-step"
    adapter = _Adapter


DESIGN = LagsOneStep()
