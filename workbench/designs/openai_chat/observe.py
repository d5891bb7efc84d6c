"""Reads the SDK's native JSON back into sightings: what a user can know, phase by phase.

Rules:
1. Everything that is told live is in the chunks, so chunks are read: inside a `chunk` event, or bare where a program
   iterates over `create(stream=True)`. Of the other events the done events are read, which state an end, and
   `parsed_arguments`, which show a value; the rest repeats the chunk.
2. A part of text, reasoning or refusal begins with its first piece, unstated, and goes on while pieces of its field
   follow one another; another part's begin implies its end. A call is led by its index and has ended when the helper
   says so, or with the response. An empty string is no piece.
3. Iteration that stops without raising says that the response ended, if a reason for ending came. `APIError` tells a
   failure. Any other exception tells that something raised, and no more.
4. A message's fields have no order; they are told as reasoning, content, refusal, calls.
5. In a request the parts of assistant messages are told, and results; a result is named by the call that it answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET

from workbench.design import FramedEvent, Native
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Failure,
    Finished,
    FinishReason,
    Json,
    Kind,
    Part,
    PartEnd,
    PartSnapshot,
    PartStart,
    Phase,
    ReasoningDelta,
    ReasoningPart,
    RefusalDelta,
    RefusalPart,
    ResponseEnded,
    ResponseInfo,
    Sighting,
    StreamFailed,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
)

_REASONS: Final[dict[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool-calls",
    "function_call": "tool-calls",
    "content_filter": "content-filter",
}
_DONE: Final[dict[str, Kind]] = {"content.done": "text", "refusal.done": "refusal"}
_PIECES: Final[tuple[tuple[str, Kind, type[ReasoningDelta | TextDelta | RefusalDelta]], ...]] = (
    ("reasoning_content", "reasoning", ReasoningDelta),
    ("content", "text", TextDelta),
    ("refusal", "refusal", RefusalDelta),
)


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    match phase:
        case "live":
            yield from _Live(native).sightings(native.events)
        case "final":
            yield from _completion(native.message, native.last_frame)
        case "stored":
            yield from _completion(native.restored, native.last_frame)
        case "resumed":
            yield from _request(native.request, native.last_frame)
        case _:
            pass


class _Call:
    """A call while it is being sighted."""

    __slots__ = ("id", "name", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.id: str | None = None
        self.name: str | None = None


class _Live:
    """Reads events in order."""

    def __init__(self, native: Native) -> None:
        self._native = native
        self._parts = 0
        self._open: dict[int, Kind] = {}
        self._run: int | None = None
        self._implied: list[tuple[int, int, Kind]] = []
        self._calls: dict[int, _Call] = {}
        self._identity: tuple[str | None, str | None] = (None, None)
        self._finished = False

    def sightings(self, events: Sequence[FramedEvent]) -> Iterator[Sighting]:
        for frame, event in events:
            kind = event.get("type", "chunk")
            if kind == "chunk":
                yield from self._imply()
                yield from self._chunk(frame, event.get("chunk", event))
            elif kind in _DONE:
                yield from self._done(frame, _DONE[kind])
            elif kind.startswith("tool_calls.function.arguments."):
                yield from self._value(frame, event, done=kind.endswith("done"))
        yield from self._imply()
        raised, last = self._native.raised, self._native.last_frame
        if raised is not None:
            if raised.type == "APIError":
                yield StreamFailed(raised.frame, Failure(raised.message))
        elif self._finished:
            yield from (PartEnd(last, number) for number in self._open)
            yield ResponseEnded(last)

    # -- chunks

    def _chunk(self, frame: int, chunk: Json) -> Iterator[Sighting]:
        identity = (chunk.get("id") or None, chunk.get("model") or None)
        if identity not in (self._identity, (None, None)):
            self._identity = identity
            yield ResponseInfo(frame, *identity)
        for choice in chunk.get("choices") or ():
            if choice.get("index"):
                continue
            delta = choice.get("delta") or {}
            for field, kind, make in _PIECES:
                if text := delta.get(field):
                    yield from self._go_on(frame, kind)
                    yield make(frame, self._run or 0, text)
            for piece in delta.get("tool_calls") or ():
                yield from self._piece(frame, piece)
            if (reason := choice.get("finish_reason")) is not None:
                self._finished = True
                yield Finished(frame, _REASONS.get(reason, "other"), reason)
        if (usage := chunk.get("usage")) is not None:
            yield UsageReported(frame, _counts(usage))

    def _go_on(self, frame: int, kind: Kind) -> Iterator[Sighting]:
        """Begins a part of text, reasoning or refusal, unless it is the one that runs."""
        if self._run is not None and self._open.get(self._run) == kind:
            return
        self._end_run(frame)
        self._run = self._begin(kind)
        yield PartStart(frame, self._run, kind)

    def _begin(self, kind: Kind) -> int:
        number = self._parts
        self._parts += 1
        self._open[number] = kind
        return number

    def _end_run(self, frame: int) -> None:
        """Notes an implied end; it is told with the next chunk, unless a done event of this one states it."""
        if self._run is not None and (kind := self._open.pop(self._run, None)) is not None:
            self._implied.append((frame, self._run, kind))
        self._run = None

    def _imply(self) -> Iterator[Sighting]:
        yield from (PartEnd(frame, number) for frame, number, _ in self._implied)
        self._implied.clear()

    def _piece(self, frame: int, piece: Json) -> Iterator[Sighting]:
        self._end_run(frame)
        function = piece.get("function") or {}
        identity, name = piece.get("id") or None, function.get("name") or None
        call = self._calls.get(piece["index"])
        if call is None:
            call = self._calls[piece["index"]] = _Call(self._begin("tool-call"))
            call.id, call.name = identity, name
            yield PartStart(frame, call.number, "tool-call", id=identity, name=name)
        elif identity is not None or name is not None:
            call.id = (call.id or "") + identity if identity is not None else call.id
            call.name = (call.name or "") + name if name is not None else call.name
            yield CallNamed(frame, call.number, call.id, call.name)
        if text := function.get("arguments"):
            yield ArgumentsDelta(frame, call.number, text)

    # -- what the helper adds

    def _done(self, frame: int, kind: Kind) -> Iterator[Sighting]:
        """Tells the stated end of the content or the refusal: of its part, if that is open or ended with this chunk."""
        number = next((number for number, one in self._open.items() if one == kind), None)
        if number is not None:
            del self._open[number]
        for one in self._implied:
            if one[2] == kind:
                number = one[1]
                self._implied.remove(one)
                break
        if number is not None:
            yield PartEnd(frame, number, stated=True)

    def _value(self, frame: int, event: Json, *, done: bool) -> Iterator[Sighting]:
        call = self._calls.get(event["index"])
        if call is None:
            return
        if (value := event.get("parsed_arguments")) is not None:
            part = ToolCallPart(call.id, call.name or "", "")
            yield PartSnapshot(frame, call.number, part, value, partial=not done)
        if done and self._open.pop(call.number, None) is not None:
            yield PartEnd(frame, call.number, stated=True)


def _counts(usage: Json) -> Usage:
    completion = usage.get("completion_tokens_details") or {}
    prompt = usage.get("prompt_tokens_details") or {}
    return Usage(
        usage.get("prompt_tokens"),
        usage.get("completion_tokens"),
        completion.get("reasoning_tokens"),
        prompt.get("cached_tokens"),
    )


# ------------------------------------------------------------------------------------------ after the stream


def _completion(completion: Json, frame: int) -> Iterator[Sighting]:
    if completion is UNSET:
        return
    if (identity := (completion.get("id") or None, completion.get("model") or None)) != (None, None):
        yield ResponseInfo(frame, *identity)
    reason = None
    for choice in completion.get("choices") or ():
        if not choice.get("index"):
            parts = _parts(choice.get("message") or {}, {})
            yield from (PartSnapshot(frame, number, part) for number, part in enumerate(parts))
            reason = choice.get("finish_reason")
    if reason is not None:
        yield Finished(frame, _REASONS.get(reason, "other"), reason)
    if (usage := completion.get("usage")) is not None:
        yield UsageReported(frame, _counts(usage))
    if reason is not None:
        yield ResponseEnded(frame)


def _request(request: Json, frame: int) -> Iterator[Sighting]:
    if request is UNSET:
        return
    names: dict[str, str] = {}
    parts: list[Part] = []
    for message in request["messages"]:
        if message["role"] == "assistant":
            parts += _parts(message, names)
        elif message["role"] == "tool":
            call = message.get("tool_call_id") or None
            parts.append(ToolResultPart(call, names.get(call or "", ""), _text(message.get("content"))))
    yield from (PartSnapshot(frame, number, part) for number, part in enumerate(parts))


def _parts(message: Json, names: dict[str, str]) -> Iterator[Part]:
    """Tells the fields of an assistant's message; remembers the names of its calls."""
    if text := message.get("reasoning_content"):
        yield ReasoningPart(text)
    if text := _text(message.get("content")):
        yield TextPart(text)
    if text := message.get("refusal"):
        yield RefusalPart(text)
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        identity, name = call.get("id") or None, function.get("name") or ""
        if identity is not None:
            names[identity] = name
        yield ToolCallPart(identity, name, function.get("arguments") or "")


def _text(content: Json) -> str:
    """Reads a message's content: a string, or a list of parts that hold text."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content or ""
