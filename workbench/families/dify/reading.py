"""Native JSON of the Dify family to sightings.

Rules:
1. What is read is what the fields say. Tags inside a text are text: the SDK ships no splitter.
2. The kinds of part follow one another as chunks do: a piece of another kind ends the part at hand, which is implied.
   A tool call is whole in its chunk.
3. A response is known to have ended when a chunk gives a reason for it. Nothing says that it was cut: there the last
   chunk has no reason, and so nothing is sighted.
4. The SDK's result holds zeros where no usage was reported; they are not sighted.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.design import Native
from workbench.transcript import (
    FRAGMENT_OF,
    ArgumentsDelta,
    Finished,
    FinishReason,
    Json,
    Kind,
    PartEnd,
    PartStart,
    Phase,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    Sighting,
    TextDelta,
    Usage,
    UsageReported,
)

FINISH_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_calls": "tool-calls",
    "tool_use": "tool-calls",
    "function_call": "tool-calls",
    "content_filter": "content-filter",
    "safety": "content-filter",
    "refusal": "refusal",
    "pause_turn": "pause",
    "error": "error",
    "non-json encountered.": "error",
}
"""Plug-ins hand on the provider's own word, which its documentation explains; the last is the SDK's own."""


def text_of(content: Json) -> str:
    """Returns the text of a message's content, which is a text, a list of contents, or nothing."""
    if isinstance(content, list):
        return "".join(item.get("data", "") for item in content if item.get("type") == "text")
    return content or ""


class Parts:
    """Numbers parts and ends the one at hand when another begins."""

    def __init__(self) -> None:
        self._next = 0
        self._kind: Kind | None = None

    def grow(self, frame: int, kind: Kind, text: str) -> Iterator[Sighting]:
        """Yields a piece of text or reasoning, with the start of its part where there was another before."""
        if self._kind != kind:
            yield from self.end(frame)
            yield PartStart(frame, self._next, kind)
            self._kind = kind
            self._next += 1
        yield FRAGMENT_OF[kind](frame, self._next - 1, text)

    def call(self, frame: int, call: Json) -> Iterator[Sighting]:
        """Yields a tool call, which is whole."""
        yield from self.end(frame)
        function = call["function"]
        yield PartStart(frame, self._next, "tool-call", id=call["id"] or None, name=function["name"] or None)
        if function["arguments"]:
            yield ArgumentsDelta(frame, self._next, function["arguments"])
        yield PartEnd(frame, self._next)
        self._next += 1

    def result(self, frame: int, message: Json) -> Iterator[Sighting]:
        """Yields a tool's message."""
        yield from self.end(frame)
        identity, name = message["tool_call_id"] or None, message["name"]
        yield PartStart(frame, self._next, "tool-result", id=identity, name=name)
        yield ResultDelta(frame, self._next, text_of(message["content"]))
        yield PartEnd(frame, self._next)
        self._next += 1

    def end(self, frame: int) -> Iterator[Sighting]:
        """Ends the part at hand, if there is one; that is implied."""
        if self._kind is not None:
            yield PartEnd(frame, self._next - 1)
            self._kind = None

    def last(self, frame: int, kind: Kind) -> Iterator[Sighting]:
        """Ends the part at hand if it is of this kind: somebody said that no more of the kind will come."""
        if self._kind == kind:
            yield PartEnd(frame, self._next - 1, stated=True)
            self._kind = None


def read(phase: Phase, native: Native, reasoning: str | None = None) -> Iterator[Sighting]:
    """Reads one phase of a record.

    Args:
        phase: which one.
        native: a record with that phase's fields.
        reasoning: the delta's field for reasoning, where the design has one.
    """
    match phase:
        case "live":
            return _chunks(native, reasoning)
        case "final":
            return _result(native.message, native.last_frame)
        case "stored":
            return _result(native.restored, native.last_frame)
        case "resumed":
            return _request(native.request, native.last_frame)
        case "legacy":
            return _legacy(native)


def _chunks(native: Native, reasoning: str | None) -> Iterator[Sighting]:
    """Reads the chunks of a stream."""
    parts = Parts()
    model = None
    for frame, event in native.events:
        if event["model"] != model:
            model = event["model"]
            yield ResponseInfo(frame, model=model)
        delta = event["delta"]
        if reasoning is not None and (thought := delta[reasoning]):
            yield from parts.grow(frame, "reasoning", thought)
        if text := text_of(delta["message"]["content"]):
            yield from parts.grow(frame, "text", text)
        for call in delta["message"]["tool_calls"]:
            yield from parts.call(frame, call)
        if delta["usage"] is not None:
            yield _usage(frame, delta["usage"])
        if delta["finish_reason"] is not None:
            raw = delta["finish_reason"]
            yield from parts.end(frame)
            yield Finished(frame, FINISH_REASONS.get(raw.lower(), "other"), raw)
            yield ResponseEnded(frame)


def _legacy(native: Native) -> Iterator[Sighting]:
    """Reads the texts that a consumer of answer text is handed."""
    for frame, event in native.legacy:
        yield TextDelta(frame, 0, event["content"])


def _result(result: Json, frame: int) -> Iterator[Sighting]:
    """Reads an `LLMResult`. Its model is the one that was asked for and says nothing of the response."""
    yield from _assistant(Parts(), result["message"], frame)
    usage = result["usage"]
    if usage["prompt_tokens"] or usage["completion_tokens"]:
        yield _usage(frame, usage)


def _request(messages: Json, frame: int) -> Iterator[Sighting]:
    """Reads the assistant's and the tools' messages of a request."""
    parts = Parts()
    for message in messages:
        if message["role"] == "assistant":
            yield from _assistant(parts, message, frame)
        elif message["role"] == "tool":
            yield from parts.result(frame, message)


def _assistant(parts: Parts, message: Json, frame: int) -> Iterator[Sighting]:
    if text := text_of(message["content"]):
        yield from parts.grow(frame, "text", text)
        yield from parts.end(frame)
    for call in message["tool_calls"]:
        yield from parts.call(frame, call)


def _usage(frame: int, usage: Json) -> Sighting:
    return UsageReported(frame, Usage(input=usage["prompt_tokens"], output=usage["completion_tokens"]))
