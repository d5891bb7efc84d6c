"""Reads pydantic-ai's native JSON back into sightings: what a user can know, phase by phase.

Rules:
1. Starts and ends are stated. A part that gets no end, as results of the provider's tools do, has ended when the next
   part begins or iteration stops. An end is taken as it is told, even where more comes for its part.
2. A second start of one index shows the part anew. Iteration that stops without raising says that the response ended.
3. A thinking part with the id `redacted_thinking` is withheld, and its signature is the payload. Ids that name a field
   of chat completions are no ids. A later signature takes the place of an earlier one.
4. A response in the state `complete` or `suspended` ended; `suspended` is a pause. Any other was broken off.
5. Counts of an unmeasured response are unknown. Zero reasoning or cached tokens are unknown unless `details` has them,
   since zero is also the default.
6. Of the library's exceptions, those which say that the provider refused or failed tell a failure.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from workbench.design import FramedEvent, Native
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
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
    RefusalPart,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    Sighting,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
)

PROVIDER_ERRORS = frozenset(
    {
        "ModelAPIError",
        "ModelHTTPError",
        "ModelRateLimitError",
        "ModelQuotaExceededError",
        "ModelUnavailableError",
        "ModelOverloadedError",
        "ModelServerError",
        "ModelRequestRejectedError",
        "ModelAuthenticationError",
        "ModelNotFoundError",
        "ModelContextWindowExceededError",
    }
)
"""What the library raises when the provider says no; `exceptions.py`."""

REDACTED = "redacted_thinking"
FIELD_NAMES = frozenset({"content", "reasoning", "reasoning_content"})
"""Ids of thinking parts that say from which field of a chat completion the text came."""

_KINDS: dict[str, Kind] = {
    "text": "text",
    "thinking": "reasoning",
    "tool-call": "tool-call",
    "builtin-tool-call": "tool-call",
    "builtin-tool-return": "tool-result",
    "tool-return": "tool-result",
}
_REASONS: dict[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_call": "tool-calls",
    "content_filter": "content-filter",
    "error": "error",
}


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    frame = native.last_frame
    match phase:
        case "live":
            still_open = yield from _live(native.events)
            raised = native.raised
            if raised is None:
                yield from (PartEnd(frame, number) for number in still_open)
                yield ResponseEnded(frame)
            elif raised.type in PROVIDER_ERRORS:
                yield StreamFailed(raised.frame, Failure(raised.message))
        case "final":
            yield from _response(native.message, frame)
        case "stored":
            yield from _response(native.restored, frame)
        case "resumed":
            yield from _conversation(native.request, frame)
        case _:
            return


# --------------------------------------------------------------------------------------------------------------- live


class _Open:
    """A part while it is being sighted."""

    __slots__ = ("call", "ended", "name", "number", "pieces", "redacted", "signature")

    def __init__(self, number: int) -> None:
        self.number = number
        self.call: str | None = None
        self.name = ""
        self.ended = False
        self.redacted = False
        self.pieces: list[str] = []
        self.signature: str | None = None


def _live(events: Sequence[FramedEvent]) -> Generator[Sighting, None, list[int]]:
    """Tells what the events say; returns the numbers of the parts whose end nothing told."""
    parts: dict[int, _Open] = {}
    endless: _Open | None = None
    for frame, event in events:
        kind = event.get("event_kind")
        if kind == "part_start" and event["part"]["part_kind"] in _KINDS:
            if endless is not None and endless is not parts.get(event["index"]):
                endless.ended = True
                yield PartEnd(frame, endless.number)
            known = parts.get(event["index"])
            part = known or parts.setdefault(event["index"], _Open(len(parts)))
            yield from _again(part, frame, event["part"]) if known else _start(part, frame, event["part"])
            endless = part if event["part"]["part_kind"] == "builtin-tool-return" else None
        elif kind == "part_delta" and event["index"] in parts:
            yield from _delta(parts[event["index"]], frame, event["delta"])
        elif kind == "part_end" and event["index"] in parts:
            parts[event["index"]].ended = True
            yield PartEnd(frame, parts[event["index"]].number, stated=True)
    return [part.number for part in parts.values() if not part.ended]


def _start(part: _Open, frame: int, shown: Json) -> Iterator[Sighting]:
    """Tells of a part's begin, and of what it holds already."""
    kind = _KINDS[shown["part_kind"]]
    part.call = shown.get("tool_call_id")
    part.name = shown.get("tool_name") or ""
    part.redacted = shown.get("id") == REDACTED
    yield PartStart(
        frame,
        part.number,
        kind,
        id=_block_id(shown) if kind == "reasoning" else part.call,
        name=shown.get("tool_name"),
        redacted=part.redacted,
        server=shown["part_kind"].startswith("builtin"),
        error=shown.get("outcome") == "failed",
        stated=True,
    )
    match kind:
        case "text":
            if shown["content"]:
                yield TextDelta(frame, part.number, shown["content"])
        case "reasoning":
            yield from _thought(part, frame, shown["content"], shown.get("signature"))
        case "tool-call":
            yield from _argued(part, frame, shown["args"], shown)
        case _:
            yield ResultDelta(frame, part.number, _output(shown["content"]))


def _again(part: _Open, frame: int, shown: Json) -> Iterator[Sighting]:
    """Tells a part anew, where a second start takes the place of the first."""
    seen, value = _part(shown)
    if seen is not None:
        yield PartSnapshot(frame, part.number, seen, value, partial=True)


def _delta(part: _Open, frame: int, delta: Json) -> Iterator[Sighting]:
    match delta["part_delta_kind"]:
        case "text":
            if delta["content_delta"]:
                yield TextDelta(frame, part.number, delta["content_delta"])
        case "thinking":
            yield from _thought(part, frame, delta["content_delta"], delta["signature_delta"])
        case "tool_call":
            name, call = delta["tool_name_delta"], delta["tool_call_id"]
            if name or (call and call != part.call):
                part.name += name or ""
                part.call = call or part.call
                yield CallNamed(frame, part.number, part.call, part.name or None)
            yield from _argued(part, frame, delta["args_delta"], None)


def _thought(part: _Open, frame: int, text: str | None, signature: str | None) -> Iterator[Sighting]:
    if text:
        part.pieces.append(text)
        yield ReasoningDelta(frame, part.number, text)
    if not signature or signature == part.signature:
        return
    known, part.signature = part.signature, signature
    if part.redacted:
        yield OpaqueDelta(frame, part.number, signature)
    elif known is None or signature.startswith(known):
        yield SignatureDelta(frame, part.number, signature[len(known or "") :])
    else:
        # Pieces of a signature join; one that takes the place of another has to be shown as a state.
        seen = ReasoningPart("".join(part.pieces), signature=signature)
        yield PartSnapshot(frame, part.number, seen, partial=True)


def _argued(part: _Open, frame: int, args: Json, shown: Json) -> Iterator[Sighting]:
    if isinstance(args, str) and args:
        yield ArgumentsDelta(frame, part.number, args)
    elif isinstance(args, dict) and shown is not None:
        yield from _again(part, frame, shown)


# ------------------------------------------------------------------------------------------------- after the stream


def _response(message: Json | UnsetType, frame: int) -> Iterator[Sighting]:
    """Tells all of one response."""
    if message is UNSET:
        return
    yield from _parts(message, frame, 0)
    yield from _said(message, frame)
    if message["state"] in ("complete", "suspended"):
        yield ResponseEnded(frame)
    else:
        yield StreamTruncated(frame)


def _conversation(messages: Json | UnsetType, frame: int) -> Iterator[Sighting]:
    """Tells the parts of all responses, the results that go back, and what is still said of the last response."""
    if messages is UNSET:
        return
    number = 0
    last: Json = None
    for message in messages:
        for sighting in _parts(message, frame, number):
            number += 1
            yield sighting
        last = message if message["kind"] == "response" else last
    if last is not None:
        yield from _said(last, frame)


def _parts(message: Json, frame: int, number: int) -> Iterator[PartSnapshot]:
    for part in message["parts"]:
        seen, value = _part(part)
        if seen is not None:
            yield PartSnapshot(frame, number, seen, value)
            number += 1
    refusal = _details(message).get("refusal")
    if isinstance(refusal, str):
        yield PartSnapshot(frame, number, RefusalPart(refusal))


def _part(part: Json) -> tuple[Part | None, Any]:
    """Reads one part; beside it the value of arguments that are no text."""
    match part["part_kind"]:
        case "text":
            return TextPart(part["content"]), UNSET
        case "thinking":
            signature = part.get("signature") or None
            if part.get("id") == REDACTED:
                return ReasoningPart(part["content"], redacted=True, data=signature), UNSET
            return ReasoningPart(part["content"], signature=signature, id=_block_id(part)), UNSET
        case "tool-call" | "builtin-tool-call":
            args = part["args"]
            server = part["part_kind"] == "builtin-tool-call"
            call = ToolCallPart(part["tool_call_id"], part["tool_name"], args if isinstance(args, str) else "", server)
            return call, args if isinstance(args, dict) else UNSET
        case "tool-return" | "builtin-tool-return":
            server = part["part_kind"] == "builtin-tool-return"
            failed = part.get("outcome") == "failed"
            output = _output(part["content"])
            return ToolResultPart(part["tool_call_id"], part["tool_name"], output, server, failed), UNSET
        case _:
            return None, UNSET


def _said(message: Json, frame: int) -> Iterator[Sighting]:
    """Tells what is said of a response as a whole, its end excepted."""
    if message["provider_response_id"] is not None or message["model_name"] is not None:
        yield ResponseInfo(frame, message["provider_response_id"], message["model_name"])
    raw = _details(message).get("finish_reason")
    reason = _REASONS.get(message["finish_reason"] or "")
    if reason == "content-filter" and (raw == "refusal" or "refusal" in _details(message)):
        reason = "refusal"
    if message["state"] == "suspended":
        reason = "pause"
    if reason is not None or raw is not None:
        yield Finished(frame, reason, raw)
    usage = message["usage"]
    if not usage.get("unmeasured_requests"):
        details = usage["details"]
        reasoning = usage["output_reasoning_tokens"] or details.get("reasoning_tokens", details.get("thinking_tokens"))
        cached = usage["cache_read_tokens"] or details.get("cache_read_input_tokens")
        yield UsageReported(frame, Usage(usage["input_tokens"], usage["output_tokens"], reasoning, cached))


def _details(message: Json) -> dict[str, Json]:
    details = message.get("provider_details")
    return details if isinstance(details, dict) else {}


def _block_id(part: Json) -> str | None:
    identity: str | None = part.get("id")
    return None if identity in FIELD_NAMES or identity == REDACTED else identity


def _output(content: Json) -> str:
    """Writes a result as text: as it is, or compact JSON where it is a structure."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, separators=(",", ":"))
