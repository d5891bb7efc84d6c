"""Miniature: hands out the whole answer once more when it is over."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, ResponseEnded, TextDelta


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._said: list[str] = []
        self._part = 0

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in the joined text again with the end of the response."""
        if isinstance(delta, TextDelta):
            self._said.append(delta.text)
            self._part = delta.part
        if isinstance(delta, ResponseEnded) and self._said:
            yield TextDelta(delta.frame, self._part, "".join(self._said))
        yield delta


class RepeatsTextAtEnd(Reference):
    """Hands out the whole answer once more when it is over."""

    id = "repeats-text-at-end"
    adapter = _Adapter


DESIGN = RepeatsTextAtEnd()
