"""Reads llm's native JSON back into sightings: what a user can know, phase by phase.

Rules:
1. A part begins, unstated, with its first event; events say nothing of starts and ends. Text, reasoning and a tool
   result are taken to have ended when another part begins. A tool call is not, since the pieces of parallel calls may
   interleave; it has ended when a result for it comes, or with the response.
2. Iteration that stops without raising says that the response ended; a body that was cut looks the same.
3. The exceptions of the providers' SDKs tell a failure. Any other exception tells that something raised, and no more.
4. Metadata counts for the documented keys: Anthropic's `signature` and `data`, OpenAI's `encrypted_content`. A later
   event replaces what an earlier one said for its provider, as the framework does when it assembles.
5. In the assembled message arguments are values; `{"_raw": text}` is one too, since nothing marks it as text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from msgspec import UNSET

from workbench.design import FramedEvent, Native
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Failure,
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

SDK_ERRORS = frozenset({"APIError", "APIStatusError"})
"""Names of what the openai and anthropic SDKs raise for an error inside the stream."""

_KINDS: dict[str, Kind] = {
    "text": "text",
    "reasoning": "reasoning",
    "tool_call_name": "tool-call",
    "tool_call_args": "tool-call",
    "tool_result": "tool-result",
}


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    match phase:
        case "live":
            still_open = yield from _live(native.events)
            if native.raised is None:
                yield from (PartEnd(native.last_frame, number) for number in still_open)
            yield from _outcome(native)
        case "legacy":
            yield from (TextDelta(frame, 0, chunk) for frame, chunk in native.legacy)
            yield from _outcome(native)
        case "final":
            yield from _message(native.message, native.last_frame)
        case "stored":
            yield from _message(native.restored, native.last_frame)
        case "resumed":
            if native.request is not UNSET:
                yield from _snapshots(native.request, native.last_frame)


def _outcome(native: Native) -> Iterator[Sighting]:
    raised = native.raised
    if raised is None:
        yield ResponseEnded(native.last_frame)
    elif raised.type in SDK_ERRORS:
        yield StreamFailed(raised.frame, Failure(raised.message))


class _Open:
    """A part while it is being sighted."""

    __slots__ = ("call", "data", "ended", "kind", "name", "number", "pieces", "redacted", "server", "signature")

    def __init__(self, number: int, kind: Kind) -> None:
        self.number = number
        self.kind = kind
        self.call: str | None = None
        self.name = ""
        self.server = False
        self.redacted = False
        self.ended = False
        self.pieces: list[str] = []
        self.signature: str | None = None
        self.data: str | None = None


def _live(events: Sequence[FramedEvent]) -> Generator[Sighting, None, list[int]]:
    """Tells what the events say; returns the numbers of the parts whose end nothing told."""
    parts: dict[int, _Open] = {}
    plain: _Open | None = None
    calls: dict[str, _Open] = {}
    for frame, event in events:
        kind = _KINDS.get(event["type"])
        if kind is None:
            continue
        part = parts.get(event["part_index"])
        if part is None:
            answered = calls.pop(event.get("tool_call_id"), None) if kind == "tool-result" else None
            for ending in (plain, answered):
                if ending is not None:
                    ending.ended = True
                    yield PartEnd(frame, ending.number)
            part = parts[event["part_index"]] = _Open(len(parts), kind)
            plain = part if kind != "tool-call" else None
            yield _start(part, frame, event)
        elif (event.get("redacted"), event.get("server_executed")) != (None, None):
            yield from _told_late(part, frame, event)
        yield from _piece(part, frame, event)
        if kind == "tool-call" and part.call is not None:
            calls[part.call] = part
    return [part.number for part in parts.values() if not part.ended]


def _told_late(part: _Open, frame: int, event: Json) -> Iterator[Sighting]:
    """Tells a part's begin again where a later event says more of the whole part."""
    if (event.get("redacted", False) and not part.redacted) or (
        event.get("server_executed", False) and not part.server
    ):
        yield _start(part, frame, event)


def _start(part: _Open, frame: int, event: Json) -> Sighting:
    """Tells of a part's begin."""
    part.redacted = part.redacted or event.get("redacted", False)
    part.server = part.server or event.get("server_executed", False)
    part.call = part.call or event.get("tool_call_id")
    return PartStart(
        frame,
        part.number,
        part.kind,
        message=event.get("message_index", 0),
        id=part.call,
        name=event.get("tool_name"),
        redacted=part.redacted,
        server=part.server,
    )


def _piece(part: _Open, frame: int, event: Json) -> Iterator[Sighting]:
    """Tells what one event adds to its part."""
    number = part.number
    chunk = event["chunk"]
    call = event.get("tool_call_id")
    match event["type"]:
        case "text":
            yield TextDelta(frame, number, chunk)
        case "reasoning":
            if chunk:
                part.pieces.append(chunk)
                yield ReasoningDelta(frame, number, chunk)
            yield from _metadata(part, frame, event)
        case "tool_call_name":
            part.name += chunk
            if chunk or (call and call != part.call):
                part.call = part.call or call
                yield CallNamed(frame, number, part.call, part.name or None)
        case "tool_call_args":
            if call and part.call is None:
                part.call = call
                yield CallNamed(frame, number, call)
            yield ArgumentsDelta(frame, number, chunk)
        case "tool_result":
            yield ResultDelta(frame, number, chunk)


def _metadata(part: _Open, frame: int, event: Json) -> Iterator[Sighting]:
    signature, data = _opaque(event.get("provider_metadata"))
    known = part.signature
    if signature is not None and signature != known:
        part.signature = signature
        if known is None or signature.startswith(known):
            yield SignatureDelta(frame, part.number, signature[len(known or "") :])
        else:
            # Pieces of a signature join; one that takes the place of another has to be shown as a state.
            text = "".join(part.pieces)
            seen = ReasoningPart(text, signature=signature, redacted=part.redacted, data=part.data)
            yield PartSnapshot(frame, part.number, seen, partial=True)
    if data is not None and data != part.data:
        part.data = data
        yield OpaqueDelta(frame, part.number, data)


def _opaque(metadata: Json) -> tuple[str | None, str | None]:
    """Finds signature and opaque data in a part's metadata."""
    if not isinstance(metadata, dict):
        return None, None
    anthropic = metadata.get("anthropic")
    anthropic = anthropic if isinstance(anthropic, dict) else {}
    openai = metadata.get("openai")
    openai = openai if isinstance(openai, dict) else {}
    return anthropic.get("signature"), anthropic.get("data", openai.get("encrypted_content"))


# ------------------------------------------------------------------------------------------ after the stream


def _message(message: Json, frame: int) -> Iterator[Sighting]:
    if message is UNSET:
        return
    yield from _snapshots(message["messages"], frame)
    if (model := message.get("resolved_model")) is not None:
        yield ResponseInfo(frame, model=model)
    if (usage := message.get("usage")) is not None:
        details = usage.get("details") or {}
        counts = Usage(usage.get("input"), usage.get("output"), details.get("reasoning_tokens"), details.get("cached"))
        yield UsageReported(frame, counts)
    yield ResponseEnded(frame)


def _snapshots(messages: Json, frame: int) -> Iterator[Sighting]:
    """Tells the parts of assistant messages, and tool results; messages of one response follow one another."""
    number = 0
    index = 0
    before = None
    for message in messages:
        role = message["role"]
        index = index + 1 if role == before == "assistant" else 0
        before = role
        for part in message["parts"]:
            seen = _part(part, index) if role in ("assistant", "tool") else None
            if seen is not None:
                value = part["arguments"] if part["type"] == "tool_call" else UNSET
                yield PartSnapshot(frame, number, seen, value)
                number += 1


def _part(part: Json, message: int) -> Part | None:
    call = part.get("tool_call_id")
    server = part.get("server_executed", False)
    match part["type"]:
        case "text":
            return TextPart(part["text"], message)
        case "reasoning":
            signature, data = _opaque(part.get("provider_metadata"))
            redacted = part.get("redacted", False)
            return ReasoningPart(part["text"], "raw", signature, redacted, data, message=message)
        case "tool_call":
            return ToolCallPart(call, part["name"], "", server, message)
        case "tool_result":
            failed = part.get("exception") is not None
            return ToolResultPart(call, part["name"], part["output"], server, failed, message)
        case _:
            return None
