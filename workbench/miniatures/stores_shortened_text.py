"""Miniature: stores only the beginning of long texts."""

from __future__ import annotations

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Json


def _shortened(part: Json) -> Json:
    return {**part, "text": part["text"][:8]} if part["type"] == "text" else part


class _Adapter(ReferenceAdapter):
    def keep(self, message: Json) -> Json:
        """Keeps the first characters of each text."""
        return {**message, "parts": [_shortened(part) for part in message["parts"]]}


class StoresShortenedText(Reference):
    """Stores only the beginning of long texts."""

    id = "stores-shortened-text"
    adapter = _Adapter


DESIGN = StoresShortenedText()
