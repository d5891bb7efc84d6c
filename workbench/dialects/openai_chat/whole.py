"""A response that was not streamed: one completion, field by field as OpenAI sends it.

Rules:
1. There is one only for a stream that came to its end: what broke off or failed has no completion.
2. A message's fields have no order, and texts join, as they do where an SDK assembles the chunks.
3. Nothing depends on clock or chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.dialects._json import compact
from workbench.dialects.openai_chat.encode import CREATED, FINGERPRINT, counts_of
from workbench.dialects.openai_chat.words import WORDS
from workbench.transcript import Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart, Transcript
from workbench.wire import ndjson_line


def whole(transcript: Transcript) -> bytes | None:
    """Writes the completion; None where the stream did not come to its end.

    Args:
        transcript: as this dialect can carry it (`project`).
    """
    outcome = transcript.outcome
    if outcome.completion != "complete":
        return None
    choice = {
        "index": 0,
        "message": _message(transcript.parts),
        "logprobs": None,
        "finish_reason": WORDS.word(outcome.finish, outcome.finish_raw),
    }
    completion: dict[str, Any] = {
        "id": outcome.response_id or "",
        "object": "chat.completion",
        "created": CREATED,
        "model": outcome.model or "",
        "choices": [choice],
        "service_tier": "default",
        "system_fingerprint": FINGERPRINT,
    }
    counts = counts_of(outcome.usage)
    if counts is not None:
        completion["usage"] = counts
    return ndjson_line(compact(completion))


def _message(parts: Sequence[Part]) -> dict[str, Any]:
    content = _joined(parts, TextPart) if parts else ""
    message: dict[str, Any] = {"role": "assistant", "content": content}
    reasoning = _joined(parts, ReasoningPart)
    if reasoning is not None:
        message["reasoning_content"] = reasoning
    message["refusal"] = _joined(parts, RefusalPart)
    calls = [_call(part) for part in parts if isinstance(part, ToolCallPart)]
    if calls:
        message["tool_calls"] = calls
    return message


def _joined(parts: Sequence[Part], kind: type[TextPart | ReasoningPart | RefusalPart]) -> str | None:
    texts = [part.text for part in parts if isinstance(part, kind)]
    return "".join(texts) if texts else None


def _call(part: ToolCallPart) -> dict[str, Any]:
    named = {"id": part.id} if part.id else {}
    return {**named, "type": "function", "function": {"name": part.name, "arguments": part.arguments}}
