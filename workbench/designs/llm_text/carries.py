"""Which path in llm 0.31's native JSON carries which concept, by phase. The notation is that of `workbench.paths`.

Rules:
1. Live, the value is the chunk itself, so its path is empty.
2. Stored are rows of the log. Final, stored and resumed tell text and calls apart, and not their order, nor where one
   text ends and the next begins.
3. Of the details of token counts, `cached` is documented.
"""

from __future__ import annotations

from workbench.design import Carries

CARRIES: Carries = {
    "live": {"text": "", "failure": "raised.message"},
    "final": {
        "text": "text",
        "call.name": "tool_calls[].name",
        "call.id": "tool_calls[].tool_call_id",
        "call.arguments": "tool_calls[].arguments.**",
        "usage": "usage.input | usage.output",
        "usage.cached": "usage.details.cached",
        "response.model": "resolved_model",
    },
    "stored": {
        "text": "responses[].response",
        "call.name": "tool_calls[].name | tool_results[].name | tools[].name",
        "call.id": "tool_calls[].tool_call_id",
        "call.arguments": "tool_calls[].arguments",
        "result.call": "tool_results[].tool_call_id",
        "usage": "responses[].input_tokens | responses[].output_tokens",
        "usage.cached": "responses[].token_details",
        "response.model": "responses[].resolved_model",
    },
    "resumed": {
        "text": "[].text",
        "call.name": "[].tool_calls[].name | [].tool_results[].name",
        "call.id": "[].tool_calls[].tool_call_id",
        "call.arguments": "[].tool_calls[].arguments.**",
        "result.call": "[].tool_results[].tool_call_id",
    },
}
