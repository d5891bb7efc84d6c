"""Miniature: sends reasoning back without its signature."""

from __future__ import annotations

from workbench.miniatures.reference import Reference
from workbench.transcript import FollowUp, Json


class ForgetsSignatureWhenResumed(Reference):
    """Sends reasoning back without its signature."""

    id = "forgets-signature-when-resumed"

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Resumes from parts without the signature."""
        unsigned = [{key: value for key, value in part.items() if key != "signature"} for part in stored["parts"]]
        return super().resume(history, {**stored, "parts": unsigned}, follow)


DESIGN = ForgetsSignatureWhenResumed()
