"""Miniature: loses the reason for ending."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, Finished


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in everything but the reason."""
        if not isinstance(delta, Finished):
            yield delta


class LosesFinish(Reference):
    """Loses the reason for ending."""

    id = "loses-finish"
    adapter = _Adapter


DESIGN = LosesFinish()
