"""Models that do what they are told: for the framework way, and to see what plain iteration shows of one event."""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from installed import llm, parts


class Script:
    """The producer events of one run.

    A string or an event is what `execute` yields. `set_usage`, `set_resolved_model` and `add_tool_call` are the calls
    by those names that a plug-in makes on the response, and `raise` is what it raises.

    Attributes:
        frame: of the event that was pushed last.
    """

    def __init__(self, events: Iterable[tuple[int, Any]]) -> None:
        self._events = events
        self.frame = -1

    def play(self, response: Any) -> Iterator[Any]:
        """Yields what `execute` has to yield."""
        for frame, event in self._events:
            self.frame = frame
            if isinstance(event, str):
                yield event
            elif "type" in event:
                yield parts.StreamEvent(**event)
            elif "add_tool_call" in event:
                response.add_tool_call(llm.ToolCall(**event["add_tool_call"]))
            elif "set_usage" in event:
                response.set_usage(**event["set_usage"])
            elif "set_resolved_model" in event:
                response.set_resolved_model(event["set_resolved_model"])
            else:
                raise type(event["raise"]["type"], (Exception,), {})(event["raise"]["message"])


class Scripted(llm.Model):  # type: ignore[misc]
    """Plays a script; for sync calls."""

    can_stream = True
    supports_tools = True
    supports_schema = True

    def __init__(self, model_id: str, script: Script) -> None:
        self.model_id = model_id
        self.script = script

    def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> Iterator[Any]:
        """Called by llm."""
        yield from self.script.play(response)


class AsyncScripted(llm.AsyncModel):  # type: ignore[misc]
    """Plays a script; for async calls."""

    can_stream = True
    supports_tools = True
    supports_schema = True

    def __init__(self, model_id: str, script: Script) -> None:
        self.model_id = model_id
        self.script = script

    async def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> AsyncIterator[Any]:
        """Called by llm."""
        for item in self.script.play(response):
            yield item


class Single(llm.Model):  # type: ignore[misc]
    """Its plug-in yields one event. Iterating over the response shows what code of before 0.32 sees of that event."""

    model_id = "single"

    def __init__(self, event: Any) -> None:
        self.event = event

    def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> Iterator[Any]:
        """Called by llm."""
        yield dataclasses.replace(self.event)
