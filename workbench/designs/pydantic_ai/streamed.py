"""The framework half: what a program iterates over, and the response that it gets.

Ported from `StreamedResponse` in `pydantic_ai/models/__init__.py` of release 2.68.0. Rules:

1. A part ends when the next one begins, and the last one with the stream, whatever still comes for it. Results of the
   provider's tools have no end.
2. One `FinalResultEvent` follows the first start of text, or of a call of an output tool.
3. A response is complete once iteration came to its end, unless provider code said `incomplete` or `suspended`.
4. Counts that never came are told as one unmeasured request.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from workbench.design import NativeRaise
from workbench.designs.pydantic_ai.calls import Call, End, Fail, Produced, Report
from workbench.designs.pydantic_ai.manager import ModelResponsePartsManager
from workbench.designs.pydantic_ai.messages import (
    FinalResultEvent,
    ModelResponse,
    ModelResponseState,
    ModelResponseStreamEvent,
    PartEndEvent,
    PartStartEvent,
    RequestUsage,
)
from workbench.designs.pydantic_ai.parts import (
    BaseToolCallPart,
    ModelResponsePart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)

_PARTS: TypeAdapter[ModelResponsePart] = TypeAdapter(ModelResponsePart)


class StreamedResponse:
    """One response while it streams.

    Args:
        model_name: the model that was asked.
        provider_name: who answers.
        output_tools: names of tools whose call is the result.

    Attributes:
        finished: iteration came to its end.
    """

    def __init__(self, model_name: str, provider_name: str, output_tools: Collection[str] = ()) -> None:
        self.finished = False
        self._fields: dict[str, Any] = {"model_name": model_name, "provider_name": provider_name}
        self._state: ModelResponseState = "complete"
        self._usage: RequestUsage | None = None
        self._output_tools = frozenset(output_tools)
        self._manager = ModelResponsePartsManager()
        self._final = False
        self._last: PartStartEvent | None = None

    def accept(self, event: Produced) -> Iterator[ModelResponseStreamEvent]:
        """Yields what the program is handed for one thing that provider code does.

        Raises:
            NativeRaise: the provider reported an error, or provider code contradicts itself.
        """
        match event:
            case Call():
                for told in self._call(event):
                    yield from self._with_ends(told)
            case Report():
                if event.usage is not None:
                    self._usage = RequestUsage(**event.usage)
                fields = dict(event.fields)
                self._state = fields.pop("state", self._state)
                self._fields |= fields
            case Fail():
                raise NativeRaise(event.type, event.message)
            case End():
                yield from self._end(None)
                self.finished = True

    def get(self) -> ModelResponse:
        """Builds the response from what came so far."""
        usage = self._usage or RequestUsage()
        if self._usage is None and self.finished:
            usage = replace(usage, unmeasured_requests=1)
        return ModelResponse(self._manager.get_parts(), usage=usage, state=self._state_now(), **self._fields)

    def _state_now(self) -> ModelResponseState:
        if self._state == "suspended":
            return "suspended"
        return "complete" if self.finished and self._state != "incomplete" else "incomplete"

    def _call(self, event: Call) -> list[ModelResponseStreamEvent]:
        arguments = event.arguments
        if event.method == "handle_part":
            part = dict(arguments["part"])
            if "tool_call_id" not in part:
                part["tool_call_id"] = self._manager.new_id()
            arguments = {**arguments, "part": _PARTS.validate_python(part)}
        handle: Callable[..., list[ModelResponseStreamEvent]] = getattr(self._manager, event.method)
        return handle(**arguments)

    def _with_ends(self, event: ModelResponseStreamEvent) -> Iterator[ModelResponseStreamEvent]:
        if not isinstance(event, PartStartEvent):
            yield event
            return
        if self._last is not None:
            yield from self._end(event.part.part_kind)
            event.previous_part_kind = self._last.part.part_kind
        self._last = event
        yield event
        final = None if self._final else self._result(event.part)
        if final is not None:
            self._final = True
            yield final

    def _end(self, next_kind: str | None) -> Iterator[ModelResponseStreamEvent]:
        """Ends the part that began last.

        Raises:
            NativeRaise: `IndexError`: a call that never got a name stands before it, so its index misses.
        """
        if self._last is None:
            return
        index = self._last.index
        parts = self._manager.get_parts()
        if index >= len(parts):
            raise NativeRaise("IndexError", "list index out of range")
        part = parts[index]
        if isinstance(part, TextPart | ThinkingPart | BaseToolCallPart):
            yield PartEndEvent(index=index, part=part, next_part_kind=next_kind)

    def _result(self, part: ModelResponsePart) -> FinalResultEvent | None:
        if isinstance(part, TextPart):
            return FinalResultEvent(tool_name=None, tool_call_id=None)
        if isinstance(part, ToolCallPart) and part.tool_name in self._output_tools:
            return FinalResultEvent(tool_name=part.tool_name, tool_call_id=part.tool_call_id)
        return None
