"""The arguments `system` and `messages` of a request as the caller of the SDK writes them, and those of the next.

Rules:
1. System texts stand before all messages. Results of the caller's tools stand in a user message directly after the
   calls, and what the user says stands behind them in the same message.
2. The next request holds `message.to_param()`: the content blocks as they are, in their order.

Source: anthropic 2.12.0, anthropic/types/message.py, Message.to_param;
https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls.
"""

from __future__ import annotations

from typing import Any

import msgspec

from workbench.transcript import (
    FollowUp,
    Json,
    Part,
    ReasoningPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


def written_request(request: Request) -> Json:
    """Writes `messages`, and `system` where there is one."""
    system: list[Json] = []
    messages: list[Json] = []
    for message in request.messages:
        blocks = [block for part in message.parts if (block := _block(part)) is not None]
        if message.role == "system":
            system += blocks
            continue
        role = "assistant" if message.role == "assistant" else "user"
        if messages and messages[-1]["role"] == role == "user":
            messages[-1]["content"] += blocks
        else:
            messages.append({"role": role, "content": blocks})
    return {**({"system": system} if system else {}), "messages": messages}


def _block(part: Part) -> Json:
    match part:
        case TextPart():
            return {"type": "text", "text": part.text} if part.text else None
        case ReasoningPart() if part.redacted:
            return {"type": "redacted_thinking", "data": part.data or ""}
        case ReasoningPart() if part.signature:
            return {"type": "thinking", "thinking": part.text, "signature": part.signature}
        case ToolCallPart():
            kind = "server_tool_use" if part.server else "tool_use"
            return {"type": kind, "id": part.id or "", "name": part.name, "input": _input(part.arguments)}
        case ToolResultPart():
            told = {"is_error": True} if part.error else {}
            return {"type": "tool_result", "tool_use_id": part.call or "", "content": part.output, **told}
        case _:
            return None


def _input(arguments: str) -> Json:
    try:
        value = msgspec.json.decode(arguments) if arguments else {}
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def next_request(before: Json, message: Json, follow: FollowUp) -> Json:
    """Writes the next request.

    Args:
        before: the request that was answered.
        message: the answer, restored.
        follow: results for the calls in it, and the prompt.
    """
    content = message["content"]
    given: list[Any] = [
        {"type": "tool_result", "tool_use_id": block.get("id"), "content": follow.results[block["name"]]}
        for block in content
        if block.get("type") == "tool_use" and block.get("name") in follow.results
    ]
    given.append({"type": "text", "text": follow.prompt})
    param = {"role": message.get("role"), "content": content}
    return {**before, "messages": [*before["messages"], param, {"role": "user", "content": given}]}
