"""The adapter of `dify-tagged`: what chunks hand-made deltas give."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from workbench.design import Adapter, NativeRaise
from workbench.designs.dify_tagged import DESIGN
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    Message,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")


def chunks(*steps: Sequence[Delta]) -> list[dict]:
    """The JSON of all chunks that these steps give."""
    adapter = DESIGN.start(REQUEST)
    found = [DESIGN.event_json(event) for step in steps for event in adapter.receive(step)]
    return found + [DESIGN.event_json(event) for event in adapter.finish()]


def texts(*steps: Sequence[Delta]) -> list[str]:
    """The text of each chunk that has one."""
    return [text for chunk in chunks(*steps) if (text := chunk["delta"]["message"]["content"])]


def test_chunk_has_every_field_of_the_release() -> None:
    """A chunk's JSON has the release's fields in their order, with the release's defaults."""
    expected = {
        "model": "asked-for",
        "prompt_messages": [],
        "system_fingerprint": None,
        "delta": {
            "index": 0,
            "message": {"role": "assistant", "content": "Hello", "name": None, "tool_calls": []},
            "usage": None,
            "finish_reason": None,
        },
    }
    found = chunks([TextDelta(0, 0, "Hello")])[0]
    assert expected == found
    assert list(expected) == list(found)
    assert list(expected["delta"]) == list(found["delta"])


def test_tags_open_with_the_first_piece_and_close_with_the_next_text() -> None:
    """The opening tag leads the first piece of reasoning; the closing tag leads the first piece of text."""
    steps = (
        [PartStart(0, 0, "reasoning"), ReasoningDelta(0, 0, "Let ")],
        [ReasoningDelta(1, 0, "me.")],
        [PartEnd(2, 0), PartStart(2, 1, "text"), TextDelta(2, 1, "Yes")],
        [TextDelta(3, 1, ".")],
    )
    assert ["<think>\nLet ", "me.", "\n</think>Yes", "."] == texts(*steps)


def test_a_frame_with_reasoning_and_text_keeps_both() -> None:
    """Reasoning and text of one frame become two chunks, in their order."""
    assert ["<think>\nWhy", "\n</think>So"] == texts([ReasoningDelta(0, 0, "Why"), TextDelta(0, 1, "So")])
    assert ["So", "<think>\nWhy"] == texts([TextDelta(0, 0, "So"), ReasoningDelta(0, 1, "Why")])


@pytest.mark.parametrize(
    "after",
    [
        PartStart(1, 1, "tool-call", id="c", name="f"),
        CallNamed(1, 1, name="f"),
        ArgumentsDelta(1, 1, "{}"),
        RefusalDelta(1, 1, "no"),
        Finished(1, "stop", "stop"),
        PartEnd(1, 0, stated=True),
    ],
    ids=lambda delta: type(delta).__name__,
)
def test_whatever_follows_closes_the_tag(after: Delta) -> None:
    """A block is closed by the next thing that is not reasoning, in that thing's own frame."""
    assert ["<think>\nWhy", "\n</think>"] == texts([ReasoningDelta(0, 0, "Why")], [after])


@pytest.mark.parametrize(
    "after",
    [
        UsageReported(1, Usage(1, 2)),
        SignatureDelta(1, 0, "sig"),
        OpaqueDelta(1, 0, "data"),
        ResponseInfo(1, model="m"),
        PartEnd(1, 0),
        ResponseEnded(1),
        StreamTruncated(1),
    ],
    ids=lambda delta: type(delta).__name__,
)
def test_a_cut_inside_a_block_leaves_it_open(after: Delta) -> None:
    """What a plug-in does not act upon leaves the tag open, and so does the end of the body."""
    assert ["<think>\nWhy"] == texts([ReasoningDelta(0, 0, "Why")], [after])


def test_adjacent_blocks_have_tags_of_their_own() -> None:
    """A second block that is announced closes the first."""
    steps = (
        [PartStart(0, 0, "reasoning"), ReasoningDelta(0, 0, "one")],
        [PartStart(1, 1, "reasoning"), ReasoningDelta(1, 1, "two")],
    )
    assert ["<think>\none", "\n</think>", "<think>\ntwo"] == texts(*steps)


def test_calls_come_whole_in_one_chunk_before_the_last() -> None:
    """Interleaved calls are gathered by part and sent together once the body ended."""
    found = chunks(
        [PartStart(0, 0, "tool-call", id="call-a", name="f")],
        [PartStart(1, 1, "tool-call", id="call-b")],
        [ArgumentsDelta(2, 0, '{"x":')],
        [ArgumentsDelta(3, 1, "[")],
        [ArgumentsDelta(4, 0, " 1}"), CallNamed(4, 1, name="g")],
        [ArgumentsDelta(5, 1, "]")],
        [ResponseEnded(6)],
    )
    expected = [
        {"id": "call-a", "type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}},
        {"id": "call-b", "type": "function", "function": {"name": "g", "arguments": "[]"}},
    ]
    assert [expected, []] == [chunk["delta"]["message"]["tool_calls"] for chunk in found]


def test_calls_of_a_cut_body_are_sent_as_far_as_they_came() -> None:
    """Argument text that broke off is sent as it is."""
    found = chunks(
        [PartStart(0, 0, "tool-call", id="c", name="f"), ArgumentsDelta(0, 0, '{"x":')], [StreamTruncated(0)]
    )
    assert '{"x":' == found[0]["delta"]["message"]["tool_calls"][0]["function"]["arguments"]


def test_the_provider_s_own_calls_and_results_are_not_sent() -> None:
    """A call that the provider runs is no call for the reader, and its result has no field."""
    found = chunks(
        [PartStart(0, 0, "tool-call", id="c", name="search", server=True), ArgumentsDelta(0, 0, "{}")],
        [CallNamed(1, 0, name="web_search")],
        [PartStart(2, 1, "tool-result", id="c", name="search", server=True), ResultDelta(2, 1, "found")],
        [ResponseEnded(3)],
    )
    assert [[]] == [chunk["delta"]["message"]["tool_calls"] for chunk in found]
    assert [""] == [chunk["delta"]["message"]["content"] for chunk in found]


def test_the_last_chunk_has_usage_and_the_raw_reason() -> None:
    """Both counts and the provider's own word come in the last chunk, at the end of the body and not before."""
    found = chunks(
        [UsageReported(0, Usage(input=11, output=1))],
        [TextDelta(1, 0, "Hi")],
        [Finished(2, "stop", "end_turn"), UsageReported(2, Usage(output=22, reasoning=5))],
        [ResponseEnded(3)],
    )
    assert [(None, False), ("end_turn", True)] == [
        (chunk["delta"]["finish_reason"], chunk["delta"]["usage"] is not None) for chunk in found
    ]
    usage = found[-1]["delta"]["usage"]
    assert (11, 22, 33) == (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"])


def test_half_a_usage_is_none() -> None:
    """One count alone makes no usage: the other would have to be invented."""
    assert [None] == [
        chunk["delta"]["usage"] for chunk in chunks([UsageReported(0, Usage(input=11))], [ResponseEnded(1)])
    ]


def test_a_reason_without_a_raw_word_is_sent_in_ours() -> None:
    """Where the wire gave no word, the neutral one is sent."""
    assert ["length"] == [
        chunk["delta"]["finish_reason"] for chunk in chunks([Finished(0, "length")], [ResponseEnded(1)])
    ]


def test_a_cut_body_ends_without_a_reason() -> None:
    """A cut body has a last chunk like any other, without a reason for ending."""
    found = chunks([TextDelta(0, 0, "Hi")], [StreamTruncated(0)])
    assert [None, None] == [chunk["delta"]["finish_reason"] for chunk in found]


def test_an_empty_body_gives_the_last_chunk_alone() -> None:
    """Nothing in, one closing chunk out."""
    assert [0] == [chunk["delta"]["index"] for chunk in chunks()]


def test_the_end_is_yielded_once() -> None:
    """A body whose end was seen gives no second closing chunk."""
    assert [0, 1] == [chunk["delta"]["index"] for chunk in chunks([TextDelta(0, 0, "Hi")], [ResponseEnded(1)])]


def test_the_model_is_the_one_that_answered() -> None:
    """Once the response named its model, chunks name that one."""
    found = chunks([ResponseInfo(0, id="r", model="answered"), TextDelta(0, 0, "Hi")], [ResponseEnded(1)])
    assert ["answered", "answered"] == [chunk["model"] for chunk in found]


def drain(adapter: Adapter, step: Sequence[Delta], seen: list[str]) -> None:
    """Feeds a step and keeps the text of each chunk as it comes."""
    for event in adapter.receive(step):
        seen.append(DESIGN.event_json(event)["delta"]["message"]["content"])  # noqa: PERF401 - the loop may raise


def test_an_error_in_the_stream_is_raised_after_what_came_before() -> None:
    """What a frame held before the error is yielded; then the SDK's ValueError is raised, and later by `message`."""
    adapter = DESIGN.start(REQUEST)
    step = [
        PartStart(0, 1, "tool-call", id="c", name="f"),
        TextDelta(0, 0, "Hi"),
        StreamFailed(0, Failure("Overloaded", "overloaded_error")),
    ]
    seen: list[str] = []
    with pytest.raises(NativeRaise, match="Overloaded") as raised:
        drain(adapter, step, seen)
    assert ["Hi"] == seen
    assert "ValueError" == raised.value.type
    assert "{'message': 'Overloaded', 'type': 'overloaded_error'}" == str(raised.value)
    with pytest.raises(NativeRaise, match="Overloaded"):
        adapter.message()


def test_an_error_without_a_type_is_told_without_one() -> None:
    """The raised text holds what the provider said, and no more."""
    with pytest.raises(NativeRaise) as raised:
        list(DESIGN.start(REQUEST).receive([StreamFailed(0, Failure("Boom"))]))
    assert "{'message': 'Boom'}" == str(raised.value)


def test_handed_out_events_stay_as_they_were() -> None:
    """Chunks that were handed out do not change while the stream goes on."""
    adapter = DESIGN.start(REQUEST)
    steps = ([ReasoningDelta(0, 0, "a")], [TextDelta(1, 1, "b")], [ArgumentsDelta(2, 2, "{}")], [ResponseEnded(3)])
    kept = [(event, DESIGN.event_json(event)) for step in steps for event in adapter.receive(step)]
    adapter.message()
    assert [then for _, then in kept] == [DESIGN.event_json(event) for event, _ in kept]
