"""The folder of `instructor-partial`: schema, table, reader and example, held against streams that are made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workbench.design import Native, NativeRaise
from workbench.designs.instructor_partial import DESIGN
from workbench.designs.instructor_partial.example import lines
from workbench.dialect import Decoded
from workbench.harness.adapt import adapt
from workbench.harness.proof import Prover
from workbench.trace import Address
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Failure,
    Finished,
    FollowUp,
    Json,
    PartSnapshot,
    PartStart,
    ReasoningDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    Tool,
    ToolCallPart,
    Usage,
    UsageReported,
    see,
)

REQUEST = Request(
    (),
    (
        Tool(
            "forecast",
            parameters={
                "type": "object",
                "properties": {
                    "city": {"type": "string"},
                    "temperature": {"type": "number"},
                    "warnings": {"type": "array", "items": {"type": "string"}},
                },
                "required": ["city", "temperature"],
            },
        ),
    ),
)
ARGUMENTS = ['{"city": "Oslo', '-dye", "temp', 'erature": 3', '.5, "warnings": ["fr', 'ost-dye"', "]}"]
STEPS: tuple[tuple[Delta, ...], ...] = (
    (ResponseInfo(0, "resp-dye", "model-dye"),),
    (PartStart(1, 0, "reasoning"), ReasoningDelta(1, 0, "Thought-dye"), SignatureDelta(1, 0, "sig-dye")),
    (PartStart(2, 1, "text"), TextDelta(2, 1, "Answer-dye")),
    (PartStart(3, 2, "tool-call", id="call-dye", name="tool-dye"),),
    *((ArgumentsDelta(4 + at, 2, piece),) for at, piece in enumerate(ARGUMENTS)),
    (Finished(10, "tool-calls", "tool_calls"), UsageReported(10, Usage(70117, 80119))),
    (ResponseEnded(11),),
)
DYES = {
    "text": ("Answer-dye",),
    "reasoning": ("Thought-dye",),
    "reasoning.signature": ("sig-dye",),
    "call.name": ("tool-dye",),
    "call.id": ("call-dye",),
    "call.arguments": ("Oslo-dye", "frost-dye"),
    "usage": ("70117", "80119"),
    "response.id": ("resp-dye",),
    "response.model": ("model-dye",),
    "failure": ("Failure-dye",),
}
VALUE = {"city": "Oslo-dye", "temperature": 3.5, "warnings": ["frost-dye"]}


def run(steps: tuple[tuple[Delta, ...], ...]) -> Native:
    """Runs the adapter as the harness does."""
    decoded = Decoded("by-hand", (None,) * len(steps), tuple(enumerate(steps)), ())  # type: ignore[arg-type]
    return adapt(DESIGN, decoded, REQUEST, FollowUp())


@pytest.fixture(scope="module")
def native() -> Native:
    """The record of a stream with everything in it."""
    return run(STEPS)


def test_events_are_what_the_schema_says(native: Native) -> None:
    """Each snapshot matches the schema of events, and an odd one does, too: a list where the arguments are one."""
    validator = Draft202012Validator(json.loads((DESIGN.folder / "events.schema.json").read_text()))
    Draft202012Validator.check_schema(validator.schema)
    odd = run((STEPS[3], (ArgumentsDelta(1, 2, '["a'),)))
    assert [] == [error for _, event in (*native.events, *odd.events) for error in validator.iter_errors(event)]
    assert [7, ["a"]] == [len(native.events), odd.events[-1][1]]


def test_table_is_filled_and_nothing_leaks(native: Native) -> None:
    """The declared path holds the dyes of arguments in each phase, and no other dye is anywhere in the JSON."""
    prover = Prover(DESIGN)
    prover.look(native, Address("by-hand", 0, "by-hand"), DYES)
    failed = run((*STEPS[:5], (StreamFailed(5, Failure("Failure-dye")),)))
    prover.look(failed, Address("by-hand", 1, "by-hand"), DYES)
    assert [] == [(finding.phase, finding.concept, finding.what) for finding in prover.findings()]
    text = json.dumps([native.events, native.message, native.stored])
    others = [word for concept, words in DYES.items() if concept != "call.arguments" for word in words]
    assert [] == [word for word in others if word in text]


def test_every_phase_has_a_table() -> None:
    """Phases and tables name the same phases."""
    assert set(DESIGN.phases) == set(DESIGN.carries)


@pytest.mark.parametrize("phase", DESIGN.phases)
def test_reader_needs_json_alone(native: Native, phase: Any) -> None:
    """A reader answers the same for a copy that went through JSON text, and leaves it as it was."""
    fields = {name: getattr(native, name) for name in ("events", "message", "stored", "restored")}
    before = json.dumps(fields)
    copied = Native(**json.loads(before), last_frame=native.last_frame)
    expected = list(DESIGN.observe(phase, native))
    assert expected
    assert expected == list(DESIGN.observe(phase, copied))
    assert before == json.dumps({name: getattr(copied, name) for name in fields})


def test_live_snapshots_carry_the_frame_after_which_they_came(native: Native) -> None:
    """One call is seen from its first piece on, growing with each piece that adds to it."""
    sightings = list(DESIGN.observe("live", native))
    assert [3, 4, 5, 6, 7, 8, 9] == [sighting.frame for sighting in sightings[:-1]]
    (part,) = see(sightings).parts
    assert ("tool-call", VALUE, "", None, None) == (part.kind, part.value, part.text, part.id, part.name)
    assert [3, 4, 5, 6, 7, 8] == [frame for frame, _ in part.arrivals]


@pytest.mark.parametrize("steps", [STEPS, STEPS[:6]], ids=["whole", "cut"])
def test_last_live_object_passes_for_finished_whether_it_is_or_not(steps: tuple[tuple[Delta, ...], ...]) -> None:
    """Until the iteration has ended more may come; after that nothing tells a cut object from a whole one."""
    *before, last = DESIGN.observe("live", run(steps))
    assert {True} == {one.partial for one in before if isinstance(one, PartSnapshot)}
    assert isinstance(last, PartSnapshot)
    assert (False, len(steps) - 1) == (last.partial, last.frame)


def test_live_object_stays_partial_when_the_iteration_raises() -> None:
    """An exception says that the object at hand is not finished."""
    native = run((*STEPS[:5], (StreamFailed(5, Failure("Overloaded")),)))
    assert native.raised is not None
    (part,) = see(DESIGN.observe("live", native)).parts
    assert part.partial


@pytest.mark.parametrize("phase", ["final", "stored"])
def test_last_object_is_read_after_the_stream(native: Native, phase: Any) -> None:
    """After the stream the arguments are there as a value, and the part is no longer partial."""
    assert [PartSnapshot(native.last_frame, 0, ToolCallPart(None, "", ""), VALUE, False)] == list(
        DESIGN.observe(phase, native)
    )


@pytest.mark.parametrize("phase", DESIGN.phases)
def test_stream_without_a_call_shows_nothing(phase: Any) -> None:
    """Where no object was handed out, nothing is sighted in any phase."""
    assert [] == list(DESIGN.observe(phase, run(STEPS[:3])))


def test_cut_object_is_stored_and_not_read_back() -> None:
    """A document of a cut object is stored as it is; validated as the user's code would, it raises."""
    stored: Json = {"city": "Oslo", "temperature": None}
    with pytest.raises(NativeRaise, match="temperature"):
        DESIGN.restore(stored, REQUEST)
    assert VALUE == DESIGN.restore(VALUE, REQUEST)


def test_example_shows_fields_as_they_fill_in_and_the_finished_object() -> None:
    """The example prints each change once, then the validated object."""
    assert [
        "",
        "city: Oslo",
        "city: Oslo-dye",
        "city: Oslo-dye, temperature: 3.0",
        "city: Oslo-dye, temperature: 3.5, warnings: ['fr']",
        "city: Oslo-dye, temperature: 3.5, warnings: ['frost-dye']",
        "done: Forecast(city='Oslo-dye', temperature=3.5, warnings=['frost-dye'])",
    ] == list(lines(STEPS))


def test_example_says_that_an_object_was_cut() -> None:
    """Only validating once more tells the consumer that the last object is not whole."""
    assert ["", "city: Oslo", "cut: 1 fields do not hold"] == list(lines(STEPS[:5]))
