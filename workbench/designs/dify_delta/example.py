"""A consumer of `dify-delta`: prints the answer, shows the thinking apart, and collects the tool calls."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from workbench.designs.dify_delta.vocabulary import LLMResultChunk
from workbench.families.dify.messages import ToolCall


def consume(chunks: Iterable[LLMResultChunk]) -> list[ToolCall]:
    """Prints what arrives, as it arrives: the answer to standard output, the thinking to standard error.

    Args:
        chunks: what `session.model.llm.invoke(..., stream=True)` would yield.

    Returns:
        The calls to run.
    """
    calls: list[ToolCall] = []
    for chunk in chunks:
        delta = chunk.delta
        if delta.reasoning_content:
            print(delta.reasoning_content, end="", file=sys.stderr, flush=True)  # noqa: T201 - an example prints
        if isinstance(delta.message.content, str):
            print(delta.message.content, end="", flush=True)  # noqa: T201 - as above
        calls.extend(delta.message.tool_calls)
        if delta.finish_reason is not None:
            print(f"\n[{delta.finish_reason}]")  # noqa: T201 - as above
    return calls
