"""Miniature: tells the name of a call only once its arguments are complete."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import CallNamed, Delta, PartEnd, PartStart, Sighting


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._names: dict[int, CallNamed] = {}

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Holds names until their part ends."""
        match event:
            case PartStart(kind="tool-call"):
                self._names[event.part] = CallNamed(event.frame, event.part, event.id, event.name)
                yield replace(event, id=None, name=None)
            case CallNamed():
                self._names[event.part] = event
            case PartEnd() if event.part in self._names:
                yield replace(self._names.pop(event.part), frame=event.frame)
                yield event
            case _:
                yield from super().tell(event)


class NamesCallsLast(Reference):
    """Tells the name of a call only once its arguments are complete."""

    id = "names-calls-last"
    adapter = _Adapter


DESIGN = NamesCallsLast()
