"""Miniature: keeps one string in its message, reasoning between tags and refusals as text; its stream is whole."""

from __future__ import annotations

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart, ToolResultPart, Transcript


def _as_text(part: Part) -> str:
    match part:
        case ReasoningPart():
            return f"<think>{part.text}</think>"
        case TextPart() | RefusalPart():
            return part.text
        case _:
            return ""


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Joins what can be read to one text, and leaves calls behind it."""
        prose = "".join(_as_text(part) for part in transcript.parts)
        calls = tuple(part for part in transcript.parts if isinstance(part, ToolCallPart | ToolResultPart))
        return replace(transcript, parts=(TextPart(prose), *calls) if prose else calls)


class FlattensMessage(Reference):
    """Keeps one string in its message, reasoning between tags and refusals as text; its stream is whole."""

    id = "flattens-message"
    adapter = _Adapter


DESIGN = FlattensMessage()
