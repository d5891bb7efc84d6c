"""What Instructor's cache holds of a response: the SDK's own JSON, in which what was not sent is null.

The cache writes `model_dump_json()` of the SDK's object, with every field that the SDK's class has. So a null may mean
"sent as null" or "not sent", and which fields there are is a matter of the SDK's version.

Source: instructor 1.17.0, `instructor/cache/__init__.py` (`store_cached_response`); `ChatCompletion` of openai 3.3.0
and `Message` of anthropic 1.4.0, the newest on the day of that release.
"""

from __future__ import annotations

from typing import Any, Final

from workbench.transcript import Json

_CHAT: Final = ("id", "created", "model", "metadata", "moderation", "service_tier", "system_fingerprint", "usage")
_CHOICE: Final = ("logprobs",)
_CHAT_MESSAGE: Final = ("annotations", "audio", "function_call", "tool_calls")
_CALL: Final = ("id",)
_DETAILS: Final = {
    "prompt_tokens_details": ("cache_write_tokens", "image_tokens", "text_tokens"),
    "completion_tokens_details": ("accepted_prediction_tokens", "rejected_prediction_tokens", "text_tokens"),
}
_MESSAGE: Final = ("id", "model", "container", "stop_details", "usage")
_MESSAGE_USAGE: Final = (
    "cache_creation",
    "inference_geo",
    "output_tokens_details",
    "server_tool_use",
    "service_tier",
)
_BLOCKS: Final = {
    "text": ("citations",),
    "tool_use": ("id", "caller", "toolset_name"),
    "server_tool_use": ("id", "caller"),
}


def cached(completion: Json) -> dict[str, Json]:
    """Writes a response as the cache does."""
    return _message(completion) if completion.get("type") == "message" else _chat_completion(completion)


def _filled(found: dict[str, Json], names: tuple[str, ...], **written: Json) -> dict[str, Any]:
    return {**dict.fromkeys(names), **found, **written}


def _chat_completion(completion: dict[str, Any]) -> dict[str, Json]:
    choice = completion["choices"][0]
    message = _filled(choice["message"], _CHAT_MESSAGE)
    if message["tool_calls"] is not None:
        message["tool_calls"] = [_filled(call, _CALL) for call in message["tool_calls"]]
    usage = completion.get("usage")
    if usage is not None:
        usage = {**usage, **{name: _filled(usage[name], names) for name, names in _DETAILS.items()}}
    return _filled(completion, _CHAT, choices=[_filled(choice, _CHOICE, message=message)], usage=usage)


def _message(message: dict[str, Any]) -> dict[str, Json]:
    usage = message.get("usage")
    return _filled(
        message,
        _MESSAGE,
        content=[_filled(block, _BLOCKS.get(block["type"], ())) for block in message["content"]],
        usage=None if usage is None else _filled(usage, _MESSAGE_USAGE),
    )
