"""Miniature: hands reasoning to code that was written for text alone."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference
from workbench.transcript import Json, ReasoningDelta, TextDelta


class ShowsReasoningToOlderCode(Reference):
    """Hands reasoning to code that was written for text alone."""

    id = "shows-reasoning-to-older-code"

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Yields text and reasoning alike."""
        if isinstance(event, TextDelta | ReasoningDelta):
            yield {"type": "text", "text": event.text}


DESIGN = ShowsReasoningToOlderCode()
