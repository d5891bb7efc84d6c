"""Miniature: drops the signatures of reasoning."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, SignatureDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in everything but signatures."""
        if not isinstance(delta, SignatureDelta):
            yield delta


class DropsSignature(Reference):
    """Drops the signatures of reasoning."""

    id = "drops-signature"
    adapter = _Adapter


DESIGN = DropsSignature()
