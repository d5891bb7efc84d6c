"""The provider's half: which chunk a delta ends up in, what waits, and what has no field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from workbench.design import NativeRaise
from workbench.designs.openai_chat.adapter import is_strict
from workbench.designs.openai_chat.provider import Provider, finish_word
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
    ReasoningDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
)


def deltas_of(*steps: Sequence[Delta]) -> list[list[Any]]:
    """Per step the `delta` of each chunk; for chunks without choices the counts."""
    provider = Provider()
    return [
        [
            chunk["choices"][0]["delta"] if chunk["choices"] else chunk["usage"]
            for chunk in (made.to_dict() for made in provider.produce(step))
        ]
        for step in steps
    ]


def test_one_frame_is_one_chunk() -> None:
    """Fields that stand in their order share a chunk, the first of which has the role."""
    step = [ResponseInfo(0, "r", "m"), ReasoningDelta(0, 0, "a"), TextDelta(0, 1, "b")]
    assert [[{"role": "assistant", "reasoning_content": "a", "content": "b"}]] == deltas_of(step)


def test_a_chunk_has_no_order_so_what_comes_back_gets_its_own() -> None:
    """Text before reasoning, and text after a call, are chunks of their own: in one chunk the order would be lost."""
    text, thought = TextDelta(0, 0, "a"), ReasoningDelta(0, 1, "b")
    assert [[{"role": "assistant", "content": "a"}, {"reasoning_content": "b"}]] == deltas_of([text, thought])
    call = PartStart(0, 1, "tool-call", id="c", name="f")
    assert 2 == len(deltas_of([call, text])[0])


def test_calls_that_begin_together_share_a_chunk() -> None:
    """Each with its number, and the first piece of its arguments where that came along."""
    step = [
        PartStart(0, 0, "tool-call", id="c", name="f"),
        ArgumentsDelta(0, 0, "{"),
        PartStart(0, 1, "tool-call", id="d", name="g"),
        ArgumentsDelta(0, 0, "}"),
    ]
    first = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{"}}
    second = {"index": 1, "id": "d", "type": "function", "function": {"name": "g", "arguments": ""}}
    more = {"index": 0, "function": {"arguments": "}"}}
    assert [[{"role": "assistant", "tool_calls": [first, second]}, {"tool_calls": [more]}]] == deltas_of(step)


def test_late_names_are_sent_as_what_was_missing() -> None:
    """Pieces of a name join in the SDK, so only the rest of it is sent."""
    steps = [[PartStart(0, 0, "tool-call", name="get")], [CallNamed(1, 0, "c", "get_x")], [CallNamed(2, 0, "d")]]
    _, (named,), (identified,) = deltas_of(*steps)
    assert {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "_x"}}]} == named
    assert {"tool_calls": [{"index": 0, "id": "d", "function": {}}]} == identified


def test_counts_wait_for_the_reason() -> None:
    """Counts that come early stand in a chunk without choices behind the reason; later ones are added to them."""
    steps = [[UsageReported(0, Usage(5, 1))], [Finished(1, "stop")], [UsageReported(2, Usage(output=4))]]
    assert [
        [],
        [{"role": "assistant"}, {"completion_tokens": 1, "prompt_tokens": 5, "total_tokens": 6}],
        [{"completion_tokens": 4, "prompt_tokens": 5, "total_tokens": 9}],
    ] == deltas_of(*steps)


@pytest.mark.parametrize(("end", "chunks"), [(ResponseEnded(1), 1), (StreamTruncated(1), 0)], ids=["ended", "cut"])
def test_counts_of_a_cut_stream_never_come(end: Delta, chunks: int) -> None:
    """OpenAI documents that an interrupted stream may have no counts; one without a reason that ends well has them."""
    assert [0, chunks] == [len(made) for made in deltas_of([UsageReported(0, Usage(5))], [end])]


def test_what_has_no_field_is_left_out() -> None:
    """Signatures, opaque data, server tools and their results, starts and ends make no chunk."""
    steps: list[list[Delta]] = [
        [PartStart(0, 0, "reasoning", stated=True), SignatureDelta(0, 0, "s"), OpaqueDelta(0, 0, "d")],
        [PartStart(1, 1, "tool-call", id="c", name="f", server=True), ArgumentsDelta(1, 1, "{}"), PartEnd(1, 1, True)],
        [PartStart(2, 2, "tool-result", id="c", server=True), ResultDelta(2, 2, "x")],
    ]
    assert [[], [], []] == deltas_of(*steps)


@pytest.mark.parametrize(
    ("reason", "raw", "word"),
    [
        ("stop", "end_turn", "stop"),
        ("tool-calls", "function_call", "function_call"),
        ("tool-calls", "tool_use", "tool_calls"),
        ("pause", "pause_turn", "stop"),
        ("refusal", "refusal", "stop"),
        ("other", "eos", "eos"),
        ("stop", "length", "stop"),
        (None, None, None),
    ],
)
def test_reasons(reason: FinishReason | None, raw: str | None, word: str | None) -> None:
    """The API's own words stay; those of others become the one that means the same, or the nearest."""
    assert word == finish_word(reason, raw)


def test_error_is_raised_after_what_came_before() -> None:
    """What the frame held before the error is sent; an error without words gets the SDK's."""
    provider = Provider()
    chunks = provider.produce([TextDelta(0, 0, "a"), StreamFailed(0, Failure(""))])
    assert "a" == next(chunks).choices[0].delta.content
    with pytest.raises(NativeRaise, match="An error occurred during streaming") as raised:
        next(chunks)
    assert "APIError" == raised.value.type


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        ({"type": "object", "properties": {}, "additionalProperties": False}, True),
        ({"type": "object", "properties": {}}, False),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}, False),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "array", "items": {"type": "object"}}},
                "required": ["a"],
                "additionalProperties": False,
            },
            False,
        ),
        ({"$ref": "#/x"}, False),
    ],
    ids=["no properties", "open", "optional", "open inside", "reference"],
)
def test_strict_schemas(schema: Any, strict: bool) -> None:
    """Every object is closed and asks for all its properties; what is not followed is not strict."""
    assert strict == is_strict(schema)
