"""The reader of `dify-delta`: hand-written JSON in, sightings out; no adapter takes part."""

from __future__ import annotations

from workbench.design import Native
from workbench.designs.dify_delta import DESIGN
from workbench.transcript import (
    ArgumentsDelta,
    Finished,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ResponseEnded,
    ResponseInfo,
    TextDelta,
    see,
)

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def event(reasoning: str | None = None, content: str = "", calls: tuple = (), finish: str | None = None) -> dict:
    """A chunk's JSON."""
    message = {"role": "assistant", "content": content, "name": None, "tool_calls": list(calls)}
    delta = {"index": 0, "message": message, "reasoning_content": reasoning, "usage": None, "finish_reason": finish}
    return {"model": "m", "prompt_messages": [], "system_fingerprint": None, "delta": delta}


def live(*events: dict) -> list:
    """Sightings of events that came one per frame, without the first, which names the model."""
    found = list(DESIGN.observe("live", Native(events=tuple(enumerate(events)), last_frame=len(events))))
    assert ResponseInfo(0, model="m") == found[0]
    return found[1:]


def test_reasoning_text_and_calls_are_told_apart() -> None:
    """Each kind is a part; a part ends, by implication, where the next kind begins."""
    assert [
        PartStart(0, 0, "reasoning"),
        ReasoningDelta(0, 0, "Let "),
        ReasoningDelta(1, 0, "me."),
        PartEnd(2, 0),
        PartStart(2, 1, "text"),
        TextDelta(2, 1, "Yes"),
        PartEnd(3, 1),
        PartStart(3, 2, "tool-call", id="c", name="f"),
        ArgumentsDelta(3, 2, "{}"),
        PartEnd(3, 2),
        Finished(4, "tool-calls", "tool_calls"),
        ResponseEnded(4),
    ] == live(event("Let "), event("me."), event(content="Yes"), event(calls=(CALL,)), event(finish="tool_calls"))


def test_reasoning_after_text_is_a_new_part() -> None:
    """Order between reasoning and text is that of the chunks."""
    found = see(live(event("a"), event(content="b"), event("c"), event(content="d")))
    assert [("reasoning", "a"), ("text", "b"), ("reasoning", "c"), ("text", "d")] == [
        (part.kind, part.text) for part in found.parts
    ]


def test_a_chunk_with_both_has_reasoning_first() -> None:
    """Of a chunk that holds both, reasoning is taken to be the first."""
    assert ["reasoning", "text"] == [part.kind for part in see(live(event("a", "b"))).parts]


def test_tags_in_text_are_text() -> None:
    """Nothing is split out of the text."""
    assert "<think>x</think>" == see(live(event(content="<think>x</think>"))).text("text")


def test_a_result_has_no_reasoning() -> None:
    """The result has no field for reasoning, so none is seen."""
    message = {"role": "assistant", "content": "Yes", "name": None, "tool_calls": []}
    usage = {"prompt_tokens": 0, "completion_tokens": 0}
    found = see(DESIGN.observe("final", Native(message={"message": message, "usage": usage}, last_frame=1)))
    assert [("text", "Yes")] == [(part.kind, part.text) for part in found.parts]


def test_an_older_consumer_sees_the_answer_alone() -> None:
    """What an older consumer is handed is the text of messages."""
    found = see(DESIGN.observe("legacy", Native(legacy=((1, {"content": "Yes"}),), last_frame=1)))
    assert "Yes" == found.text("text")
