"""What a Dify model plug-in does with a provider's stream, up to the question of where reasoning goes.

Theory of operation. The SDK's class for OpenAI-compatible providers yields a chunk for each piece of text and gathers
tool calls silently until the body ends. Then it yields all of them in one chunk and, last, a chunk with usage and the
reason for ending. `PluginAdapter` does the same with neutral deltas. A frame's deltas are first cut into pieces, each a
pair of answer text and reasoning of which at most one is not empty; a pair of two empty texts says that something else
arrived, which is what ends a block of reasoning for a plug-in. What becomes of a piece is the design's own affair.

Rules:
1. A call that the provider runs itself is not sent: whoever reads `tool_calls` runs them. Nor are results, refusals,
   signatures and opaque payloads: no documented field holds them.
2. Tool calls are gathered by part, so interleaved calls stay whole. (The SDK's class goes by id alone.)
3. Usage is sent when the provider reported both counts. (The SDK's class estimates what is missing with a tokenizer.)
4. An error inside the stream is raised as the SDK's class raises it, a ValueError, and nothing is yielded after it.

Source: dify_plugin 0.7.4, dify_plugin/interfaces/model/openai_compatible/llm.py (`_handle_generate_stream_response`,
`_increase_tool_call`, `_create_final_llm_result_chunk`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, cast

from workbench.design import Adapter, NativeRaise
from workbench.families.dify.conversation import Assembly, tool_call
from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.results import LLMUsage
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Finished,
    Json,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
)

_ELSEWHERE = (PartStart, CallNamed, ArgumentsDelta, ResultDelta, RefusalDelta, Finished)
"""Deltas that tell a plug-in that the block of reasoning at hand is over."""


class ChunkDelta(Protocol):
    """What both designs' deltas have."""

    message: AssistantPromptMessage
    usage: LLMUsage | None


class Chunk(Protocol):
    """What both designs' chunks have."""

    @property
    def delta(self) -> ChunkDelta:
        """What the chunk adds."""
        ...


def pieces(step: Sequence[Delta]) -> Iterator[tuple[str, str]]:
    """Cuts the deltas of one frame into pieces of answer text and of reasoning.

    Yields:
        Pairs `(text, reasoning)`, at most one of them not empty; two empty ones where only something else arrived.
        Nothing for deltas that no plug-in acts upon, such as usage.
    """
    texts: list[str] = []
    thoughts: list[str] = []
    touched = False
    for delta in step:
        if isinstance(delta, TextDelta):
            if thoughts:
                yield "", "".join(thoughts)
                thoughts = []
            texts.append(delta.text)
        elif isinstance(delta, ReasoningDelta):
            if texts or touched:
                yield "".join(texts), ""
                texts = []
                touched = False
            thoughts.append(delta.text)
        elif isinstance(delta, _ELSEWHERE) or (isinstance(delta, PartEnd) and delta.stated):
            if thoughts:
                yield "", "".join(thoughts)
                thoughts = []
            touched = True
    if thoughts:
        yield "", "".join(thoughts)
    elif texts or touched:
        yield "".join(texts), ""


class _Call:
    """A tool call that is being gathered."""

    __slots__ = ("arguments", "id", "name")

    def __init__(self) -> None:
        self.id: str | None = None
        self.name: str | None = None
        self.arguments: list[str] = []


class PluginAdapter(Adapter):
    """A model plug-in and the SDK around it, for one response.

    State: chunks are numbered as they are yielded; calls, usage and the reason for ending wait for the end.
    """

    def __init__(self, request: Request) -> None:
        self.model = request.model
        self.index = 0
        self._assembly = Assembly(request.model)
        self._calls: dict[int, _Call] = {}
        self._servers: set[int] = set()
        self._usage = Usage()
        self._finish_reason: str | None = None
        self._raised: NativeRaise | None = None
        self._over = False

    @abstractmethod
    def piece(self, text: str, reasoning: str) -> Iterable[object]:
        """Yields the chunks for one piece; see `pieces`."""

    @abstractmethod
    def chunk(
        self,
        message: AssistantPromptMessage,
        *,
        usage: LLMUsage | None = None,
        finish_reason: str | None = None,
    ) -> object:
        """Makes one chunk in the design's own classes, with the next number."""

    def next_index(self) -> int:
        """Counts the chunks, from 0."""
        index = self.index
        self.index = index + 1
        return index

    def produce(self, step: Sequence[Delta]) -> Iterator[object]:
        """Yields the chunks for one frame, and the closing ones once the body has ended."""
        ends = False
        for delta in step:
            ends = self._note(delta) or ends
        for text, reasoning in pieces(step):
            yield from self.piece(text, reasoning)
        if self._raised is not None:
            raise self._raised
        if ends:
            yield from self._close()

    def accept(self, event: object) -> Iterable[object]:
        """Hands a chunk on as it is, as `LargeLanguageModel.invoke` does, and adds it to the result."""
        delta = cast("Chunk", event).delta
        self._assembly.add(delta.message, delta.usage)
        return (event,)

    def finish(self) -> Iterable[object]:
        """Yields the closing chunks of a body of which not even the end was seen."""
        for produced in self._close():
            yield from self.accept(produced)

    def message(self) -> Json:
        """Returns the result of the same call without streaming.

        Raises:
            NativeRaise: the stream raised, and so does that call.
        """
        if self._raised is not None:
            raise self._raised
        return self._assembly.result().model_dump(mode="json")

    def stored(self) -> Json:
        """Returns the result as pydantic writes it to JSON."""
        return self.message()

    def _close(self) -> Iterator[object]:
        if self._over:
            return
        self._over = True
        if self._calls:
            calls = [tool_call(call.id, call.name, "".join(call.arguments)) for call in self._calls.values()]
            yield self.chunk(AssistantPromptMessage(content="", tool_calls=calls))
        usage = None
        if self._usage.input is not None and self._usage.output is not None:
            usage = LLMUsage.unpriced(self._usage.input, self._usage.output)
        yield self.chunk(AssistantPromptMessage(content=""), usage=usage, finish_reason=self._finish_reason)

    def _note(self, delta: Delta) -> bool:
        """Keeps what is sent later or elsewhere; says whether the body ended."""
        match delta:
            case TextDelta() | ReasoningDelta():
                pass
            case ArgumentsDelta():
                if delta.part not in self._servers:
                    self._call(delta.part).arguments.append(delta.text)
            case PartStart(kind="tool-call"):
                if delta.server:
                    self._servers.add(delta.part)
                else:
                    self._name(delta)
            case CallNamed():
                if delta.part not in self._servers:
                    self._name(delta)
            case ResponseInfo():
                self.model = delta.model or self.model
            case UsageReported():
                known, new = self._usage, delta.usage
                self._usage = Usage(
                    input=known.input if new.input is None else new.input,
                    output=known.output if new.output is None else new.output,
                )
            case Finished():
                self._finish_reason = delta.reason if delta.raw is None else delta.raw
            case StreamFailed():
                failure = delta.failure
                told = {"message": failure.message} | ({} if failure.type is None else {"type": failure.type})
                self._raised = NativeRaise("ValueError", str(told))
            case ResponseEnded() | StreamTruncated():
                return True
            case _:
                pass
        return False

    def _call(self, part: int) -> _Call:
        call = self._calls.get(part)
        if call is None:
            call = self._calls[part] = _Call()
        return call

    def _name(self, named: PartStart | CallNamed) -> None:
        call = self._call(named.part)
        if named.id is not None:
            call.id = named.id
        if named.name is not None:
            call.name = named.name
