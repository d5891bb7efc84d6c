"""A consumer of `dify-tagged`: prints the answer and collects the tool calls.

The thinking is inside the text, and the SDK has nothing that takes it out. So it is printed with the answer,
tags and all.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.designs.dify_tagged.vocabulary import LLMResultChunk
from workbench.families.dify.messages import ToolCall


def consume(chunks: Iterable[LLMResultChunk]) -> list[ToolCall]:
    """Prints what arrives, as it arrives.

    Args:
        chunks: what `session.model.llm.invoke(..., stream=True)` yields.

    Returns:
        The calls to run.
    """
    calls: list[ToolCall] = []
    for chunk in chunks:
        message = chunk.delta.message
        if isinstance(message.content, str):
            print(message.content, end="", flush=True)  # noqa: T201 - an example talks to a terminal
        calls.extend(message.tool_calls)
        if chunk.delta.finish_reason is not None:
            print(f"\n[{chunk.delta.finish_reason}]")  # noqa: T201 - as above
    return calls
