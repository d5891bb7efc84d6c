"""The provider's response that is made of deltas, and what Instructor makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from workbench.design import NativeRaise
from workbench.designs.instructor_completion.cached import cached
from workbench.designs.instructor_completion.completion import ANTHROPIC_REASONS, completion_of, input_of
from workbench.designs.instructor_completion.extract import count, extract
from workbench.families.instructor.schema import model_from_schema
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    FinishReason,
    Json,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    TextDelta,
    Usage,
    UsageReported,
    see,
)

MODEL = model_from_schema(
    {"type": "object", "properties": {"city": {"type": "string"}, "n": {"type": "number"}}, "required": ["city"]},
    "Asked",
)


def made(*deltas: Delta) -> Json:
    """The response that deltas amount to."""
    return completion_of(see(deltas))


def called(part: int, arguments: str, *, stated: bool = False, name: str = "Asked", **more: Any) -> list[Delta]:
    """A call with its arguments."""
    start = PartStart(0, part, "tool-call", id=f"id-{part}", name=name, stated=stated, **more)
    return [start, ArgumentsDelta(0, part, arguments), PartEnd(0, part, stated)]


def finished(reason: FinishReason, raw: str) -> list[Delta]:
    """An end for a reason."""
    return [Finished(0, reason, raw), ResponseEnded(0)]


def test_chat_completion_has_a_field_for_each_kind() -> None:
    """Texts join, reasoning has its own field, calls stand in a list; what the provider ran itself has no place."""
    completion = made(
        ResponseInfo(0, "resp", "model"),
        PartStart(0, 0, "reasoning"),
        ReasoningDelta(0, 0, "Hm."),
        PartStart(0, 1, "text"),
        TextDelta(0, 1, "Let me "),
        *called(2, "{}"),
        PartStart(0, 3, "text"),
        TextDelta(0, 3, "see."),
        *called(4, "{}", server=True),
        UsageReported(0, Usage(10, 20, reasoning=5, cached=3)),
        *finished("tool-calls", "tool_calls"),
    )
    assert {
        "id": "resp",
        "object": "chat.completion",
        "model": "model",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Let me see.",
                    "refusal": None,
                    "reasoning_content": "Hm.",
                    "tool_calls": [
                        {
                            "id": "id-2",
                            "type": "function",
                            "function": {"name": "Asked", "arguments": "{}"},
                        }
                    ],
                },
                "finish_reason": "tool_calls",
            }
        ],
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 20,
            "total_tokens": 30,
            "prompt_tokens_details": {"cached_tokens": 3},
            "completion_tokens_details": {"reasoning_tokens": 5},
        },
    } == completion


@pytest.mark.parametrize(
    ("deltas", "content", "refusal"),
    [
        (called(0, "{}"), None, None),
        ([PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "No.")], None, "No."),
        ([], "", None),
    ],
    ids=["call", "refusal", "nothing"],
)
def test_chat_completion_without_text(deltas: list[Delta], content: str | None, refusal: str | None) -> None:
    """Beside a call or a refusal the content is null; an empty answer has an empty one."""
    message = made(*deltas, *finished("stop", "stop"))["choices"][0]["message"]
    assert (content, refusal) == (message["content"], message["refusal"])


def test_message_has_blocks_in_their_order() -> None:
    """Each part is a block, inputs and results are values, and a refusal stands beside the reason for ending."""
    completion = made(
        ResponseInfo(0, "resp", "model"),
        PartStart(0, 0, "reasoning", stated=True),
        ReasoningDelta(0, 0, "Hm."),
        SignatureDelta(0, 0, "sig"),
        PartStart(0, 1, "reasoning", redacted=True, stated=True),
        OpaqueDelta(0, 1, "data"),
        *called(2, '{"query": "tide"}', stated=True, name="web_search", server=True),
        PartStart(0, 3, "tool-result", id="id-2", name="web_search", server=True, stated=True),
        ResultDelta(0, 3, '[{"url":"u"}]'),
        PartStart(0, 4, "tool-result", id="id-2", name="web_search", server=True, error=True, stated=True),
        ResultDelta(0, 4, "down"),
        PartStart(0, 5, "text", stated=True),
        TextDelta(0, 5, "So."),
        *called(6, '{"city": "Oslo"}', stated=True),
        PartStart(0, 7, "refusal"),
        RefusalDelta(0, 7, "No."),
        UsageReported(0, Usage(10, 20, reasoning=5, cached=3)),
        *finished("refusal", "refusal"),
    )
    assert {
        "id": "resp",
        "type": "message",
        "role": "assistant",
        "model": "model",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
            {"type": "redacted_thinking", "data": "data"},
            {"type": "server_tool_use", "id": "id-2", "name": "web_search", "input": {"query": "tide"}},
            {"type": "web_search_tool_result", "tool_use_id": "id-2", "content": [{"url": "u"}]},
            {"type": "web_search_tool_result", "tool_use_id": "id-2", "content": "down", "is_error": True},
            {"type": "text", "text": "So."},
            {"type": "tool_use", "id": "id-6", "name": "Asked", "input": {"city": "Oslo"}},
        ],
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": "No."},
        "usage": {
            "input_tokens": 7,
            "cache_read_input_tokens": 3,
            "output_tokens": 20,
            "output_tokens_details": {"thinking_tokens": 5},
        },
    } == completion


@pytest.mark.parametrize("raw", sorted(ANTHROPIC_REASONS))
def test_reason_that_only_anthropic_has_tells_the_provider(raw: str) -> None:
    """A response without blocks is told by its reason for ending."""
    assert "message" == made(*finished("stop", raw))["type"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("", {}), ('{"a": 1}', {"a": 1}), ('{"a": "x', {}), ('{"a": [1, ', {"a": [1]}), ("nonsense", {})],
)
def test_input_is_what_can_be_read_of_the_text(text: str, value: Json) -> None:
    """Cut text gives what is whole of it; no text and no JSON give no input."""
    assert value == input_of(text)


# ----------------------------------------------------------------------------------------------------------- extracting


CASES: dict[str, tuple[list[Delta], str, str]] = {
    "length": ([*called(0, '{"city": "O"}'), *finished("length", "length")], "IncompleteOutputException", "max_tokens"),
    "max_tokens": (
        [*called(0, '{"city": "O"}', stated=True), *finished("length", "max_tokens")],
        "IncompleteOutputException",
        "max_tokens",
    ),
    "refusal": (
        [PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "I won't."), *finished("stop", "stop")],
        "InstructorRetryException",
        "Unable to generate a response due to I won't.",
    ),
    "no call": (
        [PartStart(0, 0, "text"), TextDelta(0, 0, "Hi"), *finished("stop", "stop")],
        "InstructorRetryException",
        "No tool calls or function call found in response",
    ),
    "no call, message": (
        [PartStart(0, 0, "text", stated=True), TextDelta(0, 0, "Hi"), *finished("stop", "end_turn")],
        "InstructorRetryException",
        "List should have at least 1 item",
    ),
    "two calls, message": (
        [*called(0, "{}", stated=True), *called(1, "{}", stated=True), *finished("tool-calls", "tool_use")],
        "InstructorRetryException",
        "List should have at most 1 item",
    ),
    "does not fit": (
        [*called(0, '{"city": 1}'), *finished("tool-calls", "tool_calls")],
        "InstructorRetryException",
        "1 validation error for Asked",
    ),
    "no JSON": (
        [*called(0, '{"city"'), *finished("tool-calls", "tool_calls")],
        "InstructorRetryException",
        "Invalid JSON",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_does_not_hold_raises(name: str) -> None:
    """Each way to raise has the name and the words that a user sees."""
    deltas, type_, words = CASES[name]
    with pytest.raises(NativeRaise, match=re.escape(words)) as caught:
        extract(MODEL, made(*deltas))
    assert type_ == caught.value.type


def test_of_two_calls_the_first_is_read() -> None:
    """Over OpenAI a second call is not missed."""
    calls = [*called(0, '{"city": "Oslo"}'), *called(1, '{"city": "Bergen"}')]
    found: Any = extract(MODEL, made(*calls, *finished("tool-calls", "tool_calls")))
    assert "Oslo" == found.city


@pytest.mark.parametrize(
    ("usage", "stated", "expected"),
    [
        (
            Usage(1, 2),
            False,
            {
                "prompt_tokens": 1,
                "completion_tokens": 2,
                "total_tokens": 3,
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
        ),
        (
            Usage(None, 2, reasoning=1),
            True,
            {
                "input_tokens": 0,
                "output_tokens": 2,
                "cache_read_input_tokens": 0,
                "cache_creation_input_tokens": 0,
                "output_tokens_details": {"thinking_tokens": 1},
            },
        ),
        (None, False, None),
    ],
    ids=["ChatCompletion", "Message", "none"],
)
def test_counts_that_were_not_sent_become_zeros(usage: Usage | None, stated: bool, expected: Json) -> None:
    """Instructor adds the response's counts to zeros; where there are none, it leaves them alone."""
    reports = [] if usage is None else [UsageReported(0, usage)]
    completion = made(*called(0, "{}", stated=stated), *reports, *finished("tool-calls", "tool_calls"))
    before = str(completion)
    assert expected == count(completion).get("usage")
    assert before == str(completion)


def test_cache_holds_nulls_for_what_was_not_sent() -> None:
    """Every field that an SDK knows is there, and what was sent is as it was."""
    completion = count(made(*called(0, "{}"), UsageReported(0, Usage(1, 2)), *finished("tool-calls", "tool_calls")))
    entry = cached(completion)
    assert (None, None) == (entry["created"], entry["choices"][0]["message"]["audio"])
    assert None is entry["usage"]["completion_tokens_details"]["text_tokens"]
    assert completion["choices"][0]["message"]["tool_calls"] == entry["choices"][0]["message"]["tool_calls"]
    message = cached(made(*called(0, '{"a": null}', stated=True), *finished("tool-calls", "tool_use")))
    assert (None, None) == (message["usage"], message["container"])
    assert {"a": None} == message["content"][0]["input"]
    assert "caller" in message["content"][0]
