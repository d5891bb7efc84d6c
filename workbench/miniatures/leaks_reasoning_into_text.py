"""Miniature: gives reasoning as answer text between `<think>` tags."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, OpaqueDelta, PartEnd, PartStart, ReasoningDelta, SignatureDelta, TextDelta


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._thinking: set[int] = set()

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Turns each reasoning part into a text part."""
        match delta:
            case PartStart(kind="reasoning"):
                self._thinking.add(delta.part)
                yield PartStart(delta.frame, delta.part, "text", delta.message)
                yield TextDelta(delta.frame, delta.part, "<think>")
            case ReasoningDelta():
                yield TextDelta(delta.frame, delta.part, delta.text)
            case SignatureDelta() | OpaqueDelta():
                return
            case PartEnd() if delta.part in self._thinking:
                yield TextDelta(delta.frame, delta.part, "</think>")
                yield delta
            case _:
                yield delta


class LeaksReasoningIntoText(Reference):
    """Gives reasoning as answer text between `<think>` tags."""

    id = "leaks-reasoning-into-text"
    adapter = _Adapter


DESIGN = LeaksReasoningIntoText()
