"""Miniature: sends calls and results back without identifiers."""

from __future__ import annotations

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Json


class ForgetsCallIdsWhenResumed(Reference):
    """Sends calls and results back without identifiers."""

    id = "forgets-call-ids-when-resumed"

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Resumes from calls without identifiers."""
        nameless = [{**part, "id": None} if part["type"] == "tool-call" else part for part in stored["parts"]]
        return super().resume(history, {**stored, "parts": nameless}, follow)


DESIGN = ForgetsCallIdsWhenResumed()
