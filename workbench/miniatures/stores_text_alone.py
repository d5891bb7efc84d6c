"""Miniature: stores the text of a response and no other part."""

from __future__ import annotations

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Json


class _Adapter(ReferenceAdapter):
    def keep(self, message: Json) -> Json:
        """Keeps text parts."""
        return {**message, "parts": [part for part in message["parts"] if part["type"] == "text"]}


class StoresTextAlone(Reference):
    """Stores the text of a response and no other part."""

    id = "stores-text-alone"
    adapter = _Adapter


DESIGN = StoresTextAlone()
