"""Which path in the SDK's native JSON carries which concept, phase by phase. The notation is that of `workbench.paths`.

Rules:
1. Live paths start at an event. A `chunk` event holds the chunk and, as `snapshot`, the completion so far; the events
   that follow it repeat what the chunk said. Bare chunks (`create(stream=True)`) have the paths of `chunk` without it.
2. `reasoning_content` is in no type of the SDK. It is declared because the SDK keeps it as an extra field, live, in the
   message, stored and sent back, and DeepSeek documents reading it there.
3. Calls are the one kind of part that is told from others of its kind; nothing tells two texts apart.
"""

from __future__ import annotations

from typing import Final

from workbench.design import Carries

_CHUNK: Final = ("[type=chunk].chunk.", "")
_SNAPSHOT: Final = "[type=chunk].snapshot."
_CALL: Final = "[type=tool_calls.function.arguments.{0}].{1}"
_MESSAGE: Final = "choices[].message."


def _any(*paths: str) -> str:
    return " | ".join(paths)


def _chunk(field: str, *also: str) -> str:
    return _any(*(f"{root}{field}" for root in _CHUNK), *also)


def _delta(field: str, message: str = "", *also: str) -> str:
    return _chunk(f"choices[].delta.{field}", f"{_SNAPSHOT}{_MESSAGE}{message or field}", *also)


def _call(field: str, *also: str) -> str:
    """A field of a call: typed where it has its type, bare in later pieces."""
    whole = tuple(f"{_SNAPSHOT}{_MESSAGE}tool_calls[type=function].{field}" for _ in "x")
    kinds = [f"{root}choices[].delta.tool_calls{kind}.{field}" for root in _CHUNK for kind in ("[type=function]", "[]")]
    return _any(*kinds, *whole, *also)


def _calls(field: str) -> str:
    return _any(*(_CALL.format(kind, field) for kind in ("delta", "done")))


_USAGE: Final = {
    "usage": "usage.prompt_tokens | {0}usage.completion_tokens | {0}usage.total_tokens",
    "usage.reasoning": "usage.completion_tokens_details.reasoning_tokens",
    "usage.cached": "usage.prompt_tokens_details.cached_tokens",
}


def _usage(*roots: str) -> dict[str, str]:
    return {concept: _any(*(root + path.format(root) for root in roots)) for concept, path in _USAGE.items()}


_LIVE: Final = {
    "text": _delta(
        "content", "", "[type=content.delta].delta", "[type=content.delta].snapshot", "[type=content.done].content"
    ),
    "reasoning": _delta("reasoning_content"),
    "call.name": _call("function.name", _calls("name")),
    "call.id": _call("id"),
    "call.arguments": _call(
        "function.arguments",
        _CALL.format("delta", "arguments_delta"),
        _calls("arguments"),
        _calls("parsed_arguments.**"),
        f"{_SNAPSHOT}{_MESSAGE}tool_calls[type=function].function.parsed_arguments.**",
    ),
    "call.arguments.text": _call("function.arguments", _calls("arguments")),
    "call.value": _calls("parsed_arguments.**"),
    "refusal": _delta(
        "refusal", "", "[type=refusal.delta].delta", "[type=refusal.delta].snapshot", "[type=refusal.done].refusal"
    ),
    "part.order": _chunk("choices[].delta"),
    "part.end": _any("[type=content.done]", "[type=refusal.done]", _CALL.format("done", "index")),
    "finish": _chunk("choices[].finish_reason", f"{_SNAPSHOT}choices[].finish_reason"),
    **_usage(*_CHUNK, _SNAPSHOT),
    "response.id": _chunk("id", f"{_SNAPSHOT}id"),
    "response.model": _chunk("model", f"{_SNAPSHOT}model"),
    "failure": "raised.message",
    "truncation": _chunk("choices[].finish_reason"),
}

_COMPLETION: Final = {
    "text": f"{_MESSAGE}content",
    "reasoning": f"{_MESSAGE}reasoning_content",
    "call.name": f"{_MESSAGE}tool_calls[type=function].function.name",
    "call.id": f"{_MESSAGE}tool_calls[type=function].id",
    "call.arguments": _any(
        f"{_MESSAGE}tool_calls[type=function].function.arguments",
        f"{_MESSAGE}tool_calls[type=function].function.parsed_arguments.**",
    ),
    "call.arguments.text": f"{_MESSAGE}tool_calls[type=function].function.arguments",
    "refusal": f"{_MESSAGE}refusal",
    "finish": "choices[].finish_reason",
    **_usage(""),
    "response.id": "id",
    "response.model": "model",
}

_REQUEST: Final = {
    "text": "messages[].content | messages[].content[type=text].text",
    "reasoning": "messages[].reasoning_content",
    "call.name": "messages[].tool_calls[type=function].function.name",
    "call.id": "messages[].tool_calls[type=function].id",
    "call.arguments": _any(
        "messages[].tool_calls[type=function].function.arguments",
        "messages[].tool_calls[type=function].function.parsed_arguments.**",
    ),
    "call.arguments.text": "messages[].tool_calls[type=function].function.arguments",
    "result.call": "messages[].tool_call_id",
    "refusal": "messages[].refusal",
}

CARRIES: Final[Carries] = {"live": _LIVE, "final": _COMPLETION, "stored": _COMPLETION, "resumed": _REQUEST}
