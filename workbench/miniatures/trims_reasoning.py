"""Miniature: strips white space from the edges of each piece of reasoning."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, ReasoningDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in reasoning without the white space around it."""
        yield (
            ReasoningDelta(delta.frame, delta.part, delta.text.strip()) if isinstance(delta, ReasoningDelta) else delta
        )


class TrimsReasoning(Reference):
    """Strips white space from the edges of each piece of reasoning."""

    id = "trims-reasoning"
    adapter = _Adapter


DESIGN = TrimsReasoning()
