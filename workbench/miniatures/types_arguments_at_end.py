"""Miniature: reads arguments as a value only once they are complete."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ArgumentsDelta, Delta, PartEnd, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._pieces: dict[int, list[str]] = {}

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out text at once and its value with the end of the part."""
        yield event
        if isinstance(event, ArgumentsDelta):
            self._pieces.setdefault(event.part, []).append(event.text)
        if isinstance(event, PartEnd) and event.part in self._pieces:
            whole = "".join(self._pieces.pop(event.part))
            yield from self.value_of(ArgumentsDelta(event.frame, event.part, whole))


class TypesArgumentsAtEnd(Reference):
    """Reads arguments as a value only once they are complete."""

    id = "types-arguments-at-end"
    adapter = _Adapter


DESIGN = TypesArgumentsAtEnd()
