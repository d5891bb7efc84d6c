"""Miniature: gives a refusal as answer text."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart, RefusalDelta, TextDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in refusals as text."""
        match delta:
            case PartStart(kind="refusal"):
                yield PartStart(delta.frame, delta.part, "text", delta.message)
            case RefusalDelta():
                yield TextDelta(delta.frame, delta.part, delta.text)
            case _:
                yield delta


class GivesRefusalAsText(Reference):
    """Gives a refusal as answer text."""

    id = "gives-refusal-as-text"
    adapter = _Adapter


DESIGN = GivesRefusalAsText()
