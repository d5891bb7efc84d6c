"""Miniature: sends every result back as the answer to the first call."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Part, ToolResultPart


class AnswersFirstCallOnly(Reference):
    """Sends every result back as the answer to the first call."""

    id = "answers-first-call-only"

    def results(self, said: Sequence[Part], follow: FollowUp) -> tuple[Part, ...]:
        """Makes results that all name the first call."""
        results = [part for part in super().results(said, follow) if isinstance(part, ToolResultPart)]
        return tuple(replace(part, call=results[0].call) for part in results)


DESIGN = AnswersFirstCallOnly()
