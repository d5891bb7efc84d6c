"""Miniature: stores tool calls apart, and reads them back before everything else."""

from __future__ import annotations

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Json


class _Adapter(ReferenceAdapter):
    def keep(self, message: Json) -> Json:
        """Keeps calls in front."""
        return {**message, "parts": sorted(message["parts"], key=lambda part: part["type"] != "tool-call")}


class StoresCallsFirst(Reference):
    """Stores tool calls apart, and reads them back before everything else."""

    id = "stores-calls-first"
    adapter = _Adapter


DESIGN = StoresCallsFirst()
