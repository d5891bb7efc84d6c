"""Miniature: leaves reasoning out of the next request."""

from __future__ import annotations

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Json


class ResumesWithoutReasoning(Reference):
    """Leaves reasoning out of the next request."""

    id = "resumes-without-reasoning"

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Resumes without reasoning."""
        kept = [part for part in stored["parts"] if part["type"] != "reasoning"]
        return super().resume(history, {**stored, "parts": kept}, follow)


DESIGN = ResumesWithoutReasoning()
