"""How a program uses this design: the answer goes out as it comes, the thinking beside it, calls are collected.

With the SDK itself, `events` is the stream that `with client.messages.stream(...) as stream:` gives, and the import
reads `from anthropic.lib.streaming import MessageStreamEvent`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any


def show(events: Iterable[Any]) -> list[tuple[str, Any]]:
    """Prints the answer to standard output and the thinking to standard error.

    Returns:
        Name and input of each call that the caller is to run.
    """
    calls = []
    for event in events:
        if event.type == "text":
            sys.stdout.write(event.text)
        elif event.type == "thinking":
            sys.stderr.write(event.thinking)
        elif event.type == "content_block_stop" and event.content_block.type == "tool_use":
            calls.append((event.content_block.name, event.content_block.input))
    return calls
