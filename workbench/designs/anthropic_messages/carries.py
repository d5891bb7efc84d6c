"""Which path in the SDK's native JSON carries which concept, phase by phase. The notation is that of `workbench.paths`.

Rules:
1. Live paths start at an event. The helper's events repeat the raw ones beside them; `content_block_stop` holds the
   whole block and `message_stop` the whole message, so each concept stands there a third and a fourth time.
2. A result's block has its tool in its type, which is no path; its `tool_use_id` leads to the call that has the name.
"""

from __future__ import annotations

from typing import Final

from workbench.design import Carries

_START: Final = "[type=content_block_start].content_block"
_STOP: Final = "[type=content_block_stop].content_block"
_WHOLE: Final = "[type=message_stop].message[type=message]"
_DELTA: Final = "[type=content_block_delta].delta[type={0}].{1}"
_USAGE: Final = ("[type=message_start].message[type=message].usage", "[type=message_delta].usage", f"{_WHOLE}.usage")

_CALL: Final = ("[type=tool_use]", "[type=server_tool_use]")
_RESULT: Final = "[type=*_tool_result]"


def _any(*paths: str) -> str:
    return " | ".join(paths)


def _call(field: str, *roots: str) -> str:
    return _any(*(f"{root}{kind}.{field}" for root in roots for kind in _CALL))


def _blocks(*roots: str) -> dict[str, str]:
    """Where content blocks carry what, below the places where blocks stand."""

    def at(path: str) -> str:
        return _any(*(f"{root}{path}" for root in roots))

    return {
        "text": at("[type=text].text"),
        "reasoning": at("[type=thinking].thinking"),
        "reasoning.signature": at("[type=thinking].signature"),
        "reasoning.data": at("[type=redacted_thinking].data"),
        "reasoning.redacted": at("[type=redacted_thinking].data"),
        "call.name": _call("name", *roots),
        "call.id": _call("id", *roots),
        "call.arguments": _call("input.**", *roots),
        "call.server": at("[type=server_tool_use].id"),
        "result.output": at(f"{_RESULT}.content.**"),
        "result.call": at(f"{_RESULT}.tool_use_id"),
    }


def _also(table: dict[str, str], **paths: str) -> dict[str, str]:
    return {
        concept: _any(path, *filter(None, [paths.get(concept.replace(".", "_"))])) for concept, path in table.items()
    }


_LIVE: Final = {
    **_also(
        _blocks(_START, _STOP, f"{_WHOLE}.content"),
        text=_any(_DELTA.format("text_delta", "text"), "[type=text].text", "[type=text].snapshot"),
        reasoning=_any(
            _DELTA.format("thinking_delta", "thinking"), "[type=thinking].thinking", "[type=thinking].snapshot"
        ),
        reasoning_signature=_any(_DELTA.format("signature_delta", "signature"), "[type=signature].signature"),
        call_arguments=_any(
            _DELTA.format("input_json_delta", "partial_json"),
            "[type=input_json].partial_json",
            "[type=input_json].snapshot.**",
        ),
    ),
    "call.arguments.text": _any(_DELTA.format("input_json_delta", "partial_json"), "[type=input_json].partial_json"),
    "call.value": "[type=input_json].snapshot.**",
    "refusal": _any(
        "[type=message_delta].delta.stop_details[type=refusal].explanation",
        f"{_WHOLE}.stop_details[type=refusal].explanation",
    ),
    "part.order": "[type=content_block_start].index",
    "part.boundary": "[type=content_block_start].index",
    "part.start": "[type=content_block_start].index",
    "part.end": "[type=content_block_stop].index",
    "finish": _any("[type=message_delta].delta.stop_reason", f"{_WHOLE}.stop_reason"),
    "usage": _any(*(f"{root}.input_tokens | {root}.output_tokens" for root in _USAGE)),
    "usage.reasoning": _any(*(f"{root}.output_tokens_details.thinking_tokens" for root in _USAGE)),
    "usage.cached": _any(*(f"{root}.cache_read_input_tokens" for root in _USAGE)),
    "response.id": _any("[type=message_start].message[type=message].id", f"{_WHOLE}.id"),
    "response.model": _any("[type=message_start].message[type=message].model", f"{_WHOLE}.model"),
    "failure": "raised.message",
    "truncation": "[type=message_stop].**",
}

_MESSAGE: Final = {
    **_blocks("[type=message].content"),
    "refusal": "[type=message].stop_details[type=refusal].explanation",
    "part.order": "[type=message].content",
    "part.boundary": "[type=message].content",
    "finish": "[type=message].stop_reason",
    "usage": "[type=message].usage.input_tokens | [type=message].usage.output_tokens",
    "usage.reasoning": "[type=message].usage.output_tokens_details.thinking_tokens",
    "usage.cached": "[type=message].usage.cache_read_input_tokens",
    "response.id": "[type=message].id",
    "response.model": "[type=message].model",
}

_REQUEST: Final = {
    **_also(
        _blocks("messages[].content"),
        text="messages[].content",
        result_output="messages[].content[type=tool_result].content",
        result_call="messages[].content[type=tool_result].tool_use_id",
    ),
    "part.order": "messages[].content",
    "part.boundary": "messages[].content",
}

CARRIES: Final[Carries] = {"live": _LIVE, "final": _MESSAGE, "stored": _MESSAGE, "resumed": _REQUEST}
