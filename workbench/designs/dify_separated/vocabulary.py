"""What an LLM node of graphon 0.8.0 hands to whoever runs it: events, and the result in the last one.

Rules:
1. Names, field order and defaults are the release's.
2. An event's class is all that says what it is: no field names it. In JSON its name is written first, as `event`.
3. Every event holds a result; until the last one it is an empty one, which all events of ours share.
4. Times are those of a clock that stands still: an adapter has none.

Source: graphon 0.8.0, graphon/engine_events/base.py and node.py, graphon/node_events/base.py,
graphon/model_runtime/entities/llm_entities.py.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from workbench.families.dify.results import LLMUsage as PluginUsage

NODE_ID = "llm"
EXECUTION_ID = "run"
PROVIDER = "workbench"
NO_TIME = datetime(1970, 1, 1)  # noqa: DTZ001 - the release writes times without a zone


class LLMUsage(PluginUsage):
    """Usage as dify_plugin has it, with two times more; None where there was no text."""

    time_to_first_token: float | None = None
    time_to_generate: float | None = None


class NodeRunResult(BaseModel):
    """What became of a node's run. An LLM node's outputs are `text`, `reasoning_content`, `usage`, `finish_reason`."""

    status: str = "pending"
    inputs: dict[str, Any] = {}
    process_data: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    llm_usage: LLMUsage = Field(default_factory=LLMUsage.empty_usage)
    edge_source_handle: str = "source"
    error: str = ""
    error_type: str = ""
    retry_index: int = 0


PENDING = NodeRunResult()
"""The result that events hold before there is one."""


class NodeEvent(BaseModel):
    """An event of one node's run."""

    container_id: str = ""
    id: str = EXECUTION_ID
    node_id: str = NODE_ID
    node_type: str = "llm"
    node_version: str = "1"
    node_run_result: NodeRunResult = PENDING


class NodeRunStartedEvent(NodeEvent):
    """The node begins."""

    node_title: str = "LLM"
    predecessor_node_id: str | None = None
    start_at: datetime = NO_TIME
    extras: dict[str, Any] = {}
    provider_type: str = ""
    provider_id: str = ""


class NodeRunStreamChunkEvent(NodeEvent):
    """A piece of answer text; the last one is empty and says that it is the last."""

    selector: list[str]
    chunk: str
    is_final: bool = False


class NodeRunReasoningChunkEvent(NodeEvent):
    """A piece of reasoning; where there was any, one of them says that it is the last of the run."""

    selector: list[str]
    chunk: str
    is_final: bool = False


class NodeRunSucceededEvent(NodeEvent):
    """The node is done, and its result is there."""

    start_at: datetime = NO_TIME
    finished_at: datetime | None = NO_TIME


class NodeRunFailedEvent(NodeEvent):
    """The model raised, or the node did: iteration ends in this event, and raises nothing."""

    error: str
    start_at: datetime = NO_TIME
    finished_at: datetime | None = NO_TIME
