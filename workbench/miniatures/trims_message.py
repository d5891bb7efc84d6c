"""Miniature: strips white space around the texts of its message, though not of its stream."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import TextPart, Transcript


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Strips the text of each text part."""
        parts = [
            replace(part, text=part.text.strip()) if isinstance(part, TextPart) else part for part in transcript.parts
        ]
        return replace(transcript, parts=tuple(parts))


class TrimsMessage(Reference):
    """Strips white space around the texts of its message, though not of its stream."""

    id = "trims-message"
    adapter = _Adapter


DESIGN = TrimsMessage()
