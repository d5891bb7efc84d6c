"""Miniature: calls every response cut off."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, ResponseEnded, Sighting, StreamTruncated


class _Adapter(ReferenceAdapter):
    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out a truncation for a normal end."""
        yield from (StreamTruncated(event.frame),) if isinstance(event, ResponseEnded) else super().tell(event)


class CriesWolf(Reference):
    """Calls every response cut off."""

    id = "cries-wolf"
    adapter = _Adapter


DESIGN = CriesWolf()
