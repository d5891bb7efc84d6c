"""Concept by phase to path: what `dify-separated` carries.

Rules:
1. What an event holds, its class says (`event`, in JSON), and its selector again: that is where kinds keep their order.
2. The last event holds the result, so text, reasoning and usage are found there a second time while it streams.
3. Usage is written four times in a result; `outputs.usage` is what later nodes of a graph read.
4. Tool calls have no place: the node asks for none and passes over them. That a body was cut has none either.
5. An error inside the stream is an event, and later the result.
"""

from __future__ import annotations

from workbench.design import Carries

_TEXT = "[event=NodeRunStreamChunkEvent]"
_REASONING = "[event=NodeRunReasoningChunkEvent]"
_DONE = "[event=NodeRunSucceededEvent].node_run_result"
_FAILED = "[event=NodeRunFailedEvent]"
_COUNTED = ("outputs.usage", "process_data.usage", "llm_usage")
_COUNTS = ("prompt_tokens", "completion_tokens")


def _usage(result: str = "") -> str:
    return " | ".join(f"{result}{place}.{count}" for place in _COUNTED for count in _COUNTS)


_RESULT = {
    "text": "outputs.text",
    "reasoning": "outputs.reasoning_content",
    "finish": "outputs.finish_reason",
    "usage": _usage(),
    "failure": "error",
}

CARRIES: Carries = {
    "live": {
        "text": f"{_TEXT}.chunk | {_DONE}.outputs.text",
        "reasoning": f"{_REASONING}.chunk | {_DONE}.outputs.reasoning_content",
        "part.order": f"{_TEXT}.selector | {_REASONING}.selector",
        "part.end": f"{_TEXT}.is_final | {_REASONING}.is_final",
        "finish": f"{_DONE}.outputs.finish_reason",
        "usage": _usage(f"{_DONE}."),
        "failure": f"{_FAILED}.error | {_FAILED}.node_run_result.error",
    },
    "final": _RESULT,
    "stored": _RESULT,
    "legacy": {"text": "chunk", "failure": "error"},
}
