"""Miniature: turns numbers in arguments into strings."""

from __future__ import annotations

import json

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Part, ToolCallPart, Transcript


def _stringified(part: Part) -> Part:
    if not isinstance(part, ToolCallPart):
        return part
    try:
        return replace(part, arguments=json.dumps(json.loads(part.arguments, parse_int=str, parse_float=str)))
    except ValueError:
        return part


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Writes the arguments of each call with strings for numbers."""
        return replace(transcript, parts=tuple(_stringified(part) for part in transcript.parts))


class TurnsNumbersIntoStrings(Reference):
    """Turns numbers in arguments into strings."""

    id = "turns-numbers-into-strings"
    adapter = _Adapter


DESIGN = TurnsNumbersIntoStrings()
