"""Miniature: strips white space from the edges of each piece of text."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, TextDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in text without the white space around it."""
        yield TextDelta(delta.frame, delta.part, delta.text.strip()) if isinstance(delta, TextDelta) else delta


class StripsPieces(Reference):
    """Strips white space from the edges of each piece of text."""

    id = "strips-pieces"
    adapter = _Adapter


DESIGN = StripsPieces()
