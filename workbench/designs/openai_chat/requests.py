"""Messages of a request as the caller of the SDK writes them, and those of the next.

Rules:
1. A first request is written in the documented fields of message params. Reasoning goes back in `reasoning_content`,
   which the SDK lets through and DeepSeek asks for.
2. The next request holds the message of the completion as it is, as OpenAI's guides append it: the SDK sends the fields
   that were given, nulls and `index` of the calls included. Results follow as messages of their own, then the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.transcript import (
    FollowUp,
    Json,
    Message,
    ReasoningPart,
    RefusalPart,
    Request,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


def written_messages(request: Request) -> list[Json]:
    """Writes the messages of a request."""
    return [written for message in request.messages for written in _written(message)]


def _written(message: Message) -> list[Json]:
    if message.role == "assistant":
        return [_answer(message)]
    results = [part for part in message.parts if isinstance(part, ToolResultPart)]
    if results:
        return [{"role": "tool", "tool_call_id": part.call or "", "content": part.output} for part in results]
    texts = [part.text for part in message.parts if isinstance(part, TextPart)]
    content: Json = texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]
    return [{"role": message.role, "content": content}]


def _answer(message: Message) -> Json:
    joined = {
        name: "".join(part.text for part in message.parts if isinstance(part, kind))
        for name, kind in (("reasoning_content", ReasoningPart), ("content", TextPart), ("refusal", RefusalPart))
    }
    answer: dict[str, Any] = {"role": "assistant", "content": joined.pop("content") or None}
    answer |= {name: text for name, text in joined.items() if text}
    calls = [
        {"id": part.id or "", "type": "function", "function": {"name": part.name, "arguments": part.arguments}}
        for part in message.parts
        if isinstance(part, ToolCallPart) and not part.server
    ]
    return {**answer, "tool_calls": calls} if calls else answer


def next_messages(before: Sequence[Json], completion: Json, follow: FollowUp) -> list[Json]:
    """Writes the messages of the next request.

    Args:
        before: messages of the request that was answered.
        completion: the answer, restored.
        follow: results for the calls in it, and the prompt.
    """
    messages = [*before]
    for choice in completion["choices"][:1]:
        message = choice["message"]
        messages.append(message)
        for call in message.get("tool_calls") or ():
            name = call["function"].get("name")
            if name in follow.results:
                result = {"role": "tool", "tool_call_id": call.get("id"), "content": follow.results[name]}
                messages.append(result)
    return [*messages, {"role": "user", "content": follow.prompt}]
