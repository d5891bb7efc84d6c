"""Miniature: gives the answer as one more stretch of reasoning, as when the end of thinking is missed."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart, ReasoningDelta, TextDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in text as reasoning."""
        match delta:
            case PartStart(kind="text"):
                yield PartStart(delta.frame, delta.part, "reasoning", delta.message)
            case TextDelta():
                yield ReasoningDelta(delta.frame, delta.part, delta.text)
            case _:
                yield delta


class MovesAnswerIntoReasoning(Reference):
    """Gives the answer as one more stretch of reasoning, as when the end of thinking is missed."""

    id = "moves-answer-into-reasoning"
    adapter = _Adapter


DESIGN = MovesAnswerIntoReasoning()
