"""Miniature: drops reasoning altogether."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._thinking: set[int] = set()

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in nothing of reasoning parts."""
        if isinstance(delta, PartStart) and delta.kind == "reasoning":
            self._thinking.add(delta.part)
        if getattr(delta, "part", None) not in self._thinking:
            yield delta


class DropsReasoning(Reference):
    """Drops reasoning altogether."""

    id = "drops-reasoning"
    adapter = _Adapter


DESIGN = DropsReasoning()
