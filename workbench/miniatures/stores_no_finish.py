"""Miniature: stores the parts of a response without its outcome."""

from __future__ import annotations

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Json


class _Adapter(ReferenceAdapter):
    def keep(self, message: Json) -> Json:
        """Keeps parts."""
        return {"parts": message["parts"], "outcome": {}}


class StoresNoFinish(Reference):
    """Stores the parts of a response without its outcome."""

    id = "stores-no-finish"
    adapter = _Adapter


DESIGN = StoresNoFinish()
