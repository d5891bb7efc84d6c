"""Bodies typed by hand from the providers' documentation, and small helpers to type more."""

from __future__ import annotations

import json
from typing import Any

DONE = b"data: [DONE]\n\n"


def data(text: str) -> bytes:
    """A frame with this data and nothing else."""
    return f"data: {text}\n\n".encode()


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    """A chunk with one choice."""
    choice: dict[str, Any] = {"index": 0, "delta": delta if delta is not None else {}, "finish_reason": finish}
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return data(json.dumps({**head, "choices": [choice], **more}))


def piece(**call: Any) -> dict[str, Any]:
    """A delta with a piece of one tool call."""
    return {"tool_calls": [call]}


def first(index: int = 0, identity: str = "a", name: str = "get", arguments: str = "") -> dict[str, Any]:
    """The first piece of a call."""
    return piece(index=index, id=identity, type="function", function={"name": name, "arguments": arguments})


def event(name: str, **fields: Any) -> bytes:
    """An event of the Messages stream."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode()


def start(index: int, kind: str, **fields: Any) -> bytes:
    """The start of a content block."""
    return event("content_block_start", index=index, content_block={"type": kind, **fields})


def grow(index: int, kind: str, **fields: Any) -> bytes:
    """A delta of a content block."""
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def stop(index: int) -> bytes:
    """The end of a content block."""
    return event("content_block_stop", index=index)


MESSAGE = event(
    "message_start",
    message={
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "claude",
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 25, "output_tokens": 1},
    },
)
END = event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 15})
STOP = event("message_stop")
TEXT = start(0, "text", text="") + grow(0, "text_delta", text="hi") + stop(0)

# https://platform.openai.com/docs/api-reference/chat-streaming/streaming
CHAT_TEXT = (
    b'data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini",'
    b'"system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"role":"assistant","content":""},'
    b'"logprobs":null,"finish_reason":null}]}\n\n'
    b'data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini",'
    b'"system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":"Hello"},'
    b'"logprobs":null,"finish_reason":null}]}\n\n'
    b'data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-4o-mini",'
    b'"system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)

# https://platform.claude.com/docs/en/build-with-claude/streaming (basic request, and an error event)
MESSAGES_TEXT = (
    b"event: message_start\n"
    b'data: {"type": "message_start", "message": {"id": "msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY", "type": "message", '
    b'"role": "assistant", "content": [], "model": "claude-opus-4-6", "stop_reason": null, "stop_sequence": null, '
    b'"usage": {"input_tokens": 25, "output_tokens": 1}}}\n\n'
    b"event: content_block_start\n"
    b'data: {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}\n\n'
    b'event: ping\ndata: {"type": "ping"}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "!"}}\n\n'
    b'event: content_block_stop\ndata: {"type": "content_block_stop", "index": 0}\n\n'
    b"event: message_delta\n"
    b'data: {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence":null}, '
    b'"usage": {"output_tokens": 15}}\n\n'
    b'event: message_stop\ndata: {"type": "message_stop"}\n\n'
)
MESSAGES_ERROR = (
    b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}\n\n'
)
