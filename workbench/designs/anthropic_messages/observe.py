"""Reads the SDK's native JSON back into sightings: what a user can know, phase by phase.

Rules:
1. Everything that is told live is in the raw events, which the helper hands on, so these are read. Of the helper's own
   events `input_json` is read, which shows a value, and the block that `content_block_stop` holds; the rest repeats.
2. A block is a part; its start and its end are stated.
3. `message_stop` says that the response ended. Iteration that stops before it says nothing. `APIStatusError` tells a
   failure, any other exception that something raised, and no more.
4. A result's output is its content: as it is where it is text, else compact JSON. Its name is that of the call that it
   answers, else its type less `_tool_result`.
5. The explanation of a refusal is the refusal's text, and it is the last part.
6. In a request the blocks of assistant messages are told, and results in user messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET

from workbench.design import FramedEvent, Native
from workbench.transcript import (
    ArgumentsDelta,
    Failure,
    Finished,
    FinishReason,
    Json,
    Kind,
    OpaqueDelta,
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
    ResultDelta,
    Sighting,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
)

_RESULT: Final = "_tool_result"
_CALLS: Final = {"tool_use": False, "server_tool_use": True}
_REASONS: Final[dict[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool-calls",
    "pause_turn": "pause",
    "refusal": "refusal",
}
_PIECES: Final[dict[str, tuple[str, type[TextDelta | ReasoningDelta | ArgumentsDelta | SignatureDelta]]]] = {
    "text_delta": ("text", TextDelta),
    "thinking_delta": ("thinking", ReasoningDelta),
    "input_json_delta": ("partial_json", ArgumentsDelta),
    "signature_delta": ("signature", SignatureDelta),
}


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    match phase:
        case "live":
            yield from _Live().sightings(native.events)
            raised = native.raised
            if raised is not None and raised.type == "APIStatusError":
                yield StreamFailed(raised.frame, Failure(raised.message))
        case "final":
            yield from _message(native.message, native.last_frame)
        case "stored":
            yield from _message(native.restored, native.last_frame)
        case "resumed":
            if native.request is not UNSET:
                blocks = [block for message in native.request["messages"] for block in _told(message)]
                yield from _snapshots(blocks, native.last_frame)
        case _:
            pass


class _Live:
    """Reads events in order."""

    def __init__(self) -> None:
        self._parts: dict[int, tuple[int, Part]] = {}
        self._count = 0
        self._names: dict[str, str] = {}
        self._last: int | None = None
        self._usage: Json = {}
        self._reason: str | None = None

    def sightings(self, events: Sequence[FramedEvent]) -> Iterator[Sighting]:
        for frame, event in events:
            match event["type"]:
                case "content_block_delta":
                    yield from self._piece(frame, event)
                case "input_json":
                    yield from self._value(frame, event["snapshot"], partial=True)
                case "content_block_start":
                    yield from self._start(frame, event["index"], event["content_block"])
                case "content_block_stop":
                    yield from self._stop(frame, event)
                case "message_start":
                    message = event["message"]
                    if (identity := (message.get("id") or None, message.get("model") or None)) != (None, None):
                        yield ResponseInfo(frame, *identity)
                    yield from self._counts(frame, message.get("usage"))
                case "message_delta":
                    yield from self._change(frame, event)
                case "message_stop":
                    yield ResponseEnded(frame)

    def _begin(self, index: int, part: Part) -> int:
        number = self._count
        self._count += 1
        self._parts[index] = (number, part)
        return number

    def _start(self, frame: int, index: int, block: Json) -> Iterator[Sighting]:
        part = _part(block, self._names)
        if part is None:
            return
        number = self._begin(index, part)
        match part:
            case ToolCallPart():
                yield PartStart(
                    frame, number, "tool-call", id=part.id, name=part.name or None, server=part.server, stated=True
                )
            case ToolResultPart():
                yield PartStart(
                    frame,
                    number,
                    "tool-result",
                    id=part.call,
                    name=part.name or None,
                    server=True,
                    error=part.error,
                    stated=True,
                )
                yield ResultDelta(frame, number, part.output)
            case ReasoningPart():
                yield PartStart(frame, number, "reasoning", redacted=part.redacted, stated=True)
                if part.data is not None:
                    yield OpaqueDelta(frame, number, part.data)
            case _:
                kind: Kind = "text"
                yield PartStart(frame, number, kind, stated=True)

    def _piece(self, frame: int, event: Json) -> Iterator[Sighting]:
        found = self._parts.get(event["index"])
        kind = _PIECES.get(event["delta"]["type"])
        if found is None or kind is None:
            return
        field, make = kind
        self._last = event["index"]
        if text := event["delta"].get(field):
            yield make(frame, found[0], text)

    def _value(self, frame: int, value: Json, *, partial: bool) -> Iterator[Sighting]:
        """Tells the value of the input that the piece before belongs to; the event itself does not say of which."""
        found = self._parts.get(-1 if self._last is None else self._last)
        if found is not None and isinstance(found[1], ToolCallPart):
            yield PartSnapshot(frame, found[0], found[1], value, partial=partial)

    def _stop(self, frame: int, event: Json) -> Iterator[Sighting]:
        found = self._parts.get(event["index"])
        if found is None:
            return
        number, part = found
        block = event.get("content_block")
        if isinstance(part, ToolCallPart) and block is not None:
            yield PartSnapshot(frame, number, part, block.get("input"))
        yield PartEnd(frame, number, stated=True)

    def _change(self, frame: int, event: Json) -> Iterator[Sighting]:
        delta = event["delta"]
        details = delta.get("stop_details") or {}
        reason = delta.get("stop_reason")
        if (text := details.get("explanation")) and self._reason is None:
            number = self._count
            self._count += 1
            yield from (PartStart(frame, number, "refusal"), RefusalDelta(frame, number, text), PartEnd(frame, number))
        if reason is not None and reason != self._reason:
            self._reason = reason
            yield Finished(frame, _REASONS.get(reason, "other"), reason)
        yield from self._counts(frame, event.get("usage"))

    def _counts(self, frame: int, counts: Json) -> Iterator[Sighting]:
        given = {name: value for name, value in (counts or {}).items() if value is not None}
        if given:
            self._usage = {**self._usage, **given}
            yield UsageReported(frame, _usage(self._usage))


def _usage(counts: Json) -> Usage:
    cached = counts.get("cache_read_input_tokens")
    given = counts.get("input_tokens")
    written = counts.get("cache_creation_input_tokens")
    details = counts.get("output_tokens_details") or {}
    whole = None if given is None else given + (cached or 0) + (written or 0)
    return Usage(whole, counts.get("output_tokens"), details.get("thinking_tokens"), cached)


# ------------------------------------------------------------------------------------------ after the stream


def _message(message: Json, frame: int) -> Iterator[Sighting]:
    if message is UNSET:
        return
    if (identity := (message.get("id") or None, message.get("model") or None)) != (None, None):
        yield ResponseInfo(frame, *identity)
    details = message.get("stop_details") or {}
    blocks = message.get("content") or []
    yield from _snapshots(blocks, frame)
    if text := details.get("explanation"):
        yield PartSnapshot(frame, len(blocks), RefusalPart(text))
    reason = message.get("stop_reason")
    if reason is not None:
        yield Finished(frame, _REASONS.get(reason, "other"), reason)
    counts = {name: value for name, value in (message.get("usage") or {}).items() if value is not None}
    if counts:
        yield UsageReported(frame, _usage(counts))
    if reason is not None:
        yield ResponseEnded(frame)


def _told(message: Json) -> list[Json]:
    """The blocks of a message that tell of the conversation: all of an assistant's, and results."""
    content = message["content"]
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if message["role"] == "assistant" else []
    return [block for block in content if message["role"] == "assistant" or block.get("type") == "tool_result"]


def _snapshots(blocks: Sequence[Json], frame: int) -> Iterator[Sighting]:
    names: dict[str, str] = {}
    for number, block in enumerate(blocks):
        part = _part(block, names)
        if part is not None:
            value = block.get("input") if isinstance(part, ToolCallPart) else UNSET
            yield PartSnapshot(frame, number, part, value)


def _part(block: Json, names: dict[str, str]) -> Part | None:
    """Tells a content block; remembers the names of calls."""
    kind = block["type"]
    if kind == "text":
        return TextPart(block.get("text") or "")
    if kind == "thinking":
        return ReasoningPart(block.get("thinking") or "", signature=block.get("signature") or None)
    if kind == "redacted_thinking":
        return ReasoningPart(redacted=True, data=block.get("data"))
    if kind in _CALLS:
        identity, name = block.get("id") or None, block.get("name") or ""
        if identity is not None:
            names[identity] = name
        return ToolCallPart(identity, name, "", _CALLS[kind])
    if kind.endswith(_RESULT) or kind == "tool_result":
        call = block.get("tool_use_id") or None
        content = block.get("content")
        name = names.get(call or "") or kind.removesuffix("tool_result").rstrip("_")
        failed = block.get("is_error") is True or _reports_error(content)
        return ToolResultPart(call, name, _output(content), kind != "tool_result", failed)
    return None


def _output(content: Json) -> str:
    if content is None:
        return ""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _reports_error(content: Json) -> bool:
    return isinstance(content, dict) and str(content.get("type", "")).endswith("_tool_result_error")
