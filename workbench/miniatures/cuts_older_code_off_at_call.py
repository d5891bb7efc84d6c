"""Miniature: hands nothing more to older code once a tool call has begun."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartSnapshot, PartStart, Sighting, TextDelta, TextPart


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._calling = False
        self._later: dict[int, str] = {}

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Hands out text after a call as a snapshot, which older code does not know."""
        if isinstance(event, PartStart) and event.kind == "tool-call":
            self._calling = True
        if isinstance(event, TextDelta) and self._calling:
            self._later[event.part] = self._later.get(event.part, "") + event.text
            yield PartSnapshot(event.frame, event.part, TextPart(self._later[event.part]), partial=True)
        else:
            yield from super().tell(event)


class CutsOlderCodeOffAtCall(Reference):
    """Hands nothing more to older code once a tool call has begun."""

    id = "cuts-older-code-off-at-call"
    adapter = _Adapter


DESIGN = CutsOlderCodeOffAtCall()
