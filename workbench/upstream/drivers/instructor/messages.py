"""Neutral messages to those that the providers want."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def text_of(message: Any) -> str:
    """Joins the text of a message."""
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


def openai_messages(message: Any) -> Iterator[dict[str, Any]]:
    """Writes a message as OpenAI wants it: one for each result of a tool, else one."""
    role, parts = message["role"], message["parts"]
    if role == "tool":
        for part in parts:
            yield {"role": "tool", "tool_call_id": part["call"], "content": part["output"]}
    elif role == "assistant":
        calls = [
            {"id": part["id"], "type": "function", "function": {"name": part["name"], "arguments": part["arguments"]}}
            for part in parts
            if part["type"] == "tool-call" and not part.get("server")
        ]
        yield {"role": role, "content": text_of(message) or None, **({"tool_calls": calls} if calls else {})}
    else:
        yield {"role": role, "content": text_of(message)}


def anthropic_messages(message: Any) -> Iterator[dict[str, Any]]:
    """Writes a message as Anthropic wants it; Instructor takes the system's out by its role."""
    role, parts = message["role"], message["parts"]
    if role == "tool":
        results = [{"type": "tool_result", "tool_use_id": part["call"], "content": part["output"]} for part in parts]
        yield {"role": "user", "content": results}
    elif role == "assistant":
        blocks = [block for part in parts if (block := anthropic_block(part)) is not None]
        if blocks:
            yield {"role": role, "content": blocks}
    else:
        yield {"role": role, "content": text_of(message)}


def anthropic_block(part: Any) -> dict[str, Any] | None:
    """Writes a part of an answer as a block; None for one that a user does not send back."""
    match part["type"]:
        case "text":
            return {"type": "text", "text": part["text"]}
        case "reasoning" if part.get("redacted"):
            return {"type": "redacted_thinking", "data": part.get("data") or ""}
        case "reasoning" if part.get("signature"):
            return {"type": "thinking", "thinking": part.get("text", ""), "signature": part["signature"]}
        case "tool-call" if not part.get("server"):
            given = json.loads(part["arguments"] or "{}")
            return {"type": "tool_use", "id": part["id"], "name": part["name"], "input": given}
    return None
