"""Miniature: hands text out block by block, and loses the open block when the response breaks off."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartEnd, Sighting, TextDelta


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._open: dict[int, list[str]] = {}

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Holds text until its part ends well."""
        if isinstance(event, TextDelta):
            self._open.setdefault(event.part, []).append(event.text)
            return
        if isinstance(event, PartEnd) and event.part in self._open:
            yield TextDelta(event.frame, event.part, "".join(self._open.pop(event.part)))
        yield from super().tell(event)


class LosesHeldTextOnError(Reference):
    """Hands text out block by block, and loses the open block when the response breaks off."""

    id = "loses-held-text-on-error"
    adapter = _Adapter


DESIGN = LosesHeldTextOnError()
