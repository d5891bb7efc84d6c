"""Which path in llm's native JSON carries which concept, phase by phase. The notation is that of `workbench.paths`.

Rules:
1. Live paths start at an event, final and stored ones at the message or stored form, resumed ones at the list of
   messages; in legacy the value is the string itself, so its path is empty. `raised.message` is the exception.
2. Only keys with a documented meaning count: of `provider_metadata`, those that the plug-ins named in the README send
   back; of `details`, `cached` and `reasoning_tokens`. `response.json()` is the provider's own object and never counts.
3. The stored form holds the prompt too, so what an earlier turn answered is found there under `prompt.messages[]`.
"""

from __future__ import annotations

from workbench.design import Carries

_CALL_EVENT = "[type=tool_call_name].{0} | [type=tool_call_args].{0}"
_OPAQUE = "{0}provider_metadata.anthropic[type=redacted_thinking].data | {0}provider_metadata.openai.encrypted_content"

_LIVE = {
    "text": "[type=text].chunk",
    "reasoning": "[type=reasoning].chunk",
    "reasoning.signature": "[type=reasoning].provider_metadata.anthropic.signature",
    "reasoning.data": _OPAQUE.format("[type=reasoning]."),
    "reasoning.redacted": "[type=reasoning].redacted",
    "call.name": "[type=tool_call_name].chunk | [type=tool_result].tool_name",
    "call.id": _CALL_EVENT.format("tool_call_id"),
    "call.arguments": "[type=tool_call_args].chunk",
    "call.arguments.text": "[type=tool_call_args].chunk",
    "call.server": _CALL_EVENT.format("server_executed"),
    "result.output": "[type=tool_result].chunk",
    "result.call": "[type=tool_result].tool_call_id",
    "part.order": "[type=*].part_index",
    "part.boundary": "[type=*].part_index",
    "message.index": "[type=*].message_index",
    "failure": "raised.message",
}

_PARTS = {
    "text": "{0}.parts[type=text].text",
    "reasoning": "{0}.parts[type=reasoning].text",
    "reasoning.signature": "{0}.parts[type=reasoning].provider_metadata.anthropic.signature",
    "reasoning.data": _OPAQUE.replace("{0}", "{0}.parts[type=reasoning]."),
    "reasoning.redacted": "{0}.parts[type=reasoning].redacted",
    "call.name": "{0}.parts[type=tool_call].name | {0}.parts[type=tool_result].name",
    "call.id": "{0}.parts[type=tool_call].tool_call_id",
    "call.arguments": "{0}.parts[type=tool_call].arguments.**",
    "call.server": "{0}.parts[type=tool_call].server_executed",
    "result.output": "{0}.parts[type=tool_result].output",
    "result.call": "{0}.parts[type=tool_result].tool_call_id",
    "part.order": "{0}.parts",
    "part.boundary": "{0}.parts",
    "message.index": "{0}",
}

_USAGE = {
    "usage": "usage.input | usage.output",
    "usage.reasoning": "usage.details.reasoning_tokens",
    "usage.cached": "usage.details.cached",
}


def _parts(*roots: str) -> dict[str, str]:
    return {concept: " | ".join(path.format(root) for root in roots) for concept, path in _PARTS.items()}


CARRIES: Carries = {
    "live": _LIVE,
    "final": {**_parts("messages[]"), **_USAGE, "response.model": "resolved_model"},
    "stored": {**_parts("messages[]", "prompt.messages[]"), **_USAGE},
    "resumed": _parts("[]"),
    "legacy": {"text": "", "failure": "raised.message"},
}
