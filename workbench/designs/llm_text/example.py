"""How a program uses this design: the answer goes out as it comes; calls are asked for when it is over.

With llm itself, `chunks` is the response, `tool_calls` its method, and the import reads `from llm import ToolCall`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from workbench.designs.llm_text.vocabulary import ToolCall


def show(chunks: Iterable[str], tool_calls: Callable[[], list[ToolCall]] = list) -> list[dict[str, object]]:
    """Prints the answer to standard output. There is no thinking to show.

    Returns:
        The tool calls, each with its name, its id and its arguments.
    """
    for chunk in chunks:
        sys.stdout.write(chunk)
    return [{"name": call.name, "id": call.tool_call_id, "arguments": call.arguments} for call in tool_calls()]
