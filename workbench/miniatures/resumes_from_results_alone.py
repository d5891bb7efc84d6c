"""Miniature: leaves the assistant's turn out of the next request, so that results answer no call."""

from __future__ import annotations

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Json


class ResumesFromResultsAlone(Reference):
    """Leaves the assistant's turn out of the next request, so that results answer no call."""

    id = "resumes-from-results-alone"

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Resumes without what the assistant said."""
        resumed = super().resume(history, stored, follow)
        return {"messages": [one for one in resumed["messages"] if one["role"] != "assistant"]}


DESIGN = ResumesFromResultsAlone()
