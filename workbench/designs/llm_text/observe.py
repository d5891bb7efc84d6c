"""Reads llm 0.31's native JSON back into sightings: what a user can know, phase by phase.

Rules:
1. Live is one text. Calls are not there while it streams.
2. Iteration that stops without raising says that the response ended; a body that was cut looks the same.
3. The exceptions of the providers' SDKs tell a failure. Any other exception tells that something raised, and no more.
4. Stored: the parts are those that a loaded conversation holds; counts and model are read off the last row of
   `responses`, since loading does not bring them back and the columns are documented.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import UNSET

from workbench.design import Native
from workbench.transcript import (
    Failure,
    Json,
    PartEnd,
    PartSnapshot,
    Phase,
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

SDK_ERRORS = frozenset({"APIError", "APIStatusError"})
"""Names of what the openai and anthropic SDKs raise for an error inside the stream."""


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    frame = native.last_frame
    match phase:
        case "live":
            yield from _live(native)
        case "final":
            if native.message is not UNSET:
                usage = native.message.get("usage", {})
                yield from _parts(native.message, frame, 0)
                yield from _outcome(usage, usage.get("details"), native.message.get("resolved_model"), frame)
        case "stored":
            if native.stored is not UNSET and native.restored is not UNSET:
                row = native.stored["responses"][-1]
                usage = {"input": row.get("input_tokens"), "output": row.get("output_tokens")}
                details = json.loads(row.get("token_details") or "{}")
                yield from _parts(native.restored, frame, 0)
                yield from _outcome(usage, details, row.get("resolved_model"), frame)
        case "resumed":
            number = 0
            for exchange in [] if native.request is UNSET else native.request:
                for sighting in _parts(exchange, frame, number):
                    yield sighting
                    number += 1
        case _:
            return


def _live(native: Native) -> Iterator[Sighting]:
    yield from (TextDelta(frame, 0, chunk) for frame, chunk in native.events)
    raised = native.raised
    if raised is None:
        if native.events:
            yield PartEnd(native.last_frame, 0)
        yield ResponseEnded(native.last_frame)
    elif raised.type in SDK_ERRORS:
        yield StreamFailed(raised.frame, Failure(raised.message))


def _parts(exchange: Json, frame: int, number: int) -> Iterator[Sighting]:
    """Tells the results that were given, the text and the calls, in the order in which llm keeps them."""
    for result in exchange.get("tool_results", []):
        seen = ToolResultPart(result.get("tool_call_id"), result["name"], result["output"])
        yield PartSnapshot(frame, number, seen)
        number += 1
    if exchange.get("text"):
        yield PartSnapshot(frame, number, TextPart(exchange["text"]))
        number += 1
    for call in exchange.get("tool_calls", []):
        yield PartSnapshot(frame, number, ToolCallPart(call["tool_call_id"], call["name"], ""), call["arguments"])
        number += 1


def _outcome(usage: Json, details: Json, model: str | None, frame: int) -> Iterator[Sighting]:
    if model is not None:
        yield ResponseInfo(frame, model=model)
    counts = Usage(usage.get("input"), usage.get("output"), cached=(details or {}).get("cached"))
    if counts != Usage():
        yield UsageReported(frame, counts)
    yield ResponseEnded(frame)
