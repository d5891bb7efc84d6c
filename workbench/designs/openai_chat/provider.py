"""The provider's half: deltas to chunks, as the API would send them to the SDK.

Theory of operation. A chunk is filled with the deltas of one frame. It is sent, and another begun, where a further
piece would not fit: a field that is taken, a field that stands before one that is taken (a chunk's fields have no
order, so they are read in that of `_ORDER`), another piece of a call that has one, or anything after the reason for
ending.

Rules:
1. Calls are numbered from 0 in the order in which they begin. Calls that the provider runs itself, their results,
   signatures and opaque data have no field and are left out, and so are starts and ends.
2. Reasoning goes into `reasoning_content`, a field that the SDK does not name and keeps; the README says who documents
   it.
3. The first chunk has the role. Nothing else is made up: no creation time, no fingerprint, no empty texts.
4. Counts come in a chunk of their own without choices, after the reason for ending; what was counted before waits for
   it. A stream that is cut has none, as the API's documentation of `stream_options` says.
5. An error in the stream is raised at once as `APIError`, with the provider's words.

Source: https://platform.openai.com/docs/api-reference/chat-streaming; openai 3.54.0, openai/_streaming.py, Stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from workbench.design import NativeRaise
from workbench.designs.openai_chat.vocabulary import (
    ChatCompletionChunk,
    Choice,
    ChoiceDelta,
    ChoiceDeltaToolCall,
    ChoiceDeltaToolCallFunction,
    CompletionTokensDetails,
    CompletionUsage,
    PromptTokensDetails,
)
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Finished,
    FinishReason,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
)

OBJECT: Final = "chat.completion.chunk"

_ORDER: Final = {"reasoning_content": 0, "content": 1, "refusal": 2, "tool_calls": 3, "finish_reason": 4}
_FIELDS: Final = {ReasoningDelta: "reasoning_content", TextDelta: "content", RefusalDelta: "refusal"}

_KNOWN: Final[dict[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool-calls",
    "function_call": "tool-calls",
    "content_filter": "content-filter",
}
_WORDS: Final[dict[FinishReason, str]] = {
    "stop": "stop",
    "length": "length",
    "tool-calls": "tool_calls",
    "content-filter": "content_filter",
    "refusal": "stop",
    "pause": "stop",
}


def finish_word(reason: FinishReason | None, raw: str | None) -> str | None:
    """Returns the word for a reason: as sent where it is one of the API's, else the nearest that the API has.

    A refusal ends with `stop`, as the API documents; so does a pause, for which it has no word. A reason without a
    neutral word is handed on as it came.
    """
    if raw is not None and _KNOWN.get(raw) == reason:
        return raw
    return _WORDS.get(reason, raw) if reason is not None else raw


class _Call:
    """A call that was begun: its number, and how much of its name was sent."""

    __slots__ = ("index", "name")

    def __init__(self, index: int, name: str | None) -> None:
        self.index = index
        self.name = name or ""


class Provider:
    """Writes the chunks of one response."""

    def __init__(self) -> None:
        self._head: dict[str, Any] = {}
        self._calls: dict[int, _Call] = {}
        self._counts = Usage()
        self._counted = self._finished = self._opened = False
        self._delta: dict[str, Any] = {}
        self._finish: str | None = None
        self._place = -1
        self._due = False

    def produce(self, step: Sequence[Delta]) -> Iterator[ChatCompletionChunk]:
        """Yields the chunks of one frame.

        Raises:
            NativeRaise: `APIError`, for an error inside the stream.
        """
        for delta in step:
            match delta:
                case TextDelta() | ReasoningDelta() | RefusalDelta():
                    field = _FIELDS[type(delta)]
                    yield from self._flush_before(field)
                    self._delta[field] = delta.text
                case PartStart(kind="tool-call", server=False):
                    self._calls[delta.part] = _Call(len(self._calls), delta.name)
                    piece = {"type": "function", "function": {"arguments": ""}}
                    if delta.id is not None:
                        piece = {"id": delta.id, **piece}
                    if delta.name is not None:
                        piece["function"] = {"name": delta.name, "arguments": ""}
                    yield from self._call(delta.part, piece)
                case CallNamed() if delta.part in self._calls:
                    yield from self._call(delta.part, self._late(delta))
                case ArgumentsDelta() if delta.part in self._calls:
                    yield from self._call(delta.part, {"function": {"arguments": delta.text}})
                case Finished():
                    yield from self._flush_before("finish_reason")
                    self._finish = finish_word(delta.reason, delta.raw)
                    self._finished = True
                case ResponseInfo():
                    named = (("id", delta.id), ("model", delta.model))
                    self._head |= {name: value for name, value in named if value is not None}
                    self._due = True
                case UsageReported():
                    self._count(delta.usage)
                case StreamFailed():
                    yield from self._flush()
                    raise NativeRaise("APIError", delta.failure.message or "An error occurred during streaming")
                case ResponseEnded():
                    self._finished = True
                case _:
                    pass
        yield from self._flush()
        if self._counted and self._finished:
            self._counted = False
            yield ChatCompletionChunk(**self._head, object=OBJECT, choices=[], usage=usage_of(self._counts))

    # -- the chunk that is being filled

    def _flush_before(self, field: str) -> Iterator[ChatCompletionChunk]:
        """Sends the chunk if a further piece for this field does not fit into it."""
        place = _ORDER[field]
        if self._place >= place and not (self._place == place == _ORDER["tool_calls"]):
            yield from self._flush()
        self._place = place

    def _call(self, part: int, piece: dict[str, Any]) -> Iterator[ChatCompletionChunk]:
        yield from self._flush_before("tool_calls")
        index = self._calls[part].index
        pieces: list[dict[str, Any]] = self._delta.setdefault("tool_calls", [])
        last = pieces[-1] if pieces else None
        if last is not None and last["index"] == index and piece.keys() == {"function"}:
            known = last["function"]
            text = piece["function"].get("arguments")
            if text is not None and not known.get("arguments"):
                known["arguments"] = text
                return
        if any(one["index"] == index for one in pieces):
            yield from self._flush()
            self._place = _ORDER["tool_calls"]
            pieces = self._delta.setdefault("tool_calls", [])
        pieces.append({"index": index, **piece})

    def _late(self, named: CallNamed) -> dict[str, Any]:
        """Writes the piece that brings an id or the rest of a name."""
        call = self._calls[named.part]
        piece: dict[str, Any] = {} if named.id is None else {"id": named.id}
        piece["function"] = {}
        if named.name and named.name != call.name:
            piece["function"] = {"name": named.name.removeprefix(call.name)}
            call.name = named.name
        return piece

    def _flush(self) -> Iterator[ChatCompletionChunk]:
        delta, finish = self._delta, self._finish
        if not delta and finish is None and not self._due:
            self._place = -1
            return
        self._delta, self._finish, self._place, self._due = {}, None, -1, False
        if not self._opened:
            self._opened = True
            delta = {"role": "assistant", **delta}
        if "tool_calls" in delta:
            delta["tool_calls"] = [
                ChoiceDeltaToolCall(**{**piece, "function": ChoiceDeltaToolCallFunction(**piece["function"])})
                for piece in delta["tool_calls"]
            ]
        choice = Choice(index=0, delta=ChoiceDelta(**delta), finish_reason=finish)
        yield ChatCompletionChunk(**self._head, object=OBJECT, choices=[choice])

    # -- counts

    def _count(self, usage: Usage) -> None:
        """Takes counts over those that were known."""
        known = self._counts
        self._counts = Usage(
            known.input if usage.input is None else usage.input,
            known.output if usage.output is None else usage.output,
            known.reasoning if usage.reasoning is None else usage.reasoning,
            known.cached if usage.cached is None else usage.cached,
        )
        self._counted = self._counts != Usage()


def usage_of(usage: Usage) -> CompletionUsage:
    """Writes token counts under the API's names; the total where both of its terms are known."""
    counts: dict[str, Any] = {}
    if usage.output is not None:
        counts["completion_tokens"] = usage.output
    if usage.input is not None:
        counts["prompt_tokens"] = usage.input
    if usage.output is not None and usage.input is not None:
        counts["total_tokens"] = usage.output + usage.input
    if usage.reasoning is not None:
        counts["completion_tokens_details"] = CompletionTokensDetails(reasoning_tokens=usage.reasoning)
    if usage.cached is not None:
        counts["prompt_tokens_details"] = PromptTokensDetails(cached_tokens=usage.cached)
    return CompletionUsage(**counts)
