"""Miniature: reads stored arguments back as a string that holds JSON, and not as JSON."""

from __future__ import annotations

import json

from workbench.miniatures.reference import Reference
from workbench.transcript import Json, Request


class RestoresArgumentsAsString(Reference):
    """Reads stored arguments back as a string that holds JSON, and not as JSON."""

    id = "restores-arguments-as-string"

    def restore(self, stored: Json, request: Request) -> Json:
        """Restores the arguments of calls with one more layer of quotes."""
        restored = super().restore(stored, request)
        parts = [
            {**part, "arguments": json.dumps(part["arguments"])} if part["type"] == "tool-call" else part
            for part in restored["parts"]
        ]
        return {**restored, "parts": parts}


DESIGN = RestoresArgumentsAsString()
