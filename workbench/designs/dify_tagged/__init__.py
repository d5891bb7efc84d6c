"""`dify-tagged`: Dify's chunks as they ship, with reasoning as text between think tags.

Rules:
1. A port of dify_plugin 0.7.4: its OpenAI-compatible class as the plug-in, its own assembly of chunks as the message.
2. The SDK ships no splitter, so none is used here: to a reader of these chunks the tags are text.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from workbench.design import Adapter, Carries, Native, Port, Status
from workbench.designs.dify_tagged.adapter import CLOSE, OPEN, TaggedAdapter
from workbench.designs.dify_tagged.carries import CARRIES
from workbench.designs.dify_tagged.observe import observe
from workbench.families.dify.family import SDK, DifyDesign
from workbench.transcript import Phase, Request, Sighting


class DifyTagged(DifyDesign):
    """Dify's chunks, with reasoning as tagged text."""

    id: ClassVar[str] = "dify-tagged"
    title: ClassVar[str] = "Dify, reasoning in think tags"
    summary: ClassVar[str] = (
        "A stream of chunks, each with a message that holds some text or finished tool calls; reasoning is part of the "
        "text, between <think> and </think>."
    )
    status: ClassVar[Status] = Status("ships in", "dify-plugin 0.7.4", SDK)
    port: ClassVar[Port | None] = Port("dify-plugin", "0.7.4", "tests/upstream/drivers/test_dify_plugin.py")
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter for one response."""
        return TaggedAdapter(request)

    def reasoning_in_history(self, text: str) -> str:
        """Returns the block between its tags."""
        return f"{OPEN}{text}{CLOSE}"

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase; see `observe`."""
        return observe(phase, native)


DESIGN = DifyTagged()
