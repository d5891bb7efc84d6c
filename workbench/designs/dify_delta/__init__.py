"""`dify-delta`: Dify's chunks as pull request 228 proposes them, with a field for reasoning.

Rules:
1. All is dify_plugin 0.7.4 but for the one field that is proposed.
2. The proposal gives the field to the chunk's delta and to nothing else, so reasoning is gone once the stream is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from workbench.design import Adapter, Carries, Native, Status
from workbench.designs.dify_delta.adapter import DeltaAdapter
from workbench.designs.dify_delta.carries import CARRIES
from workbench.designs.dify_delta.observe import observe
from workbench.families.dify.family import SDK, DifyDesign
from workbench.transcript import Phase, Request, Sighting


class DifyDelta(DifyDesign):
    """Dify's chunks, with reasoning in a field of its own."""

    id: ClassVar[str] = "dify-delta"
    title: ClassVar[str] = "Dify, reasoning in the delta"
    summary: ClassVar[str] = (
        "A stream of chunks, each with a message that holds some text or finished tool calls, and beside the message a "
        "field for reasoning; proposed, and in no release."
    )
    status: ClassVar[Status] = Status("proposed in", "pull request 228", f"{SDK}/pull/228")
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter for one response."""
        return DeltaAdapter(request)

    def reasoning_in_history(self, text: str) -> str:
        """Returns nothing: no message has a place for reasoning."""
        return ""

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase; see `observe`."""
        return observe(phase, native)


DESIGN = DifyDelta()
