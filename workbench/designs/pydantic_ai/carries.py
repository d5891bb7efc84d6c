"""Which path in pydantic-ai's native JSON carries which concept, phase by phase; paths as in `workbench.paths`.

Rules:
1. Live paths start at an event, final ones at the response, stored and resumed ones at the list of messages. A response
   bears `kind` in any of them, so their paths are alike. `raised.message` is the exception.
2. A signature and the payload of withheld reasoning lie in one field; the part's id tells which of the two it is.
3. Of `provider_details` and `usage.details`, which are free, count the keys that the provider code named in the README
   writes for every response that has them.
4. The messages that make the next request are those that were stored, so they hold all that the response held.
"""

from __future__ import annotations

from workbench.design import Carries

_SHOWN = "[event_kind=part_start].part[part_kind={kind}].{field} | [event_kind=part_end].part[part_kind={kind}].{field}"
_DELTA = "[event_kind=part_delta].delta[part_delta_kind={kind}].{field}"


def _shown(kinds: str, field: str) -> str:
    return " | ".join(_SHOWN.format(kind=kind, field=field) for kind in kinds.split())


def _delta(kind: str, field: str) -> str:
    return _DELTA.format(kind=kind, field=field)


_CALLS = "tool-call builtin-tool-call"
_RETURN = "[event_kind=part_start].part[part_kind=builtin-tool-return]"

_LIVE = {
    "text": f"{_shown('text', 'content')} | {_delta('text', 'content_delta')}",
    "reasoning": f"{_shown('thinking', 'content')} | {_delta('thinking', 'content_delta')}",
    "reasoning.signature": f"{_shown('thinking', 'signature')} | {_delta('thinking', 'signature_delta')}",
    "reasoning.data": f"{_shown('thinking', 'signature')} | {_delta('thinking', 'signature_delta')}",
    "reasoning.redacted": _shown("thinking", "id"),
    "call.name": (
        f"{_shown(_CALLS, 'tool_name')} | {_delta('tool_call', 'tool_name_delta')} | {_RETURN}.tool_name"
        " | [event_kind=final_result].tool_name"
    ),
    "call.id": (
        f"{_shown(_CALLS, 'tool_call_id')} | {_delta('tool_call', 'tool_call_id')}"
        " | [event_kind=final_result].tool_call_id"
    ),
    "call.arguments": f"{_shown(_CALLS, 'args')} | {_delta('tool_call', 'args_delta')}",
    "call.arguments.text": f"{_shown(_CALLS, 'args')} | {_delta('tool_call', 'args_delta')}",
    "call.server": "[event_kind=part_start].part[part_kind=builtin-tool-call].tool_name",
    "result.output": f"{_RETURN}.content.**",
    "result.call": f"{_RETURN}.tool_call_id",
    "part.order": "[event_kind=*].index",
    "part.boundary": "[event_kind=*].index",
    "part.start": "[event_kind=part_start].index",
    "part.end": "[event_kind=part_end].index",
    "failure": "raised.message",
}

_PARTS = {
    "text": "parts[part_kind=text].content",
    "reasoning": "parts[part_kind=thinking].content",
    "reasoning.signature": "parts[part_kind=thinking].signature",
    "reasoning.data": "parts[part_kind=thinking].signature",
    "reasoning.redacted": "parts[part_kind=thinking].id",
    "call.name": (
        "parts[part_kind=tool-call].tool_name | {0}parts[part_kind=builtin-tool-call].tool_name"
        " | {0}parts[part_kind=builtin-tool-return].tool_name"
    ),
    "call.id": "parts[part_kind=tool-call].tool_call_id | {0}parts[part_kind=builtin-tool-call].tool_call_id",
    "call.arguments": "parts[part_kind=tool-call].args | {0}parts[part_kind=builtin-tool-call].args",
    "call.arguments.text": "parts[part_kind=tool-call].args | {0}parts[part_kind=builtin-tool-call].args",
    "call.server": "parts[part_kind=builtin-tool-call].tool_name",
    "result.output": "parts[part_kind=builtin-tool-return].content.**",
    "result.call": "parts[part_kind=builtin-tool-return].tool_call_id",
    "part.order": "parts",
    "part.boundary": "parts",
}


def _counts(*fields: str) -> str:
    return " | {0}".join(f"usage.{field}" for field in fields)


_RESPONSE = {
    "refusal": "provider_details.refusal",
    "finish": "finish_reason | {0}provider_details.finish_reason | {0}state",
    "usage": _counts("input_tokens", "output_tokens", "details.input_tokens", "details.output_tokens"),
    "usage.reasoning": _counts("output_reasoning_tokens", "details.reasoning_tokens", "details.thinking_tokens"),
    "usage.cached": _counts("cache_read_tokens", "details.cache_read_input_tokens"),
    "response.id": "provider_response_id",
    "response.model": "model_name",
    "truncation": "state",
}

_AT = "[kind=response]."
_MESSAGE = {concept: _AT + path.replace("{0}", _AT) for concept, path in {**_PARTS, **_RESPONSE}.items()}

_REQUEST = "[kind=request].parts[part_kind=tool-return]."
_RESUMED = {
    **{concept: path for concept, path in _MESSAGE.items() if concept != "truncation"},
    "call.name": f"{_MESSAGE['call.name']} | {_REQUEST}tool_name",
    "result.output": f"{_MESSAGE['result.output']} | {_REQUEST}content",
    "result.call": f"{_MESSAGE['result.call']} | {_REQUEST}tool_call_id",
}

CARRIES: Carries = {"live": _LIVE, "final": _MESSAGE, "stored": _MESSAGE, "resumed": _RESUMED}
