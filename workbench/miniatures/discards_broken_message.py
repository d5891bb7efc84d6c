"""Miniature: gives an empty message when the response broke off."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Transcript


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Keeps no part of a broken response."""
        return transcript if transcript.outcome.completion == "complete" else replace(transcript, parts=())


class DiscardsBrokenMessage(Reference):
    """Gives an empty message when the response broke off."""

    id = "discards-broken-message"
    adapter = _Adapter


DESIGN = DiscardsBrokenMessage()
