"""Miniature: takes an error inside the stream for the end of the response."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, ResponseEnded, StreamFailed


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in a failure as a normal end."""
        yield ResponseEnded(delta.frame) if isinstance(delta, StreamFailed) else delta


class SwallowsError(Reference):
    """Takes an error inside the stream for the end of the response."""

    id = "swallows-error"
    adapter = _Adapter


DESIGN = SwallowsError()
