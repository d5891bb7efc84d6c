"""Miniature: puts tool calls after everything else in the message."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ToolCallPart, Transcript


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Sorts tool calls to the end."""
        calls_last = sorted(transcript.parts, key=lambda part: isinstance(part, ToolCallPart))
        return replace(transcript, parts=tuple(calls_last))


class PutsCallsLast(Reference):
    """Puts tool calls after everything else in the message."""

    id = "puts-calls-last"
    adapter = _Adapter


DESIGN = PutsCallsLast()
