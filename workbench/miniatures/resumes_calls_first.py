"""Miniature: puts tool calls before text and reasoning in the next request."""

from __future__ import annotations

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Json


class ResumesCallsFirst(Reference):
    """Puts tool calls before text and reasoning in the next request."""

    id = "resumes-calls-first"

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Resumes with calls in front."""
        sorted_parts = sorted(stored["parts"], key=lambda part: part["type"] != "tool-call")
        return super().resume(history, {**stored, "parts": sorted_parts}, follow)


DESIGN = ResumesCallsFirst()
