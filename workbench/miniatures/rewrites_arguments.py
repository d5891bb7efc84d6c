"""Miniature: reads argument text and writes it anew, so that spaces and the order of keys are its own."""

from __future__ import annotations

import json

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Part, ToolCallPart, Transcript


def _rewritten(part: Part) -> Part:
    if not isinstance(part, ToolCallPart):
        return part
    try:
        return replace(part, arguments=json.dumps(json.loads(part.arguments), sort_keys=True, separators=(",", ":")))
    except ValueError:
        return part


class _Adapter(ReferenceAdapter):
    def assemble(self, transcript: Transcript) -> Transcript:
        """Writes the arguments of each call anew."""
        return replace(transcript, parts=tuple(_rewritten(part) for part in transcript.parts))


class RewritesArguments(Reference):
    """Reads argument text and writes it anew, so that spaces and the order of keys are its own."""

    id = "rewrites-arguments"
    adapter = _Adapter


DESIGN = RewritesArguments()
