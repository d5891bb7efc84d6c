"""Miniature: hands out the arguments of a call in one piece."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ArgumentsDelta, Delta, PartEnd, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._pieces: dict[int, list[str]] = {}

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Holds arguments until their part ends."""
        if isinstance(event, ArgumentsDelta):
            self._pieces.setdefault(event.part, []).append(event.text)
            return
        if isinstance(event, PartEnd) and event.part in self._pieces:
            yield from super().tell(ArgumentsDelta(event.frame, event.part, "".join(self._pieces.pop(event.part))))
        yield event


class HandsOutArgumentsWhole(Reference):
    """Hands out the arguments of a call in one piece."""

    id = "hands-out-arguments-whole"
    adapter = _Adapter


DESIGN = HandsOutArgumentsWhole()
