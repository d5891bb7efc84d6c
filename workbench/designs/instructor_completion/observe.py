"""Reads the pair of object and response back into sightings.

Rules:
1. The response tells the parts. In a `ChatCompletion` the fields have no order among them: reasoning is read first,
   then text, refusal and calls. In a `Message` the blocks stand in theirs.
2. The object is the value of the first call, beside its argument text. In a `Message` the input is a value already,
   and more exact: the object has the types of its class. Without a response (`create` returns the object alone) the
   object is a call of which nothing else is known.
3. A pair is handed out for a response that has ended, so the end is told with it.
4. An exception that says "Unable to generate a response due to …" holds a refusal's words. Of others nothing is read.
5. What is restored is read as what was returned: the cache makes plain objects of the response, with the same names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, TypeAlias

from msgspec import UNSET, UnsetType

from workbench.design import Native
from workbench.designs.instructor_completion.extract import REFUSED
from workbench.transcript import (
    Finished,
    FinishReason,
    Json,
    Part,
    PartSnapshot,
    Phase,
    ReasoningPart,
    RefusalPart,
    ResponseEnded,
    ResponseInfo,
    Sighting,
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
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool-calls",
    "pause_turn": "pause",
    "refusal": "refusal",
}


_Read: TypeAlias = tuple[Part, Json | UnsetType]
"""A part, and the value of its arguments, where that is told."""


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Yields what the pair tells in this phase; nothing where none was handed out."""
    if phase == "live":
        for frame, pair in native.events:
            yield from _read(frame, pair)
        if native.raised is not None and native.raised.message.startswith(REFUSED):
            words = native.raised.message.removeprefix(REFUSED)
            yield PartSnapshot(native.raised.frame, 0, RefusalPart(words))
        return
    kept = native.message if phase == "final" else native.restored
    if kept is not UNSET:
        yield from _read(native.last_frame, kept)


def _read(frame: int, returned: Json) -> Iterator[Sighting]:
    if not isinstance(returned, list):
        yield PartSnapshot(frame, 0, ToolCallPart(None, "", ""), returned)
        return
    value, completion = returned
    is_message = completion.get("type") == "message"
    yield ResponseInfo(frame, completion.get("id"), completion.get("model"))
    read = _blocks(completion) if is_message else _fields(completion["choices"][0]["message"], value)
    for index, (part, its_value) in enumerate(read):
        if not isinstance(part, ToolCallPart) or part.arguments:
            yield PartSnapshot(frame, index, part)
        if its_value is not UNSET:
            yield PartSnapshot(frame, index, part, its_value)
    yield from _outcome(frame, completion, is_message=is_message)


def _outcome(frame: int, completion: Json, *, is_message: bool) -> Iterator[Sighting]:
    counts = completion.get("usage")
    if counts is not None:
        yield UsageReported(frame, _message_usage(counts) if is_message else _chat_usage(counts))
    raw = completion["stop_reason"] if is_message else completion["choices"][0]["finish_reason"]
    if raw is not None:
        yield Finished(frame, _REASONS.get(raw, "other"), raw)
    yield ResponseEnded(frame)


def _fields(message: Json, value: Json) -> Iterator[_Read]:
    """Reads the message of a `ChatCompletion`; the object is the value of its first call."""
    if message.get("reasoning_content"):
        yield ReasoningPart(message["reasoning_content"]), UNSET
    if message.get("content"):
        yield TextPart(message["content"]), UNSET
    if message.get("refusal"):
        yield RefusalPart(message["refusal"]), UNSET
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = call["function"]
        yield ToolCallPart(call.get("id"), function["name"], function["arguments"]), UNSET if index else value


def _chat_usage(counts: Json) -> Usage:
    spent, given = counts.get("completion_tokens_details"), counts.get("prompt_tokens_details")
    return Usage(
        counts.get("prompt_tokens"),
        counts.get("completion_tokens"),
        (spent or {}).get("reasoning_tokens"),
        (given or {}).get("cached_tokens"),
    )


def _blocks(message: Json) -> Iterator[_Read]:
    """Reads the blocks of a `Message`, and the refusal beside them."""
    names: dict[str, str] = {}
    for block in message["content"]:
        match block["type"]:
            case "text":
                yield TextPart(block["text"]), UNSET
            case "thinking":
                yield ReasoningPart(block["thinking"], signature=block.get("signature") or None), UNSET
            case "redacted_thinking":
                yield ReasoningPart(redacted=True, data=block["data"]), UNSET
            case "tool_use" | "server_tool_use" as kind:
                names[block.get("id", "")] = block["name"]
                yield ToolCallPart(block.get("id"), block["name"], "", kind == "server_tool_use"), block["input"]
            case str() as kind if kind.endswith("_tool_result"):
                yield _result(block, names), UNSET
    details = message.get("stop_details")
    if details and details.get("explanation"):
        yield RefusalPart(details["explanation"]), UNSET


def _result(block: Json, names: dict[str, str]) -> ToolResultPart:
    call, content = block["tool_use_id"], block["content"]
    text = content if isinstance(content, str) else json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    is_error = isinstance(content, dict) and str(content.get("type", "")).endswith("_tool_result_error")
    name = names.get(call, block["type"].removesuffix("_tool_result"))
    return ToolResultPart(call or None, name, text, server=True, error=bool(block.get("is_error")) or is_error)


def _message_usage(counts: Json) -> Usage:
    cached, details = counts.get("cache_read_input_tokens"), counts.get("output_tokens_details")
    given = counts.get("input_tokens")
    if given is not None:
        given += (cached or 0) + (counts.get("cache_creation_input_tokens") or 0)
    return Usage(given, counts.get("output_tokens"), (details or {}).get("thinking_tokens"), cached)
