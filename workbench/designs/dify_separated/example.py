"""A consumer of `dify-separated`: prints the answer, shows the thinking apart, and returns the result's outputs.

There are no tool calls to collect: an LLM node asks for none and passes over those that come.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from workbench.designs.dify_separated.vocabulary import (
    NodeEvent,
    NodeRunFailedEvent,
    NodeRunReasoningChunkEvent,
    NodeRunStreamChunkEvent,
    NodeRunSucceededEvent,
)


def consume(events: Iterable[NodeEvent]) -> dict[str, Any]:
    """Prints what arrives, as it arrives: the answer to standard output, the thinking to standard error.

    Args:
        events: what `LLMNode.run()` yields.

    Returns:
        The node's outputs; empty when it failed.
    """
    outputs: dict[str, Any] = {}
    for event in events:
        match event:
            case NodeRunReasoningChunkEvent():
                print(event.chunk, end="", file=sys.stderr, flush=True)  # noqa: T201 - an example talks to a terminal
            case NodeRunStreamChunkEvent():
                print(event.chunk, end="", flush=True)  # noqa: T201 - as above
            case NodeRunSucceededEvent():
                outputs = event.node_run_result.outputs
                print(f"\n[{outputs['finish_reason']}]")  # noqa: T201 - as above
            case NodeRunFailedEvent():
                print(f"\n[{event.error}]", file=sys.stderr)  # noqa: T201 - as above
            case _:
                pass
    return outputs
