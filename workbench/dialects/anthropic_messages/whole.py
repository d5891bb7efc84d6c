"""A response that was not streamed: one message, field by field as Anthropic sends it.

Rules:
1. There is one only for a stream that came to its end: what broke off or failed has no message.
2. A tool's input is a JSON object here and no text: where the text of a stream is none, there is no message either.
3. A refusal's text is the explanation beside the reason for ending.
4. Nothing depends on clock or chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workbench.dialects._json import compact, read_json
from workbench.dialects.anthropic_messages.encode import call_block, counts_of, result_block
from workbench.dialects.anthropic_messages.words import WORDS
from workbench.transcript import Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart, ToolResultPart, Transcript
from workbench.wire import ndjson_line


class _NoInputError(Exception):
    """Argument text is no JSON object."""


def whole(transcript: Transcript) -> bytes | None:
    """Writes the message; None where the stream did not come to its end, or a tool's input is no object.

    Args:
        transcript: as this dialect can carry it (`project`).
    """
    outcome = transcript.outcome
    if outcome.completion != "complete":
        return None
    try:
        content = list(_blocks(transcript.parts))
    except _NoInputError:
        return None
    refusal = "".join(part.text for part in transcript.parts if isinstance(part, RefusalPart))
    message: dict[str, Any] = {
        "id": outcome.response_id or "",
        "type": "message",
        "role": "assistant",
        "model": outcome.model or "",
        "content": content,
        "stop_reason": WORDS.word(outcome.finish, outcome.finish_raw),
        "stop_sequence": None,
    }
    if refusal:
        message["stop_details"] = {"type": "refusal", "category": None, "explanation": refusal}
    if outcome.usage is not None:
        message["usage"] = counts_of(outcome.usage)
    return ndjson_line(compact(message))


def _blocks(parts: Iterable[Part]) -> Iterable[dict[str, Any]]:
    for part in parts:
        match part:
            case TextPart():
                yield {"type": "text", "text": part.text}
            case ReasoningPart() if part.redacted:
                yield {"type": "redacted_thinking", "data": part.data or ""}
            case ReasoningPart():
                yield {"type": "thinking", "thinking": part.text, "signature": part.signature or ""}
            case ToolCallPart():
                kind = "server_tool_use" if part.server else "tool_use"
                yield call_block(kind, part.id, part.name, _input(part.arguments))
            case ToolResultPart():
                yield result_block(part.call, part.name, part.output, error=part.error)
            case _:
                pass


def _input(arguments: str) -> dict[str, Any]:
    value, strict = read_json(arguments) if arguments else ({}, True)
    if not strict or not isinstance(value, dict):
        raise _NoInputError
    return value
