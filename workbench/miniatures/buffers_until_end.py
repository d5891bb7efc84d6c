"""Miniature: hands out everything when the response is over, and nothing before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._held: list[Sighting] = []

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Holds everything."""
        self._held.extend(super().tell(event))
        return ()

    def finish(self) -> Iterator[object]:
        """Hands out what was held."""
        yield from self._held


class BuffersUntilEnd(Reference):
    """Hands out everything when the response is over, and nothing before."""

    id = "buffers-until-end"
    adapter = _Adapter


DESIGN = BuffersUntilEnd()
