"""Miniature: puts withheld reasoning before everything else in the message."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Part, ReasoningPart, Transcript


def _is_withheld(part: Part) -> bool:
    return isinstance(part, ReasoningPart) and part.redacted


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Sorts withheld parts to the front."""
        return replace(transcript, parts=tuple(sorted(transcript.parts, key=lambda part: not _is_withheld(part))))


class HoistsRedacted(Reference):
    """Puts withheld reasoning before everything else in the message."""

    id = "hoists-redacted"
    adapter = _Adapter


DESIGN = HoistsRedacted()
