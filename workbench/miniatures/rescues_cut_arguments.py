"""Miniature: rescues what it can of cut arguments for its message, though not for its stream."""

from __future__ import annotations

import json

import jiter
from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Part, ToolCallPart, Transcript


def _rescued(part: Part) -> Part:
    if not isinstance(part, ToolCallPart):
        return part
    try:
        json.loads(part.arguments)
    except ValueError:
        return replace(part, arguments=json.dumps(jiter.from_json(part.arguments.encode(), partial_mode=True)))
    return part


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Writes the arguments of each call anew from what can be read of them."""
        return replace(transcript, parts=tuple(_rescued(part) for part in transcript.parts))


class RescuesCutArguments(Reference):
    """Rescues what it can of cut arguments for its message, though not for its stream."""

    id = "rescues-cut-arguments"
    adapter = _Adapter


DESIGN = RescuesCutArguments()
