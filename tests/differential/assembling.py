"""What the official SDKs assemble of a streamed body: one completion, or one message, as JSON."""

from __future__ import annotations

import json
from typing import Any

import anthropic
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk

from tests.differential.serving import serving
from workbench.dialects import all_dialects
from workbench.transcript import Json

DIALECTS = all_dialects()

UNTOLD = {
    *("created", "service_tier", "system_fingerprint", "logprobs", "index"),
    *("audio_tokens", "accepted_prediction_tokens", "rejected_prediction_tokens", "cache_creation_input_tokens"),
}
"""What no delta tells."""


def told(value: Json, like: Json) -> Json:
    """Leaves out of an SDK's assembly what is null or untold, unless the port's response has it."""
    if isinstance(value, dict):
        known = like if isinstance(like, dict) else {}
        return {
            key: told(one, known.get(key))
            for key, one in value.items()
            if key in known or (one is not None and key not in UNTOLD)
        }
    if isinstance(value, list) and isinstance(like, list) and len(value) == len(like):
        return [told(one, other) for one, other in zip(value, like, strict=True)]
    return value


def by_openai(body: bytes) -> Json:
    """The completion that the SDK assembles of the chunks."""
    state: Any = ChatCompletionStreamState()
    for line in body.decode().split("\n"):
        if line.startswith("data: {"):
            state.handle_chunk(ChatCompletionChunk.construct(**json.loads(line.removeprefix("data: "))))
    completion = state.current_completion_snapshot.to_dict(mode="json")
    completion["object"] = "chat.completion"
    return completion


def by_anthropic(body: bytes) -> Json:
    """The message that the SDK's helper assembles of the events."""
    asked: Any = {"model": "m", "max_tokens": 64, "messages": [{"role": "user", "content": "Go."}]}
    with serving(DIALECTS["anthropic-messages"], body) as (origin, _):
        http = anthropic.DefaultHttpxClient(verify=False)
        with (
            anthropic.Anthropic(base_url=origin, api_key="none", max_retries=0, http_client=http) as client,
            client.messages.stream(**asked) as stream,
        ):
            return json.loads(stream.get_final_message().to_json())
