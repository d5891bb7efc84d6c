"""What a run of sightings amounts to."""

from __future__ import annotations

from msgspec import UNSET

from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Failure,
    Finished,
    OpaqueDelta,
    PartEnd,
    PartSnapshot,
    PartStart,
    Raised,
    ReasoningDelta,
    ReasoningPart,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    TextPart,
    ToolCallPart,
    Usage,
    UsageReported,
    see,
    transcript_of,
)


def test_pieces_join_and_each_arrival_keeps_its_frame() -> None:
    """The text is whole, and when each length was there is known."""
    (part,) = see([PartStart(1, 0, "text"), TextDelta(1, 0, "He"), TextDelta(3, 0, ""), TextDelta(4, 0, "llo")]).parts

    assert ("Hello", ((1, 2), (4, 5)), 1, None) == (part.text, part.arrivals, part.started, part.ended)


def test_interleaved_pieces_are_told_by_their_turns() -> None:
    """Runs of one part are folded, and coming back to a part shows."""
    seen = see([ArgumentsDelta(i, part, "x") for i, part in enumerate([0, 0, 1, 0, 1, 1])])

    assert (0, 1, 0, 1) == seen.turns
    assert ["xxx", "xxx"] == [part.text for part in seen.parts]


def test_a_stated_end_is_told_from_an_implied_one_and_the_first_one_counts() -> None:
    """Who said that a part ended, and when it was first known."""
    seen = see([PartStart(0, 0, "text", stated=True), PartEnd(2, 0), PartEnd(5, 0, stated=True)])

    assert (True, 2, False) == (seen.parts[0].start_stated, seen.parts[0].ended, seen.parts[0].end_stated)


def test_the_name_of_a_call_is_known_when_it_is_first_said() -> None:
    """A late id or name is taken, with its frame."""
    seen = see([PartStart(0, 0, "tool-call"), ArgumentsDelta(1, 0, "{"), CallNamed(2, 0, id="c1", name="f")])

    assert (2, "f", "c1") == (seen.parts[0].named, seen.parts[0].name, seen.parts[0].id)


def test_an_empty_reasoning_block_keeps_its_signature_and_payload() -> None:
    """No text is no reason to lose what came with it; pieces of a signature join."""
    seen = see(
        [PartStart(0, 0, "reasoning"), SignatureDelta(1, 0, "ab"), SignatureDelta(2, 0, "c"), OpaqueDelta(3, 0, "ZZ")]
    )

    assert (ReasoningPart("", signature="abc", data="ZZ"),) == transcript_of(seen).parts


def test_later_usage_replaces_only_what_it_names() -> None:
    """Cumulative reports merge field by field, and each report's frame is kept."""
    seen = see([UsageReported(0, Usage(input=5, output=1)), UsageReported(3, Usage(output=9, reasoning=2))])

    assert (Usage(5, 9, 2, None), (0, 3)) == (seen.usage, seen.usage_at)


def test_a_snapshot_that_extends_the_last_is_growth_and_another_is_a_revision() -> None:
    """Taking back what was shown is counted."""
    grown = see([PartSnapshot(i, 0, TextPart(text), partial=True) for i, text in enumerate(["He", "Hello", "Hello"])])
    taken_back = see([PartSnapshot(i, 0, TextPart(text)) for i, text in enumerate(["He", "Ha"])])

    assert (0, ((0, 2), (1, 5)), True) == (grown.parts[0].revisions, grown.parts[0].arrivals, grown.parts[0].partial)
    assert (1, "Ha", False) == (taken_back.parts[0].revisions, taken_back.parts[0].text, taken_back.parts[0].partial)


def test_values_are_kept_apart_from_text() -> None:
    """A design that shows parsed arguments shows no argument text."""
    call = ToolCallPart(None, "f", "")
    seen = see([PartSnapshot(1, 0, call, value={"a": None}), PartSnapshot(2, 0, call, value={"a": 1})])

    assert ({"a": 1}, "", ((1, 1), (2, 2))) == (seen.parts[0].value, seen.parts[0].text, seen.parts[0].arrivals)
    assert see([ArgumentsDelta(0, 0, "{}")]).parts[0].value is UNSET


def test_how_a_response_ended_is_what_was_said_last_and_never_invented() -> None:
    """Complete needs the dialect's own end; failure outweighs it; nothing at all is empty."""
    text = [TextDelta(0, 0, "x"), Finished(1, "stop", "stop")]

    assert "complete" == see([*text, ResponseEnded(2)]).completion
    assert "truncated" == see(text).completion
    assert "failed" == see([*text, StreamFailed(2, Failure("overloaded"))]).completion
    assert "empty" == see([]).completion


def test_a_raise_and_the_response_facts_are_kept() -> None:
    """Id and model may come apart, and the exception stands beside them."""
    raised = Raised("APIError", "no", 4)
    seen = see([ResponseInfo(0, id="r1"), ResponseInfo(1, model="m"), ReasoningDelta(2, 0, "hm")], raised=raised)

    assert ("r1", "m", raised, "hm") == (seen.response_id, seen.model, seen.raised, seen.text("reasoning"))
