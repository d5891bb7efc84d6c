"""How a program uses this design: the answer goes out as it comes, the thinking beside it, calls are collected.

With the SDK itself, `events` is the stream that `with client.chat.completions.stream(...) as stream:` gives, and the
import reads `from openai.lib.streaming.chat import ChatCompletionStreamEvent`. The thinking is an extra field: OpenAI
sends none, other servers of this API do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def show(events: Iterable[Any]) -> list[tuple[str, str]]:
    """Prints the answer to standard output and the thinking to standard error.

    Returns:
        Name and argument text of each call that the helper says is done.
    """
    calls = []
    for event in events:
        if event.type == "chunk":
            for choice in event.chunk.choices:
                sys.stderr.write(getattr(choice.delta, "reasoning_content", None) or "")
        elif event.type in ("content.delta", "refusal.delta"):
            sys.stdout.write(event.delta)
        elif event.type == "tool_calls.function.arguments.done":
            calls.append((event.name, event.arguments))
    return calls
