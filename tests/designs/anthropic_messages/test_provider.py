"""The provider's half: which raw event a delta becomes, what waits, and what has no field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from workbench.design import NativeRaise
from workbench.designs.anthropic_messages.provider import Provider, finish_word
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    FinishReason,
    OpaqueDelta,
    PartEnd,
    PartStart,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
)


def events_of(*steps: Sequence[Delta]) -> list[list[Any]]:
    """Per step the raw events as JSON."""
    provider = Provider()
    return [[event.to_dict() for event in provider.produce(step)] for step in steps]


def types_of(*steps: Sequence[Delta]) -> list[list[str]]:
    """Per step the types of the raw events, less `message_start`."""
    made = events_of([ResponseInfo(0, "m", "c")], *steps)
    return [[event["type"] for event in events] for events in made[1:]]


def test_the_message_begins_first_with_what_its_frame_says() -> None:
    """Id, model and counts of the first frame are in `message_start`; nothing is made up where nothing is known."""
    ((start,),) = events_of([ResponseInfo(0, "m", "c"), UsageReported(0, Usage(9, 1, cached=2))])
    message = {"type": "message", "role": "assistant", "content": [], "id": "m", "model": "c"}
    counts = {"input_tokens": 7, "cache_read_input_tokens": 2, "output_tokens": 1}
    assert {**message, "stop_reason": None, "stop_sequence": None, "usage": counts} == start["message"]
    ((bare, *_),) = events_of([PartStart(0, 0, "text")])
    assert ({}, False) == (bare["message"]["usage"], "id" in bare["message"])


def test_redacted_thinking_waits_for_its_data() -> None:
    """It comes whole in its start, at the end of the frame that brings the data, or with its own end."""
    start = PartStart(0, 0, "reasoning", redacted=True)
    assert [[], ["content_block_start"]] == types_of([start], [OpaqueDelta(1, 0, "d")])
    assert [[], ["content_block_start", "content_block_stop"]] == types_of([start], [PartEnd(1, 0)])


def test_a_result_comes_whole_before_the_next_block() -> None:
    """Its pieces join, JSON becomes a structure, and a block that begins in the same frame gets the next number."""
    start = PartStart(0, 0, "tool-result", id="c", name="web_search", server=True)
    step = [start, ResultDelta(0, 0, '[{"a"'), ResultDelta(0, 0, ": 1.5}]"), PartStart(0, 1, "text")]
    ((_, result, text),) = events_of(step)
    block = {"type": "web_search_tool_result", "tool_use_id": "c", "content": [{"a": 1.5}]}
    assert (0, block, 1) == (result["index"], result["content_block"], text["index"])


def test_a_call_waits_for_its_name() -> None:
    """A block cannot be named later, so arguments that come before the name are held."""
    steps = [
        [PartStart(0, 0, "tool-call", id="c"), ArgumentsDelta(0, 0, "{")],
        [CallNamed(1, 0, name="f")],
        [ArgumentsDelta(2, 0, "}")],
    ]
    assert [[], ["content_block_start", "content_block_delta"], ["content_block_delta"]] == types_of(*steps)


def test_a_refusal_is_the_explanation_beside_the_reason() -> None:
    """It makes no block, and the reason is then `refusal`, whatever word another provider gave."""
    steps = [[PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "no")], [RefusalDelta(1, 0, "!")], [Finished(2, "stop")]]
    *_, (change,) = events_of(*steps)
    details = {"type": "refusal", "category": None, "explanation": "no!"}
    assert {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details} == change["delta"]


def test_unknown_counts_are_null() -> None:
    """The SDK reads `usage.output_tokens` of each `message_delta`: it is there, and says that nothing is known."""
    _, (change,) = events_of([ResponseInfo(0)], [Finished(1, "stop")])
    assert {"output_tokens": None} == change["usage"]


def test_the_change_comes_before_the_end_and_after_the_blocks() -> None:
    """All in one frame: block, reason and counts together, end."""
    step = [
        PartStart(0, 0, "text"),
        PartEnd(0, 0),
        Finished(0, "stop"),
        UsageReported(0, Usage(1, 2)),
        ResponseEnded(0),
    ]
    expected = ["content_block_start", "content_block_stop", "message_delta", "message_stop"]
    assert [expected] == types_of(step)


@pytest.mark.parametrize(
    ("reason", "raw", "word"),
    [
        ("stop", "stop", "end_turn"),
        ("stop", "stop_sequence", "stop_sequence"),
        ("length", "length", "max_tokens"),
        ("content-filter", "content_filter", "refusal"),
        ("pause", "pause_turn", "pause_turn"),
        ("other", "eos", "eos"),
        (None, None, None),
    ],
)
def test_reasons(reason: FinishReason | None, raw: str | None, word: str | None) -> None:
    """The API's own words stay; those of others become the one that means the same."""
    assert word == finish_word(reason, raw)


def test_nothing_is_said_of_a_stream_that_said_nothing() -> None:
    """A body that is cut at once, or fails at once, has no message."""
    assert [[]] == events_of([StreamTruncated(0)])
    with pytest.raises(
        NativeRaise, match=r"^\{'type': 'error', 'error': \{'type': 't', 'message': 'boom'\}\}$"
    ) as raised:
        events_of([StreamFailed(0, Failure("boom", "t"))])
    assert "APIStatusError" == raised.value.type


def test_pieces_into_blocks_that_were_never_begun_are_left_out() -> None:
    """Text of a part without a start has no block to go to."""
    assert [[]] == types_of([TextDelta(0, 3, "a")])
