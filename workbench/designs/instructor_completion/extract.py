"""What Instructor makes of a provider's response in TOOLS mode: running counts, and an object or an exception.

Rules, as in Instructor:
1. A response that was cut for its length raises `IncompleteOutputException`, before anything is read of it.
2. Of a `ChatCompletion` the first call is read, and further ones are not missed; a refusal raises. A `Message` must
   have exactly one call of the user's tools.
3. The arguments are validated strictly. What fails raises `InstructorRetryException` once the retries are used up;
   here there are none.
4. The response's counts are replaced by the sum over all tries, which begins with zeros. So counts that the provider
   did not send stand there as 0, and the response that is handed on is not quite the one that came.

Source: instructor 1.17.0, `instructor/v2/core/retry.py`, `instructor/v2/providers/openai/handlers.py`
(`OpenAIToolsHandler`, `_extract_tool_call_json`) and `anthropic/handlers.py` (`_parse_tool_response`),
`instructor/v2/core/usage.py` (`update_total_usage`).
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from workbench.design import NativeRaise
from workbench.families.instructor.objects import validate, words
from workbench.transcript import Json

RETRIES_USED_UP: Final = "InstructorRetryException"
CUT: Final = "The output is incomplete due to a max_tokens length limit."
REFUSED: Final = "Unable to generate a response due to "

_ONE: Final = TypeAdapter(Annotated[list[Any], Field(min_length=1, max_length=1)])


_OPENAI_ZEROS: Final[dict[str, Any]] = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
_ANTHROPIC_ZEROS: Final[dict[str, Any]] = {
    "input_tokens": 0,
    "output_tokens": 0,
    "cache_read_input_tokens": 0,
    "cache_creation_input_tokens": 0,
}


def count(completion: Json) -> Json:
    """Returns a response with the counts that Instructor writes into it; as it is where it has none."""
    counts = completion.get("usage")
    if counts is None:
        return completion
    zeros = _ANTHROPIC_ZEROS if completion.get("type") == "message" else _OPENAI_ZEROS
    filled = {name: {**zero, **counts.get(name, {})} for name, zero in zeros.items() if isinstance(zero, dict)}
    return {**completion, "usage": {**zeros, **counts, **filled}}


def extract(model: type[BaseModel], completion: Json) -> BaseModel:
    """Reads the object off a response.

    Raises:
        NativeRaise: `IncompleteOutputException` for a cut response, `InstructorRetryException` for all else.
    """
    is_message = completion.get("type") == "message"
    text = _text_of_message(completion) if is_message else _text_of_chat_completion(completion)
    try:
        return validate(model, text)
    except NativeRaise as error:
        raise NativeRaise(RETRIES_USED_UP, str(error)) from None


def _text_of_chat_completion(completion: Json) -> str:
    choice = completion["choices"][0]
    if choice["finish_reason"] == "length":
        raise NativeRaise("IncompleteOutputException", CUT)
    message = choice["message"]
    if message["refusal"] is not None:
        raise NativeRaise(RETRIES_USED_UP, f"{REFUSED}{message['refusal']}")
    if "tool_calls" not in message:
        raise NativeRaise(RETRIES_USED_UP, "No tool calls or function call found in response")
    arguments: str = message["tool_calls"][0]["function"]["arguments"]
    return arguments


def _text_of_message(message: Json) -> str:
    if message["stop_reason"] == "max_tokens":
        raise NativeRaise("IncompleteOutputException", CUT)
    calls = [json.dumps(block["input"]) for block in message["content"] if block["type"] == "tool_use"]
    try:
        (text,) = _ONE.validate_python(calls)
    except ValidationError as error:
        raise NativeRaise(RETRIES_USED_UP, words(error)) from None
    return str(text)
