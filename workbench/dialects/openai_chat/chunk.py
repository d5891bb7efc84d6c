"""A `chat.completion.chunk` as far as it is read: small structs, a fast reader and a careful one.

Rules:
1. Both readers give equal chunks for every chunk that the fast one accepts.
2. A field that a server leaves out and one that it sends as null mean the same, except in a tool call's `function`,
   where null has a diagnostic of its own: there, absent is UNSET.
3. The careful reader leaves out what has another type than documented, and says so.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from workbench.dialects._decoder import Flaw
from workbench.dialects._json import clean, compact, is_clean

MAX_INDEX = 65_535


class Function(Struct, gc=False):
    """The function of a piece of a tool call."""

    name: str | None = None
    arguments: str | UnsetType | None = UNSET


class Call(Struct, gc=False):
    """A piece of a tool call."""

    index: int | None = None
    id: str | None = None
    function: Function | UnsetType | None = UNSET


class Delta(Struct, gc=False):
    """What a chunk adds to the message."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None
    function_call: Any = None
    reasoning_details: Any = None


class Choice(Struct, gc=False):
    """One of the answers, of which only the first is read."""

    index: int | None = None
    delta: Delta | None = None
    finish_reason: str | None = None
    error: Any = None


class PromptDetails(Struct, gc=False):
    """Of the input tokens."""

    cached_tokens: int | None = None


class CompletionDetails(Struct, gc=False):
    """Of the output tokens."""

    reasoning_tokens: int | None = None


class Counts(Struct, gc=False):
    """Token counts. `prompt_cache_hit_tokens` is DeepSeek's name for what OpenAI calls cached tokens."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None
    prompt_cache_hit_tokens: int | None = None


class Chunk(Struct, gc=False):
    """One chunk."""

    id: str | None = None
    model: str | None = None
    choices: list[Choice] | None = None
    usage: Counts | None = None
    error: Any = None


parse_chunk = msgspec.json.Decoder(Chunk).decode
"""The fast reader. Raises one of `REFUSALS` for what it cannot take."""


def shape_chunk(value: dict[str, Any], flaw: Flaw) -> Chunk:
    """Builds a chunk from plain values, leaving out what does not fit.

    Args:
        value: the frame's JSON object.
        flaw: called with a code and a detail for what is left out or changed.
    """
    choices = _list(value, "choices", flaw)
    return Chunk(
        id=_identity(value, "id", flaw),
        model=_identity(value, "model", flaw),
        choices=None if choices is None else [_choice(item, flaw) for item in choices],
        usage=_counts(_dict(value, "usage", flaw), flaw),
        error=value.get("error"),
    )


def _choice(value: dict[str, Any], flaw: Flaw) -> Choice:
    delta = _dict(value, "delta", flaw)
    calls = None if delta is None else _list(delta, "tool_calls", flaw)
    return Choice(
        index=_count(value, "index", flaw),
        delta=None
        if delta is None
        else Delta(
            content=_text(delta, "content", flaw),
            reasoning_content=_text(delta, "reasoning_content", flaw),
            reasoning=_text(delta, "reasoning", flaw),
            refusal=_text(delta, "refusal", flaw),
            tool_calls=None if calls is None else [_call(item, flaw) for item in calls],
            function_call=delta.get("function_call"),
            reasoning_details=delta.get("reasoning_details"),
        ),
        finish_reason=_identity(value, "finish_reason", flaw),
        error=value.get("error"),
    )


def _call(value: dict[str, Any], flaw: Flaw) -> Call:
    index = value.get("index")
    if index is not None and (not isinstance(index, int) or isinstance(index, bool)):
        flaw("bad-index", f"{index!r}")
        index = None
    function: Function | UnsetType | None = UNSET
    if "function" in value:
        held = _dict(value, "function", flaw)
        function = None if held is None else _function(held, flaw)
    return Call(index, _identity(value, "id", flaw), function)


def _function(value: dict[str, Any], flaw: Flaw) -> Function:
    arguments = value.get("arguments", UNSET)
    if arguments is not UNSET and arguments is not None and not isinstance(arguments, str):
        flaw("tool-args-not-text", type(arguments).__name__)
        arguments = compact(arguments)
    return Function(_identity(value, "name", flaw), arguments)


def _counts(value: dict[str, Any] | None, flaw: Flaw) -> Counts | None:
    if value is None:
        return None
    prompt = _dict(value, "prompt_tokens_details", flaw)
    completion = _dict(value, "completion_tokens_details", flaw)
    return Counts(
        _count(value, "prompt_tokens", flaw),
        _count(value, "completion_tokens", flaw),
        None if prompt is None else PromptDetails(_count(prompt, "cached_tokens", flaw)),
        None if completion is None else CompletionDetails(_count(completion, "reasoning_tokens", flaw)),
        _count(value, "prompt_cache_hit_tokens", flaw),
    )


def _list(value: dict[str, Any], key: str, flaw: Flaw) -> list[dict[str, Any]] | None:
    found = value.get(key)
    if found is None:
        return None
    if not isinstance(found, list):
        _odd(key, found, flaw)
        return None
    for item in found:
        if not isinstance(item, dict):
            _odd(f"{key}[]", item, flaw)
    return [item for item in found if isinstance(item, dict)]


def _dict(value: dict[str, Any], key: str, flaw: Flaw) -> dict[str, Any] | None:
    found = value.get(key)
    if found is None or isinstance(found, dict):
        return found
    _odd(key, found, flaw)
    return None


def _text(value: dict[str, Any], key: str, flaw: Flaw) -> str | None:
    found = value.get(key)
    if found is None or isinstance(found, str):
        return found
    _odd(key, found, flaw)
    return None


def _identity(value: dict[str, Any], key: str, flaw: Flaw) -> str | None:
    found = _text(value, key, flaw)
    if found is not None and not is_clean(found):
        flaw("surrogate-lone", key)
        return clean(found)
    return found


def _count(value: dict[str, Any], key: str, flaw: Flaw) -> int | None:
    found = value.get(key)
    if found is None or (isinstance(found, int) and not isinstance(found, bool)):
        return found
    _odd(key, found, flaw)
    return None


def _odd(key: str, found: object, flaw: Flaw) -> None:
    flaw("field-type", f"{key} is {type(found).__name__}")
