"""Miniature: tells the reason for ending while streaming, and leaves it out of the message."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Transcript


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Leaves the reason out."""
        return replace(transcript, outcome=replace(transcript.outcome, finish=None, finish_raw=None))


class LeavesFinishOutOfMessage(Reference):
    """Tells the reason for ending while streaming, and leaves it out of the message."""

    id = "leaves-finish-out-of-message"
    adapter = _Adapter


DESIGN = LeavesFinishOutOfMessage()
