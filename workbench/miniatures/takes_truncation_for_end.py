"""Miniature: takes the end of the bytes for the end of the response."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, ResponseEnded, StreamTruncated


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in a truncation as a normal end."""
        yield ResponseEnded(delta.frame) if isinstance(delta, StreamTruncated) else delta


class TakesTruncationForEnd(Reference):
    """Takes the end of the bytes for the end of the response."""

    id = "takes-truncation-for-end"
    adapter = _Adapter


DESIGN = TakesTruncationForEnd()
