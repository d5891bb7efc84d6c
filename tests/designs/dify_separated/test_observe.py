"""The reader of `dify-separated`: hand-written JSON in, sightings out; no adapter takes part."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.design import Native
from workbench.designs.dify_separated import DESIGN
from workbench.designs.dify_tagged import DESIGN as TAGGED
from workbench.transcript import (
    Failure,
    Finished,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ResponseEnded,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
    see,
)

PENDING = {"status": "pending", "outputs": {}, "error": ""}
USAGE = {"prompt_tokens": 7, "completion_tokens": 9}
NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0}


def text(chunk: str, *, last: bool = False) -> dict[str, Any]:
    """A piece of answer text."""
    selector = ["any-node", "text"]
    kind = "NodeRunStreamChunkEvent"
    return {"event": kind, "selector": selector, "chunk": chunk, "is_final": last, "node_run_result": PENDING}


def reasoning(chunk: str, *, last: bool = False) -> dict[str, Any]:
    """A piece of reasoning."""
    return {**text(chunk, last=last), "event": "NodeRunReasoningChunkEvent", "selector": ["any", "reasoning_content"]}


def result(answer: str, thought: str, usage: object = USAGE, reason: object = "stop") -> dict[str, Any]:
    """A result of a run that went well."""
    outputs = {"text": answer, "reasoning_content": thought, "usage": usage, "finish_reason": reason}
    return {"status": "succeeded", "outputs": outputs, "error": ""}


FAILED = {"status": "failed", "outputs": {}, "error": "Overloaded"}


def live(*events: dict[str, Any], design: Any = DESIGN) -> list[Any]:
    """Sightings of events that came one per frame."""
    return list(design.observe("live", Native(events=tuple(enumerate(events)), last_frame=len(events))))


def test_channels_are_parts() -> None:
    """A piece of the other channel begins a part, and ends the one at hand, which nobody stated."""
    assert [
        PartStart(0, 0, "reasoning"),
        ReasoningDelta(0, 0, "Hm"),
        PartEnd(1, 0),
        PartStart(1, 1, "text"),
        TextDelta(1, 1, "Yes"),
    ] == live(reasoning("Hm"), text("Yes"))


def test_a_last_piece_ends_only_a_part_of_its_kind() -> None:
    """The end of reasoning is said when all is over: too late for a block that text has followed."""
    assert [PartEnd(3, 1, stated=True)] == live(
        reasoning("Hm"), text("Yes"), reasoning("", last=True), text("", last=True)
    )[5:]
    assert [ReasoningDelta(1, 0, "m"), PartEnd(1, 0, stated=True)] == live(reasoning("H"), reasoning("m", last=True))[
        2:
    ]


def test_success_tells_usage_reason_and_end() -> None:
    """The last event holds the result; its texts are those that were streamed, and are not sighted again."""
    done = {"event": "NodeRunSucceededEvent", "node_run_result": result("Yes", "Hm")}
    assert [
        UsageReported(1, Usage(7, 9)),
        Finished(1, "stop", "stop"),
        ResponseEnded(1),
    ] == live(text("", last=True), done)


def test_success_without_a_reason_is_an_end_all_the_same() -> None:
    """A node that was fed a cut body says that it succeeded."""
    done = {"event": "NodeRunSucceededEvent", "node_run_result": result("Y", "", NO_USAGE, None)}
    assert [ResponseEnded(0)] == live(done)
    assert "complete" == see(live(done)).completion


def test_failure_is_an_event() -> None:
    """The error's words are there, and nothing was raised."""
    event = {"event": "NodeRunFailedEvent", "error": "Overloaded", "node_run_result": FAILED}
    assert [StreamFailed(1, Failure("Overloaded"))] == live({"node_run_result": PENDING}, event)


@pytest.mark.parametrize("phase", ["final", "stored"])
def test_a_result_is_two_fields(phase: Any) -> None:
    """Answer and reasoning as parts, in the order of the fields; usage and reason beside."""
    whole = result("Yes", "Hm")
    native = Native(message=whole, last_frame=5) if phase == "final" else Native(restored=whole, last_frame=5)
    expected = [
        PartStart(5, 0, "text"),
        TextDelta(5, 0, "Yes"),
        PartEnd(5, 0),
        PartStart(5, 1, "reasoning"),
        ReasoningDelta(5, 1, "Hm"),
        PartEnd(5, 1),
        UsageReported(5, Usage(7, 9)),
        Finished(5, "stop", "stop"),
    ]
    assert expected == list(DESIGN.observe(phase, native))
    assert expected == list(TAGGED.observe(phase, native))


def test_a_failed_result_tells_the_error_alone() -> None:
    """Nothing of what was streamed is left."""
    assert [StreamFailed(2, Failure("Overloaded"))] == list(
        DESIGN.observe("final", Native(message=FAILED, last_frame=2))
    )


def test_older_code_sees_text_and_errors() -> None:
    """What is handed to it is answer text to it, or an error."""
    legacy = ((0, {"chunk": "Yes"}), (3, {"error": "Overloaded"}))
    expected = [TextDelta(0, 0, "Yes"), StreamFailed(3, Failure("Overloaded"))]
    for design in (DESIGN, TAGGED):
        assert expected == list(design.observe("legacy", Native(legacy=legacy, last_frame=4)))


def test_the_tagged_format_is_read_as_tagged_text() -> None:
    """A node that leaves tags in the text is read by the design of tagged text: other events, and all else alike."""
    assert [PartStart(0, 0, "text"), TextDelta(0, 0, "<think>\nHm"), TextDelta(1, 0, "\n</think>Yes")] == live(
        text("<think>\nHm"), text("\n</think>Yes"), design=TAGGED
    )


def test_there_is_nothing_of_a_next_request() -> None:
    """The node has none; a reader that is asked all the same sees nothing."""
    assert [] == list(DESIGN.observe("resumed", Native(last_frame=1)))
