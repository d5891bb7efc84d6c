"""Miniature: loses the count of reasoning tokens."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, UsageReported


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in usage without that count."""
        if isinstance(delta, UsageReported):
            yield UsageReported(delta.frame, replace(delta.usage, reasoning=None))
        else:
            yield delta


class LosesReasoningCount(Reference):
    """Loses the count of reasoning tokens."""

    id = "loses-reasoning-count"
    adapter = _Adapter


DESIGN = LosesReasoningCount()
