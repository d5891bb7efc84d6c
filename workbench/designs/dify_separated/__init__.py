"""`dify-separated`: graphon's LLM node with `reasoning_format: separated`, over the chunks of `dify-tagged`.

Rules:
1. A port of graphon 0.8.0: the events of `LLMNode.run()`, and the result in the last of them.
2. What the node is fed is what `dify-tagged` makes of the wire; the node's own loss comes on top of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, cast

from workbench.design import Adapter, Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.dify_separated.adapter import NodeAdapter
from workbench.designs.dify_separated.carries import CARRIES
from workbench.designs.dify_separated.observe import observe
from workbench.designs.dify_separated.vocabulary import (
    NodeEvent,
    NodeRunFailedEvent,
    NodeRunResult,
    NodeRunStreamChunkEvent,
)
from workbench.transcript import Json, Phase, Request, Sighting

PHASES: Mapping[Phase, PhaseNote] = {
    "live": PhaseNote(
        "LLMNode.run(), which yields NodeRunStreamChunkEvent and NodeRunReasoningChunkEvent",
        "graphon 0.8.0, graphon/nodes/base/node.py and graphon/engine_events/node.py",
    ),
    "final": PhaseNote(
        "event.node_run_result of the last event, whose outputs are text, reasoning_content, usage, finish_reason",
        "graphon 0.8.0, graphon/nodes/llm/node.py (_build_run_outputs)",
    ),
    "stored": PhaseNote(
        "NodeRunResult.model_dump_json() and NodeRunResult.model_validate_json()",
        "graphon 0.8.0, graphon/node_events/base.py",
    ),
    "legacy": PhaseNote(
        "NodeRunStreamChunkEvent.chunk, read as the answer; NodeRunFailedEvent.error",
        "graphon 0.1.2, graphon/graph_events/node.py",
    ),
}


class DifySeparated(Design):
    """graphon's LLM node, with reasoning on a channel of its own."""

    id: ClassVar[str] = "dify-separated"
    title: ClassVar[str] = "Dify, reasoning separated"
    summary: ClassVar[str] = (
        "The events of a node in a graph: answer text on one channel, and on another what stood between <think> and "
        "</think> in it; at the end a result with both."
    )
    status: ClassVar[Status] = Status("ships in", "graphon 0.8.0", "https://github.com/langgenius/graphon")
    port: ClassVar[Port | None] = Port("graphon", "0.8.0", "tests/upstream/drivers/test_graphon.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = PHASES
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ("event",)
    over: ClassVar[str | None] = "dify-tagged"
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """Makes an adapter for one response."""
        return NodeAdapter(request)

    def event_json(self, event: object) -> Json:
        """Writes an event as pydantic does, with the name of its class first."""
        return {"event": type(event).__name__, **cast("NodeEvent", event).model_dump(mode="json")}

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Yields what code is handed that was written before there were events for reasoning."""
        if isinstance(event, NodeRunFailedEvent):
            return ({"error": event.error},)
        if isinstance(event, NodeRunStreamChunkEvent) and event.chunk:
            return ({"chunk": event.chunk},)
        return ()

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored result back."""
        return NodeRunResult.model_validate(stored).model_dump(mode="json")

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase; see `observe`."""
        return observe(phase, native)


DESIGN = DifySeparated()
