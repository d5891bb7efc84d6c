"""From a scenario to requests, truth and deltas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus import Corpus, Turn, load_corpus, render
from workbench.corpus.build import deltas_of_response, transcript_of_response
from workbench.dialect import Dialect
from workbench.transcript import (
    ArgumentsDelta,
    FollowUp,
    Json,
    Message,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    see,
    transcript_of,
)

TALK = """\
why: A conversation of two turns with a tool and one of the provider's own.
source: https://example.org/docs
turns:
  - request:
      messages:
        - system: Be brief.
        - user: Ring, and search.
      tools:
        - {name: ring, description: Rings., parameters: {type: object}, result: rung}
      response_schema: {title: Plan, type: object}
    response:
      parts:
        - {reasoning: [Hm.], signature: [sig, "-1"]}
        - {call: ring, id: call-1, arguments: ['{', '}']}
        - {call: search, id: call-2, arguments: '{}', server: true}
        - {result: found, call: call-2, name: search}
        - {call: Plan, id: call-3, arguments: '{"a": 1}'}
      finish: tool-calls
      ends: complete
  - request:
      messages:
        - user: Well?
    response:
      parts:
        - text: Done.
      ends: complete
"""


@pytest.fixture
def turns(write: Callable[..., Path], dialects: dict[str, Dialect]) -> tuple[Turn, ...]:
    """The two turns of the conversation."""
    root = write(TALK, body=None)
    render(root, dialects=dialects)
    corpus: Corpus = load_corpus(root, dialects=dialects)
    return corpus["small-one"].turns


def response(parts: list[Json], **rest: Json) -> dict[str, Json]:
    """A response that ends well, unless `rest` says otherwise."""
    return {"parts": parts, "ends": "complete"} | rest


def deltas(parts: list[Json], **rest: Json) -> list[object]:
    """The deltas of a response."""
    written = response(parts, **rest)
    return list(deltas_of_response(written, transcript_of_response(written)))


def test_first_request_holds_what_was_written(turns: tuple[Turn, ...]) -> None:
    """Messages, tools and schema stand as in the scenario."""
    request = turns[0].request
    assert (Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("Ring, and search."),))) == (
        request.messages
    )
    assert (Tool("ring", "Rings.", {"type": "object"}, "rung"),) == request.tools
    assert {"title": "Plan", "type": "object"} == request.response_schema


def test_next_request_holds_the_whole_conversation(turns: tuple[Turn, ...]) -> None:
    """History is the truth of the answer; the caller answers its own calls and not the provider's."""
    answer = (
        ReasoningPart("Hm.", signature="sig-1"),
        ToolCallPart("call-1", "ring", "{}"),
        ToolCallPart("call-2", "search", "{}", server=True),
        ToolResultPart("call-2", "search", "found", server=True),
        ToolCallPart("call-3", "Plan", '{"a": 1}'),
    )
    results = (ToolResultPart("call-1", "ring", "rung"), ToolResultPart("call-3", "Plan", "Received."))
    request = turns[1].request
    assert (
        *turns[0].request.messages,
        Message("assistant", answer),
        Message("tool", results),
        Message("user", (TextPart("Well?"),)),
    ) == request.messages
    assert turns[0].request.tools == request.tools
    assert request.response_schema is None


def test_follow_up_is_what_the_caller_adds(turns: tuple[Turn, ...]) -> None:
    """Canned results by name, and what the user says next; a fixed prompt where nobody wrote one."""
    results = {"ring": "rung", "Plan": "Received."}
    assert (FollowUp(results, "Well?"), FollowUp({"ring": "rung"}, "Go on.")) == tuple(turn.follow for turn in turns)


def test_conversation_grows_with_the_turns(turns: tuple[Turn, ...]) -> None:
    """What a next request should hold: answers and results of all turns so far, prompts left out."""
    first = turns[0].conversation
    assert ["ReasoningPart", "ToolCallPart", "ToolCallPart", "ToolResultPart", "ToolCallPart"] + (
        ["ToolResultPart"] * 2
    ) == [type(part).__name__ for part in first]
    assert (*first, TextPart("Done.")) == turns[1].conversation
    assert (first, (TextPart("Done."),)) == turns[1].exchanges


def test_turns_count_from_one_for_people(turns: tuple[Turn, ...]) -> None:
    """Number 1 is index 0."""
    assert [(1, 0), (2, 1)] == [(turn.number, turn.index) for turn in turns]


def test_several_messages_are_kept_apart(write: Callable[..., Path], dialects: dict[str, Dialect], good: str) -> None:
    """Parts of a second message of the response are a second message of the history."""
    second = "        - {text: More., message: 1}\n      finish"
    more = "  - request: {messages: [{user: And?}]}\n    response: {parts: [], ends: complete}\n"
    root = write(good.replace("      finish", second) + more, body=None)
    render(root, dialects=dialects)
    history = load_corpus(root, dialects=dialects)["small-one"].turns[1].request.messages
    assert ["user", "assistant", "assistant", "user"] == [message.role for message in history]


def test_deltas_stand_in_the_order_of_a_stream() -> None:
    """Response first, parts with their pieces, signature and payload before the part's end, and the end last."""
    assert [
        ResponseInfo(-1, "resp-1"),
        PartStart(-1, 0, "reasoning", redacted=True, stated=True),
        ReasoningDelta(-1, 0, "a"),
        ReasoningDelta(-1, 0, "b"),
        SignatureDelta(-1, 0, "s"),
        OpaqueDelta(-1, 0, "d"),
        PartEnd(-1, 0, stated=True),
        ResponseEnded(-1),
    ] == deltas([{"reasoning": ["a", "b"], "signature": "s", "data": "d", "redacted": True}], id="resp-1")


def test_interleaved_parts_end_with_their_last_piece() -> None:
    """`order` says whose turn it is; a part ends when it has nothing more to say."""
    calls: list[Json] = [{"call": name, "arguments": ["{", "}"]} for name in ("one", "two")]
    assert [
        PartStart(-1, 0, "tool-call", name="one", stated=True),
        ArgumentsDelta(-1, 0, "{"),
        PartStart(-1, 1, "tool-call", name="two", stated=True),
        ArgumentsDelta(-1, 1, "{"),
        ArgumentsDelta(-1, 0, "}"),
        PartEnd(-1, 0, stated=True),
        ArgumentsDelta(-1, 1, "}"),
        PartEnd(-1, 1, stated=True),
        ResponseEnded(-1),
    ] == deltas(calls, order=[0, 1, 0, 1])


def test_empty_parts_keep_their_place() -> None:
    """A part without pieces begins and ends before the next one, and at the end of all."""
    empty: Json = {"reasoning": [], "signature": "s"}
    block = [PartStart, SignatureDelta, PartEnd]
    assert [*block, PartStart, TextDelta, PartEnd, *block, ResponseEnded] == [
        type(delta) for delta in deltas([empty, {"text": "t"}, empty])
    ]


@pytest.mark.parametrize(
    ("ends", "last"), [("truncated", StreamTruncated), ({"failed": {"message": "Overloaded"}}, StreamFailed)]
)
def test_part_stays_open_where_the_stream_breaks_off(ends: Json, last: type) -> None:
    """Nobody said that the part was over; the one before it was."""
    found = [type(delta) for delta in deltas([{"text": "a"}, {"refusal": ["b", "c"]}], ends=ends)]
    assert [PartStart, TextDelta, PartEnd] == found[:3]
    assert last is found[-1]
    assert 1 == found.count(PartEnd)


PIECES = st.lists(st.text(min_size=1, max_size=3), max_size=4)
PARTS = st.lists(
    st.fixed_dictionaries({"text": PIECES})
    | st.fixed_dictionaries(
        {"reasoning": PIECES}, optional={"signature": st.text(min_size=1), "data": st.text(min_size=1)}
    )
    | st.fixed_dictionaries({"call": st.just("ring"), "arguments": PIECES}, optional={"id": st.text(min_size=1)})
    | st.fixed_dictionaries({"refusal": PIECES}),
    max_size=5,
)


@given(parts=PARTS, finish=st.none() | st.just("stop"), data=st.data())
def test_deltas_amount_to_the_truth(parts: list[Json], finish: str | None, data: st.DataObject) -> None:
    """Whatever the order of the pieces, what is seen of the deltas is the transcript that was written."""
    pieces = [index for index, part in enumerate(parts) for _ in next(v for v in part.values() if isinstance(v, list))]
    shuffled = data.draw(st.permutations(pieces))
    ranks = {index: rank for rank, index in enumerate(sorted(set(pieces)))}
    first_seen = {index: rank for rank, index in enumerate(dict.fromkeys(shuffled))}
    back = {rank: index for index, rank in ranks.items()}
    order = [back[first_seen[index]] for index in shuffled]
    for part, wanted in zip(parts, (order.count(index) for index in range(len(parts))), strict=True):
        key = next(key for key, value in part.items() if isinstance(value, list))
        part[key] = [f"{number}." for number in range(wanted)]
    written = response(parts, order=order, **({"finish": finish} if finish else {}))
    truth = transcript_of_response(written)
    assert truth == transcript_of(see(deltas_of_response(written, truth)))
