"""Sync and async written once: coroutines over either; the sync variant is driven without an event loop."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Coroutine
from typing import Any


async def settle(value: Any) -> Any:
    """Awaits what is to be awaited."""
    return await value if inspect.isawaitable(value) else value


async def each(stream: Any) -> AsyncIterator[Any]:
    """Iterates, whichever kind it is."""
    if hasattr(stream, "__aiter__"):
        async for item in stream:
            yield item
    else:
        for item in stream:
            yield item


def finish(steps: Coroutine[Any, Any, None]) -> None:
    """Runs a coroutine that never waits."""
    try:
        steps.send(None)
    except StopIteration:
        return
    raise RuntimeError("a synchronous run waited")
