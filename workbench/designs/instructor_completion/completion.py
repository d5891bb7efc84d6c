"""The provider's response as its SDK hands it out when it was not streamed: a `ChatCompletion` or a `Message`, as JSON.

Instructor does not make this; it hands it on. What a user of `create_with_completion` holds beside the object is the
provider's own, so here it is made of the deltas as the provider documents it, and with the fields that were sent.

Rules:
1. Deltas do not name a provider. One that states where its blocks begin, or ends for a reason that only Anthropic has,
   is taken for Anthropic, and every other for OpenAI: those are the two that Instructor is measured with.
2. A `ChatCompletion` has one field for each kind of part, and a list of calls. Reasoning stands in
   `reasoning_content`, where DeepSeek, Qwen, xAI and others put it; OpenAI's SDK keeps what it does not know. What the
   provider ran itself has no place in it.
3. A `Message` has a list of blocks, in their order. A tool's input is a value, as far as its text can be read. A
   refusal's words stand beside the reason for ending.
4. Fields that no delta tells, such as the time of creation, are left out.

Source: the API references, https://platform.openai.com/docs/api-reference/chat/object (openai 3.3.0) and
https://platform.claude.com/docs/en/api/messages (anthropic 2.12.0); DeepSeek's, for `reasoning_content`:
https://api-docs.deepseek.com/guides/reasoning_model.
"""

from __future__ import annotations

import json
from typing import Any, Final

import jiter

from workbench.transcript import Json, Seen, SeenPart, Usage

ANTHROPIC_REASONS: Final = frozenset(
    {
        "end_turn",
        "max_tokens",
        "model_context_window_exceeded",
        "pause_turn",
        "refusal",
        "stop_sequence",
        "tool_use",
    }
)
"""Reasons for ending that Anthropic has a word for and OpenAI does not."""


def completion_of(seen: Seen) -> dict[str, Json]:
    """Writes what a whole response amounts to as its provider would."""
    stated = any(part.start_stated for part in seen.parts)
    return _message(seen) if stated or seen.finish_raw in ANTHROPIC_REASONS else _chat_completion(seen)


def _present(**fields: Json) -> dict[str, Json]:
    """Keeps the fields that are known."""
    return {name: value for name, value in fields.items() if value is not None}


# ------------------------------------------------------------------------------------------------------ ChatCompletion


def _chat_completion(seen: Seen) -> dict[str, Json]:
    calls = [_call(part) for part in seen.of("tool-call") if not part.server]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": seen.text("text") or (None if calls else ""),
        "refusal": seen.text("refusal") or None,
    }
    if reasoning := seen.text("reasoning"):
        message["reasoning_content"] = reasoning
    if calls:
        message["tool_calls"] = calls
    if message["refusal"] is not None and not message["content"]:
        message["content"] = None
    return {
        **_present(id=seen.response_id),
        "object": "chat.completion",
        **_present(model=seen.model),
        "choices": [{"index": 0, "message": message, "finish_reason": seen.finish_raw}],
        **_present(usage=_chat_usage(seen.usage)),
    }


def _call(part: SeenPart) -> dict[str, Json]:
    function = {"name": part.name or "", "arguments": part.text}
    return {**_present(id=part.id), "type": "function", "function": function}


def _chat_usage(usage: Usage | None) -> Json:
    if usage is None:
        return None
    total = None if usage.input is None or usage.output is None else usage.input + usage.output
    return _present(
        prompt_tokens=usage.input,
        completion_tokens=usage.output,
        total_tokens=total,
        prompt_tokens_details=None if usage.cached is None else {"cached_tokens": usage.cached},
        completion_tokens_details=None if usage.reasoning is None else {"reasoning_tokens": usage.reasoning},
    )


# ------------------------------------------------------------------------------------------------------------- Message


def _message(seen: Seen) -> dict[str, Json]:
    refusal = seen.text("refusal")
    details = {"type": "refusal", "category": None, "explanation": refusal} if refusal else None
    return {
        **_present(id=seen.response_id),
        "type": "message",
        "role": "assistant",
        **_present(model=seen.model),
        "content": [_block(part) for part in seen.parts if part.kind != "refusal"],
        "stop_reason": seen.finish_raw,
        "stop_sequence": None,
        **_present(stop_details=details, usage=_message_usage(seen.usage)),
    }


def _block(part: SeenPart) -> dict[str, Json]:
    match part.kind:
        case "text":
            return {"type": "text", "text": part.text}
        case "reasoning" if part.redacted:
            return {"type": "redacted_thinking", "data": part.data or ""}
        case "reasoning":
            return {"type": "thinking", "thinking": part.text, "signature": part.signature or ""}
        case "tool-call":
            kind = "server_tool_use" if part.server else "tool_use"
            return {"type": kind, **_present(id=part.id), "name": part.name or "", "input": input_of(part.text)}
        case _:
            block = {"type": f"{part.name}_tool_result", "tool_use_id": part.id or "", "content": _content(part.text)}
            return {**block, "is_error": True} if part.error and isinstance(block["content"], str) else block


def input_of(text: str) -> Json:
    """Reads argument text as a tool's input: of cut text what there is, and no text or no JSON as no input."""
    try:
        return jiter.from_json(text.encode(), partial_mode=True) if text else {}
    except ValueError:
        return {}


def _content(text: str) -> Json:
    """Reads a result's text as content: the structure that it is, or the text."""
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _message_usage(usage: Usage | None) -> Json:
    if usage is None:
        return None
    return _present(
        input_tokens=None if usage.input is None else usage.input - (usage.cached or 0),
        cache_read_input_tokens=usage.cached,
        output_tokens=usage.output,
        output_tokens_details=None if usage.reasoning is None else {"thinking_tokens": usage.reasoning},
    )
