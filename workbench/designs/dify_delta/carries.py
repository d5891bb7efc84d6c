"""Concept by phase to path: what `dify-delta` carries.

Rules:
1. Reasoning has a field while it streams, and none in any later phase.
2. Order is that of the chunks, which `index` counts. In the result, texts and calls are two fields, and order is gone.
3. A call's id and name stand a second time in the tool's message of a next request.
4. The absence of a reason for ending in the last chunk is all that tells of a body that was cut.
5. An error inside the stream is an exception, to a reader of chunks and to an older one alike.
"""

from __future__ import annotations

from workbench.design import Carries

_MESSAGE = "delta.message[role=assistant]"
_RESULT = "message[role=assistant]"
_SENT = "[role=assistant]"
_TOOL = "[role=tool]"

_ASSEMBLED = {
    "text": f"{_RESULT}.content",
    "call.name": f"{_RESULT}.tool_calls[].function.name",
    "call.id": f"{_RESULT}.tool_calls[].id",
    "call.arguments": f"{_RESULT}.tool_calls[].function.arguments",
    "call.arguments.text": f"{_RESULT}.tool_calls[].function.arguments",
    "usage": "usage.prompt_tokens | usage.completion_tokens",
}

CARRIES: Carries = {
    "live": {
        "text": f"{_MESSAGE}.content",
        "reasoning": "delta.reasoning_content",
        "call.name": f"{_MESSAGE}.tool_calls[].function.name",
        "call.id": f"{_MESSAGE}.tool_calls[].id",
        "call.arguments": f"{_MESSAGE}.tool_calls[].function.arguments",
        "call.arguments.text": f"{_MESSAGE}.tool_calls[].function.arguments",
        "part.order": "delta.index",
        "finish": "delta.finish_reason",
        "usage": "delta.usage.prompt_tokens | delta.usage.completion_tokens",
        "response.model": "model",
        "truncation": "delta.finish_reason",
        "failure": "raised.message",
    },
    "final": _ASSEMBLED,
    "stored": _ASSEMBLED,
    "resumed": {
        "text": f"{_SENT}.content",
        "call.name": f"{_SENT}.tool_calls[].function.name | {_TOOL}.name",
        "call.id": f"{_SENT}.tool_calls[].id | {_TOOL}.tool_call_id",
        "call.arguments": f"{_SENT}.tool_calls[].function.arguments",
        "call.arguments.text": f"{_SENT}.tool_calls[].function.arguments",
        "result.call": f"{_TOOL}.tool_call_id",
    },
    "legacy": {"text": "content", "failure": "raised.message"},
}
