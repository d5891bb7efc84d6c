"""What the generator knows is held against what a user can read, and a design's own marks are allowed for."""

from __future__ import annotations

import json

import pytest

from workbench.benchmarks.knowing import MARKS, wrong_frames, wrong_sight
from workbench.benchmarks.model import Known, KnownPart
from workbench.design import Design
from workbench.transcript import ArgumentsDelta, PartSnapshot, ReasoningDelta, Sighting, TextDelta, ToolCallPart, see
from workbench.wire import Frame

KNOWN = Known(
    (
        KnownPart("reasoning", "Let me think."),
        KnownPart("text", "The answer is 3."),
        KnownPart("tool-call", '{"a": 1}', {"a": 1}),
    )
)
ALL = {"text", "reasoning", "call.arguments"}
CALL = ArgumentsDelta(0, 2, '{"a": 1}')


def fault(carried: set[str], *sightings: Sighting) -> str | None:
    """What is wrong with what a design that carries these concepts lets its user see."""

    class Some(Design):
        carries = {"final": dict.fromkeys(carried, "somewhere")}

        start = event_json = observe = None  # type: ignore[assignment]

    return wrong_sight(KNOWN, Some(), see(sightings))


RIGHT = {
    "apart": (ReasoningDelta(0, 0, "Let me think."), TextDelta(0, 1, "The answer is 3."), CALL),
    "tagged": (TextDelta(0, 1, "<think>\nLet me think.\n</think>The answer is 3."), CALL),
    "white-space-added": (ReasoningDelta(0, 0, "\nLet me think.\n"), TextDelta(0, 1, "The answer is 3.\n"), CALL),
    "parsed": (
        ReasoningDelta(0, 0, "Let me think."),
        TextDelta(0, 1, "The answer is 3."),
        PartSnapshot(0, 2, ToolCallPart(None, "", ""), {"a": 1}),
    ),
}
WRONG = {
    "text-lost": ((ReasoningDelta(0, 0, "Let me think."), CALL), "text 0 is 'The answer is 3.', not ''"),
    "text-cut": (
        (ReasoningDelta(0, 0, "Let me think."), TextDelta(0, 1, "The answer is 3"), CALL),
        "text 0 is '.', not ''",
    ),
    "text-changed": ((TextDelta(0, 1, "Let me think.The answer is 4."), CALL), "text 1 is"),
    "reasoning-lost": ((TextDelta(0, 1, "The answer is 3."), CALL), "reasoning 0 is 'Let me think.'"),
    "too-much": (
        (ReasoningDelta(0, 0, "Let me think."), TextDelta(0, 1, "The answer is 3." + "!" * (MARKS + 1)), CALL),
        f"{MARKS + 1} characters too many",
    ),
    "mark-apart": (
        (ReasoningDelta(0, 0, "* Let me think."), TextDelta(0, 1, "The answer is 3."), CALL),
        "reasoning 0 is 'Let me think.', not '* Let me think.'",
    ),
    "call-lost": (RIGHT["apart"][:2], "1 calls were sent, 0 are seen"),
    "call-changed": ((*RIGHT["apart"][:2], ArgumentsDelta(0, 2, '{"a": 2}')), "call 0 has other arguments"),
    "call-cut": ((*RIGHT["apart"][:2], ArgumentsDelta(0, 2, '{"a"')), "call 0 has arguments that are not JSON"),
}


@pytest.mark.parametrize("sightings", RIGHT.values(), ids=RIGHT)
def test_what_was_sent_is_found(sightings: tuple[Sighting, ...]) -> None:
    """Apart, inside tags, or as a parsed value."""
    assert fault(ALL, *sightings) is None


@pytest.mark.parametrize(("sightings", "why"), WRONG.values(), ids=WRONG)
def test_what_is_lost_changed_or_added_is_named(sightings: tuple[Sighting, ...], why: str) -> None:
    """The first difference, in words."""
    assert why in (fault(ALL, *sightings) or "")


def test_a_design_is_held_to_what_it_says_it_carries() -> None:
    """One that carries text alone may lose the rest, and not the text."""
    assert fault({"text"}, TextDelta(0, 1, "The answer is 3.")) is None
    assert fault({"text"}, TextDelta(0, 1, "The answer is 4.")) is not None
    assert fault({"call.arguments"}, CALL) is None


def test_frames_are_compared_one_by_one() -> None:
    """Number and data."""
    frames = [Frame(index, "message", data, 0, 0) for index, data in enumerate(("one", "two"))]
    assert wrong_frames(["one", "two"], frames) is None
    assert wrong_frames(["one"], frames) == "1 frames were made, 2 were read"
    assert wrong_frames(["one", "twö"], frames) == "frame 1 holds 'ö', not 'o', from character 2"


def test_the_value_of_the_case_is_that_of_its_text() -> None:
    """The table above does not lie to itself."""
    assert [part.value for part in KNOWN.parts if part.value] == [json.loads(KNOWN.parts[2].text)]
