"""The reader of the chat helper's JSON: what a user can know of it, and when."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.corpus import load_corpus
from workbench.design import Native
from workbench.designs.openai_chat import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import only
from workbench.transcript import Phase, Raised, Seen, see

BODIES = {
    f"{fixture.slug}/{turn.number}@{body.dialect}": (turn, body) for fixture, turn, body in load_corpus().bodies()
}


def native_of(address: str) -> Native:
    """What the adapter makes of a body."""
    turn, body = BODIES[address]
    return adapt(DESIGN, all_dialects()[body.dialect].decode(body.data), turn.request, turn.follow)


def seen(address: str, phase: Phase = "live") -> Seen:
    """What is seen in a phase."""
    return see(DESIGN.observe(phase, only(phase, native_of(address))))


def live(*events: Any, raised: Raised | None = None) -> Seen:
    """What is seen of events, one a frame."""
    native = Native(events=tuple(enumerate(events)), raised=raised, last_frame=len(events) - 1)
    return see(DESIGN.observe("live", native), raised=raised)


def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """A chunk with one choice."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "r", "model": "m", "object": "chat.completion.chunk", "choices": [choice]}


@pytest.mark.parametrize("address", BODIES)
def test_bare_chunks_say_what_the_helper_says(address: str) -> None:
    """Of `create(stream=True)` the same is read, less the ends that the helper states and the values that it shows."""
    native = native_of(address)
    bare = tuple((frame, event["chunk"]) for frame, event in native.events if event["type"] == "chunk")
    helped = see(DESIGN.observe("live", only("live", native)))
    raw = see(DESIGN.observe("live", Native(events=bare, raised=native.raised, last_frame=native.last_frame)))
    assert [(part.kind, part.text, part.id, part.name) for part in helped.parts] == [
        (part.kind, part.text, part.id, part.name) for part in raw.parts
    ]
    assert (helped.finish, helped.usage, helped.ended, helped.failure) == (
        raw.finish,
        raw.usage,
        raw.ended,
        raw.failure,
    )


def test_helper_says_that_a_call_is_done_before_it_is() -> None:
    """Where calls take turns the helper states an end at the first change of turns; pieces come after it."""
    first = seen("parallel-calls-interleaved/1@openai-chat").of("tool-call")[0]
    assert first.end_stated
    assert first.ended is not None
    assert first.ended < first.arrivals[-1][0]


def test_text_after_a_call_is_in_no_done_event() -> None:
    """The content is done when the call begins; the text after it is a part whose end nobody states."""
    parts = seen("reasoning-text-call-text/1@openai-chat").of("text")
    assert [True, False] == [part.end_stated for part in parts]


def test_a_cut_stream_has_no_end() -> None:
    """Without a reason for ending nothing is said of the end, although the iteration stops quietly."""
    assert (None, None) == (live(chunk(content="a")).ended, live(chunk(content="a")).finish)
    assert 1 == live(chunk(content="a"), chunk("stop")).ended


def test_an_error_is_told_by_its_class() -> None:
    """`APIError` is the provider's; any other exception says nothing about the stream."""
    told = live(chunk(content="a"), raised=Raised("APIError", "boom", 0))
    other = live(chunk(content="a"), raised=Raised("ValueError", "boom", 0))
    assert ("boom", None) == (told.failure and told.failure.message, other.failure)


def test_arguments_of_a_strict_tool_are_a_value_before_they_end() -> None:
    """OpenAI's own example has a strict schema: the first value is there before the last piece."""
    (call,) = seen("openai-chat-documented/1@openai-chat").of("tool-call")
    assert call.typed is not None
    assert call.typed < call.arrivals[-1][0]


def test_pieces_of_a_name_join() -> None:
    """A second piece of a name is added, as the helper adds it; an index that is not the first leads to its call."""
    begin = {"index": 0, "id": "c", "type": "function", "function": {"name": "get", "arguments": ""}}
    other = {"index": 1, "id": "d", "type": "function", "function": {"name": "g", "arguments": "{}"}}
    more = {"index": 0, "function": {"name": "_x", "arguments": "{"}}
    calls = live(chunk(tool_calls=[begin]), chunk(tool_calls=[other, more])).of("tool-call")
    assert [("c", "get_x", "{"), ("d", "g", "{}")] == [(call.id, call.name, call.text) for call in calls]


def test_two_reasons_leave_no_completion() -> None:
    """`get_final_completion()` raises for `length`, so nothing can be stored, although the stream had it all."""
    assert () == see(DESIGN.observe("final", only("final", native_of("length-in-reasoning/1@openai-chat")))).parts
    assert seen("length-in-reasoning/1@openai-chat").text("reasoning")


def test_reasoning_goes_back_in_its_extra_field() -> None:
    """The message is appended as it is, and so holds what the types do not name; results are found by their call."""
    request = native_of("two-turns-with-tool/1@openai-chat").request
    answer, result, prompt = request["messages"][-3:]
    assert answer["reasoning_content"]
    assert ("tool", answer["tool_calls"][0]["id"]) == (result["role"], result["tool_call_id"])
    assert "user" == prompt["role"]
    resumed = seen("two-turns-with-tool/1@openai-chat", "resumed")
    assert "look_up_signal" == resumed.of("tool-result")[0].name
