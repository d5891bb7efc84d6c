"""Miniature: loses the token counts."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, UsageReported


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in everything but usage."""
        if not isinstance(delta, UsageReported):
            yield delta


class LosesUsage(Reference):
    """Loses the token counts."""

    id = "loses-usage"
    adapter = _Adapter


DESIGN = LosesUsage()
