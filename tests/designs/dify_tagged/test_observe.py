"""The reader of `dify-tagged`: hand-written JSON in, sightings out; no adapter takes part."""

from __future__ import annotations

import pytest

from workbench.design import Native
from workbench.designs.dify_tagged import DESIGN
from workbench.families.dify.reading import FINISH_REASONS
from workbench.transcript import (
    ArgumentsDelta,
    Finished,
    PartEnd,
    PartStart,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    TextDelta,
    Usage,
    UsageReported,
    see,
)
from workbench.transcript.parts import FINISH_REASONS as NEUTRAL

FUNCTION = {"name": "weather", "arguments": '{"city": "Oslo"}'}
CALL = {"id": "call-1", "type": "function", "function": FUNCTION}
USAGE = {"prompt_tokens": 7, "completion_tokens": 9}
NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0}


def event(content: object = "", calls: tuple = (), usage: object = None, finish: str | None = None) -> dict:
    """A chunk's JSON."""
    message = {"role": "assistant", "content": content, "name": None, "tool_calls": list(calls)}
    delta = {"index": 0, "message": message, "usage": usage, "finish_reason": finish}
    return {"model": "m", "prompt_messages": [], "system_fingerprint": None, "delta": delta}


def live(*events: dict) -> list:
    """Sightings of events that came one per frame."""
    return list(DESIGN.observe("live", Native(events=tuple(enumerate(events)), last_frame=len(events))))


def test_tags_are_text() -> None:
    """Tags and reasoning are sighted as answer text, in one part: the SDK ships nothing that splits them."""
    assert [
        ResponseInfo(0, model="m"),
        PartStart(0, 0, "text"),
        TextDelta(0, 0, "<think>\nHm"),
        TextDelta(1, 0, "\n</think>Yes"),
    ] == live(event("<think>\nHm"), event("\n</think>Yes"))


def test_a_call_is_whole_and_ends_the_text_before_it() -> None:
    """Text ends where calls come; each call begins and ends in its chunk."""
    assert [
        PartStart(0, 0, "text"),
        TextDelta(0, 0, "One moment."),
        PartEnd(1, 0),
        PartStart(1, 1, "tool-call", id="call-1", name="weather"),
        ArgumentsDelta(1, 1, '{"city": "Oslo"}'),
        PartEnd(1, 1),
    ] == live(event("One moment."), event(calls=(CALL,)))[1:]


def test_empty_names_of_a_call_are_not_sighted() -> None:
    """A call without id, name and arguments is a call of which nothing is known."""
    bare = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
    assert [PartStart(0, 0, "tool-call"), PartEnd(0, 0)] == live(event(calls=(bare,)))[1:]


def test_the_last_chunk_tells_usage_reason_and_end() -> None:
    """A reason for ending is an end; text at hand ends with it."""
    assert [
        PartStart(0, 0, "text"),
        TextDelta(0, 0, "Hi"),
        UsageReported(1, Usage(7, 9)),
        PartEnd(1, 0),
        Finished(1, "stop", "end_turn"),
        ResponseEnded(1),
    ] == live(event("Hi"), event(usage=USAGE, finish="end_turn"))[1:]


def test_without_a_reason_no_end_is_sighted() -> None:
    """A last chunk without a reason leaves the response unended."""
    assert "truncated" == see(live(event("Hi"), event(usage=USAGE))).completion


def test_an_unknown_word_is_kept() -> None:
    """A provider's unknown word for ending is `other`, and the word itself is kept."""
    assert Finished(0, "other", "Eos") in live(event(finish="Eos"))


def test_words_for_ending_are_neutral_ones() -> None:
    """The table knows no reason that the vocabulary does not have, and its keys are in the case that is looked up."""
    assert set(FINISH_REASONS.values()) <= set(NEUTRAL)
    assert [word for word in FINISH_REASONS if word != word.lower()] == []


def test_content_in_a_list_is_read() -> None:
    """Texts of a list of contents are answer text; other contents are passed over."""
    content = [{"type": "text", "data": "a"}, {"type": "image", "url": "x"}, {"type": "text", "data": "b"}]
    assert "ab" == see(live(event(content), event(None))).text("text")


@pytest.mark.parametrize("phase", ["final", "stored"])
def test_a_result_is_text_then_calls_then_usage(phase: str) -> None:
    """A result tells text, calls and usage; its model is what was asked for and is not sighted."""
    message = {"role": "assistant", "content": "<think>\nHm\n</think>Yes", "name": None, "tool_calls": [CALL]}
    result = {"model": "asked", "prompt_messages": [], "message": message, "usage": USAGE, "system_fingerprint": None}
    native = Native(message=result, last_frame=5) if phase == "final" else Native(restored=result, last_frame=5)
    assert [
        PartStart(5, 0, "text"),
        TextDelta(5, 0, "<think>\nHm\n</think>Yes"),
        PartEnd(5, 0),
        PartStart(5, 1, "tool-call", id="call-1", name="weather"),
        ArgumentsDelta(5, 1, '{"city": "Oslo"}'),
        PartEnd(5, 1),
        UsageReported(5, Usage(7, 9)),
    ] == list(DESIGN.observe(phase, native))


def test_zeros_of_a_result_are_not_usage() -> None:
    """A result without usage holds zeros, which say nothing."""
    message = {"role": "assistant", "content": "", "name": None, "tool_calls": []}
    assert [] == list(DESIGN.observe("final", Native(message={"message": message, "usage": NO_USAGE}, last_frame=1)))


def test_a_request_shows_assistant_and_tools() -> None:
    """Assistant parts and tool results are sighted in order; the user's and the system's messages are not."""
    request = [
        {"role": "system", "content": "Be terse.", "name": None},
        {"role": "user", "content": "Weather?", "name": None},
        {"role": "assistant", "content": "One moment.", "name": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "3 degrees", "name": "weather", "tool_call_id": "call-1"},
        {"role": "assistant", "content": "Cold.", "name": None, "tool_calls": []},
        {"role": "user", "content": "Go on.", "name": None},
    ]
    assert [
        PartStart(2, 0, "text"),
        TextDelta(2, 0, "One moment."),
        PartEnd(2, 0),
        PartStart(2, 1, "tool-call", id="call-1", name="weather"),
        ArgumentsDelta(2, 1, '{"city": "Oslo"}'),
        PartEnd(2, 1),
        PartStart(2, 2, "tool-result", id="call-1", name="weather"),
        ResultDelta(2, 2, "3 degrees"),
        PartEnd(2, 2),
        PartStart(2, 3, "text"),
        TextDelta(2, 3, "Cold."),
        PartEnd(2, 3),
    ] == list(DESIGN.observe("resumed", Native(request=request, last_frame=2)))


def test_an_older_consumer_sees_texts() -> None:
    """What an older consumer is handed is answer text to it, tags and all."""
    legacy = ((0, {"content": "<think>\nHm"}), (3, {"content": "\n</think>Yes"}))
    found = see(DESIGN.observe("legacy", Native(legacy=legacy, last_frame=4)))
    assert "<think>\nHm\n</think>Yes" == found.text("text")
    assert 1 == len(found.parts)
