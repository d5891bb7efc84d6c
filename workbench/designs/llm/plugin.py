"""The plug-in half: neutral deltas to the events that a provider plug-in of llm yields.

It does what the documented plug-ins do: the default OpenAI plug-in of llm 0.32 (`llm/default_plugins/openai_models.py`)
and llm-anthropic 0.27 (`llm_anthropic.py`); the README says which line stands for which. Rules:

1. An empty fragment makes no event. A tool call's first event is its name, empty if not yet known; an id or a name
   that comes late makes one more. A tool result without output makes one empty event when it ends.
2. `part_index` stays None wherever the framework's own grouping finds the right part, as the plug-in documentation
   asks, and is set where it would not: a block next to one of its kind, interleaved calls without ids, a late id.
3. Metadata is merged by the framework per provider, so each event repeats all that is known of its block so far.
4. Counts and the model's name go to the response by call, not by event.
5. No event tells a refusal, a finish reason, a response id, a start, an end or a truncation. An error in the stream
   raises out of `execute`, as the provider's SDK does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple, Protocol

from workbench.design import NativeRaise
from workbench.designs.llm.allocate import Allocator
from workbench.designs.llm.vocabulary import Dict, StreamEvent
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Json,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
)

NO_MESSAGE = "An error occurred during streaming"
"""What the openai SDK says when the error in the stream has no message; openai `_streaming.py`."""


_FRAGMENTS: dict[type, str] = {TextDelta: "text", ReasoningDelta: "reasoning", ArgumentsDelta: "tool_call_args"}


class ResponseCalls(Protocol):
    """What a plug-in calls on the response that it is given."""

    def set_usage(self, *, input: int | None = None, output: int | None = None, details: Dict | None = None) -> None:  # noqa: A002 - the library's name
        """Takes the token counts."""

    def set_resolved_model(self, model_id: str) -> None:
        """Takes the name of the model that really answered."""


class Call(NamedTuple):
    """What a plug-in called on the response: with its events it is all that the framework gets of a plug-in."""

    method: str
    value: Json


class _Block:
    """What the plug-in knows of the part at hand.

    Attributes:
        grows_by, type: the kind of fragment that it got last, and the type of the event which that made.
        index: its `part_index`, once it had an event.
        call: the id that its events name; only tool calls and tool results have one.
        metadata: of reasoning, all that its provider has to get back, by provider.
    """

    __slots__ = (
        "call",
        "grows_by",
        "index",
        "message",
        "metadata",
        "name",
        "part",
        "redacted",
        "result",
        "server",
        "type",
    )

    def __init__(self, part: int) -> None:
        self.part = part
        self.grows_by: type[Delta] | None = None
        self.type = ""
        self.index: int | None = None
        self.call: str | None = None
        self.name: str | None = None
        self.server = False
        self.result = False
        self.message = 0
        self.redacted = False
        self.metadata: dict[str, Dict] = {}


class Plugin:
    """The plug-in's side of one response.

    Attributes:
        block: of the part that had a delta last.
        failure: what the plug-in raises, once the stream said that it failed; events of the same step come before it.
        calls: what was called on the response; whoever tells of it takes it away.
    """

    def __init__(self, response: ResponseCalls) -> None:
        self.failure: NativeRaise | None = None
        self.calls: list[Call] = []
        self._response = response
        self._blocks: dict[int, _Block] = {}
        self.block = _Block(-1)
        self._indices = 0
        self._usage = Usage()
        self._shadow = Allocator()

    def produce(self, step: Sequence[Delta]) -> Iterator[StreamEvent]:
        """Yields what `execute` yields for one frame.

        Raises:
            NativeRaise: the stream failed.
        """
        for event in self.place(step):
            index = event.part_index
            if index is not None:
                if self._shadow.choose(event) == index:
                    event.part_index = None
                self._shadow.settle(event, index)
            yield event
        if self.failure is not None:
            raise self.failure

    def place(self, step: Sequence[Delta]) -> list[StreamEvent]:
        """Makes the events of one frame, each with the index that it will end up with. Sets `failure`; never raises."""
        events: list[StreamEvent] = []
        for delta in step:
            type_ = _FRAGMENTS.get(type(delta))
            if type_ is not None:
                block = self.block
                if delta.part != block.part:  # type: ignore[union-attr]
                    block = self._turn_to(delta.part)  # type: ignore[union-attr]
                text = delta.text  # type: ignore[union-attr]
                if text:
                    index = block.index
                    if index is None:
                        index = self._begin(block)
                    block.grows_by, block.type = type(delta), type_
                    events.append(
                        StreamEvent(type_, text, index, block.call, block.server, None, False, None, block.message)
                    )
                continue
            if type(delta) is StreamFailed:
                self.failure = NativeRaise("APIError", delta.failure.message or NO_MESSAGE)
                break
            handle = self._OTHERS.get(type(delta))
            if handle is not None and (event := handle(self, delta, step)) is not None:
                events.append(event)
        return events

    def _turn_to(self, part: int) -> _Block:
        block = self._blocks.get(part)
        if block is None:
            block = self._blocks[part] = _Block(part)
        self.block = block
        return block

    def _begin(self, block: _Block) -> int:
        block.index = self._indices
        self._indices += 1
        return block.index

    def _event(self, block: _Block, type_: str, chunk: str = "") -> StreamEvent:
        index = self._begin(block) if block.index is None else block.index
        name = block.name if type_ == "tool_result" else None
        return StreamEvent(type_, chunk, index, block.call, block.server, name, message_index=block.message)

    def _reasoning(self, block: _Block) -> StreamEvent:
        event = self._event(block, "reasoning")
        event.redacted = block.redacted
        event.provider_metadata = {provider: dict(known) for provider, known in block.metadata.items()} or None
        return event

    # ---------------------------------------------------------------------- one method per kind of delta that is rare

    def _on_start(self, delta: PartStart, step: Sequence[Delta]) -> StreamEvent | None:
        block = self._turn_to(delta.part)
        block.message = delta.message
        block.redacted = delta.redacted
        if delta.kind in ("tool-call", "tool-result"):
            block.call = delta.id
            block.name = delta.name
            block.server = delta.server
            block.result = delta.kind == "tool-result"
        if delta.kind == "tool-call":
            return self._event(block, "tool_call_name", delta.name or "")
        if delta.redacted and not any(type(one) is OpaqueDelta and one.part == delta.part for one in step):
            return self._reasoning(block)
        return None

    def _on_named(self, delta: CallNamed, _: Sequence[Delta]) -> StreamEvent | None:
        block = self._turn_to(delta.part)
        name = "" if block.name else delta.name or ""
        call = delta.id or block.call
        if not name and call == block.call:
            return None
        block.name = block.name or delta.name
        block.call = call
        return self._event(block, "tool_call_name", name)

    def _on_result(self, delta: ResultDelta, _: Sequence[Delta]) -> StreamEvent | None:
        return self._event(self._turn_to(delta.part), "tool_result", delta.text) if delta.text else None

    def _on_signature(self, delta: SignatureDelta, _: Sequence[Delta]) -> StreamEvent:
        block = self._turn_to(delta.part)
        known = block.metadata.setdefault("anthropic", {})
        known["signature"] = known.get("signature", "") + delta.text
        return self._reasoning(block)

    def _on_opaque(self, delta: OpaqueDelta, _: Sequence[Delta]) -> StreamEvent:
        block = self._turn_to(delta.part)
        if block.redacted:
            block.metadata.setdefault("anthropic", {}).update(type="redacted_thinking", data=delta.data)
        else:
            block.metadata.setdefault("openai", {})["encrypted_content"] = delta.data
        return self._reasoning(block)

    def _on_end(self, delta: PartEnd, _: Sequence[Delta]) -> StreamEvent | None:
        block = self._blocks.get(delta.part)
        if block is None or block.index is not None or not block.result:
            return None
        return self._event(block, "tool_result")

    def _on_usage(self, delta: UsageReported, _: Sequence[Delta]) -> None:
        new, known = delta.usage, self._usage
        self._usage = Usage(
            known.input if new.input is None else new.input,
            known.output if new.output is None else new.output,
            known.reasoning if new.reasoning is None else new.reasoning,
            known.cached if new.cached is None else new.cached,
        )
        details = {"cached": self._usage.cached, "reasoning_tokens": self._usage.reasoning}
        counts = {
            "input": self._usage.input,
            "output": self._usage.output,
            "details": {name: count for name, count in details.items() if count is not None} or None,
        }
        self._response.set_usage(**counts)  # type: ignore[arg-type]
        self.calls.append(Call("set_usage", counts))

    def _on_info(self, delta: ResponseInfo, _: Sequence[Delta]) -> None:
        if delta.model is not None:
            self._response.set_resolved_model(delta.model)
            self.calls.append(Call("set_resolved_model", delta.model))

    _OTHERS: ClassVar[dict[type, Callable[..., StreamEvent | None]]] = {
        PartStart: _on_start,
        CallNamed: _on_named,
        ResultDelta: _on_result,
        SignatureDelta: _on_signature,
        OpaqueDelta: _on_opaque,
        PartEnd: _on_end,
        UsageReported: _on_usage,
        ResponseInfo: _on_info,
    }
