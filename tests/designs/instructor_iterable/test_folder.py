"""The folder of `instructor-iterable`: adapter, table, reader and example, held against streams made by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workbench.design import Native, NativeRaise
from workbench.designs.instructor_iterable import DESIGN
from workbench.designs.instructor_iterable.adapter import IterableAdapter
from workbench.designs.instructor_iterable.example import lines
from workbench.dialect import Decoded
from workbench.families.instructor.objects import PYDANTIC
from workbench.families.instructor.schema import item_model, response_model
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
    PartEnd,
    PartSnapshot,
    PartStart,
    ReasoningDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Tool,
    ToolCallPart,
    Usage,
    UsageReported,
    see,
)

STOP = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "nights": {"type": "integer"}},
    "required": ["name"],
}
TASKS = {"type": "object", "properties": {"tasks": {"type": "array", "items": STOP}}}
REQUEST = Request((), (Tool("plan-dye", parameters=TASKS),))
PIECES = ['{"tasks": [', '{"name": "Oslo-dye', '", "nights": 2', "}", ', {"name": "Bergen-dye"}, {"na', 'me": "']
STEPS: tuple[tuple[Delta, ...], ...] = (
    (ResponseInfo(0, "resp-dye", "model-dye"),),
    (PartStart(1, 0, "reasoning"), ReasoningDelta(1, 0, "Thought-dye")),
    (PartStart(2, 1, "text"), TextDelta(2, 1, "Answer-dye")),
    (PartStart(3, 2, "tool-call", id="call-dye", name="tool-dye"),),
    *((ArgumentsDelta(4 + at, 2, piece),) for at, piece in enumerate(PIECES)),
    (Finished(10, "tool-calls", "tool_calls"), UsageReported(10, Usage(70117, 80119))),
    (ResponseEnded(11),),
)
ITEMS = [{"name": "Oslo-dye", "nights": 2}, {"name": "Bergen-dye"}]
DYES = {
    "text": ("Answer-dye",),
    "reasoning": ("Thought-dye",),
    "call.name": ("tool-dye",),
    "call.id": ("call-dye",),
    "call.arguments": ("Oslo-dye", "Bergen-dye"),
    "usage": ("70117", "80119"),
    "response.id": ("resp-dye",),
    "response.model": ("model-dye",),
    "failure": ("Overloaded-dye",),
}


def run(steps: tuple[tuple[Delta, ...], ...], request: Request = REQUEST) -> Native:
    """Runs the adapter as the harness does."""
    decoded = Decoded("by-hand", (None,) * len(steps), tuple(enumerate(steps)), ())  # type: ignore[arg-type]
    return adapt(DESIGN, decoded, request, FollowUp())


@pytest.mark.parametrize("schema", [STOP, TASKS], ids=["object", "object with tasks"])
def test_class_is_that_of_one_item(schema: Json) -> None:
    """Where the schema is Instructor's own list of tasks, the class is that of its elements, else of the whole."""
    request = Request((), (Tool("plan", parameters=schema),))
    assert ["name", "nights"] == list(item_model(request).model_fields)


@pytest.mark.parametrize(
    "properties",
    [
        {"tasks": {"type": "array", "items": {"type": "string"}}},
        {"tasks": {"type": "array", "items": STOP}, "note": {"type": "string"}},
        {"tasks": STOP},
    ],
)
def test_other_objects_are_items_themselves(properties: Json) -> None:
    """A list of scalars, a list beside something else, and no list are nobody's wrapper."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    request = Request((), (Tool("plan", parameters=schema),))
    assert response_model(request) is item_model(request)


def test_items_come_with_the_frame_that_finishes_them() -> None:
    """Each item is handed out once, as it was sent; what was cut is not."""
    native = run(STEPS)
    assert ((7, ITEMS[0]), (8, ITEMS[1])) == native.events
    assert [ITEMS] * 3 == [native.message, native.stored, native.restored]
    assert native.raised is None


def test_item_that_does_not_fit_raises_behind_those_that_did() -> None:
    """The exception is raised where it happens; what came before was seen, and stays."""
    adapter = IterableAdapter(item_model(REQUEST))
    iteration = adapter.accept('[{"name": "a"}, {"name": 1}, {"name": "c"}]')
    next(iter(iteration))
    with pytest.raises(NativeRaise, match="1 validation error for") as caught:
        next(iter(iteration))
    assert "ValidationError" == caught.value.type
    assert f"https://errors.pydantic.dev/{PYDANTIC}/v/string_type" in str(caught.value)
    assert [{"name": "a"}] == adapter.message() == adapter.stored()


@pytest.mark.parametrize("end", [StreamTruncated(0), Finished(0, "length")], ids=["cut", "length"])
def test_cut_stream_ends_in_silence(end: Delta) -> None:
    """However a stream ends early, nothing raises and nothing more comes."""
    native = run((*STEPS[:9], (end,)))
    assert (None, ITEMS) == (native.raised, native.message)


def test_failure_is_told_and_what_came_before_stays() -> None:
    """The provider's words reach the reader through the exception."""
    native = run((*STEPS[:8], (StreamFailed(8, Failure("Overloaded-dye", "server_error")),)))
    seen = see(DESIGN.observe("live", native))
    assert ("Overloaded-dye", 8) == (seen.failure and seen.failure.message, seen.failed)
    assert [ITEMS[0]] == [part.value for part in seen.parts]


def test_table_is_filled_and_nothing_leaks() -> None:
    """The declared paths hold the dyes of arguments and of a failure, and no other dye is anywhere in the JSON."""
    prover = Prover(DESIGN)
    natives = [run(STEPS), run((*STEPS[:8], (StreamFailed(8, Failure("Overloaded-dye")),)))]
    for native in natives:
        prover.look(native, Address("by-hand", 0, "by-hand"), DYES)
    assert [] == [(finding.phase, finding.concept, finding.what) for finding in prover.findings()]
    text = json.dumps([[native.events, native.message, native.stored] for native in natives])
    others = [word for concept, words in DYES.items() if concept != "call.arguments" for word in words]
    assert [] == [word for word in others if word in text]


def test_live_items_are_whole_and_their_ends_are_stated() -> None:
    """Each item is a call of its own, not partial, and ended with the frame in which it came."""
    native = run(STEPS)
    call = ToolCallPart(None, "", "")
    assert [
        PartSnapshot(7, 0, call, ITEMS[0]),
        PartEnd(7, 0, stated=True),
        PartSnapshot(8, 1, call, ITEMS[1]),
        PartEnd(8, 1, stated=True),
    ] == list(DESIGN.observe("live", native))


@pytest.mark.parametrize("phase", ["final", "stored"])
def test_items_are_read_after_the_stream(phase: Any) -> None:
    """After the stream each item is there as a value of its own."""
    parts = see(DESIGN.observe(phase, run(STEPS))).parts
    assert ITEMS == [part.value for part in parts]


@pytest.mark.parametrize("phase", DESIGN.phases)
def test_stream_without_a_call_shows_nothing(phase: Any) -> None:
    """Where no item was handed out, nothing is sighted in any phase."""
    assert [] == list(DESIGN.observe(phase, run(STEPS[:3])))


def test_documents_are_read_back_with_the_class() -> None:
    """A document that no longer fits the class raises; one that does comes back as it was."""
    assert ITEMS == DESIGN.restore(ITEMS, REQUEST)
    with pytest.raises(NativeRaise, match="nights"):
        DESIGN.restore([{"name": "a", "nights": "two"}], REQUEST)


def test_example_shows_items_as_they_come() -> None:
    """The consumer prints each item and their number, or that there was none."""
    adapter = DESIGN.start(REQUEST)
    items: list[Any] = [item for step in STEPS for item in adapter.receive(step)]
    assert [
        "1. TasksItem(name='Oslo-dye', nights=2)",
        "2. TasksItem(name='Bergen-dye', nights=None)",
        "2 in all",
    ] == list(lines(items))
    assert ["nothing was found, or there was no call: the two look alike"] == list(lines([]))
