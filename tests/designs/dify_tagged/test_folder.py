"""The folder of `dify-tagged`: its schema, its table and its example, held against streams that are made by hand."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence

import pytest
from jsonschema import Draft202012Validator, ValidationError

from workbench.design import Native
from workbench.designs.dify_tagged import DESIGN
from workbench.designs.dify_tagged.example import consume
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
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")
STEPS = (
    (ResponseInfo(0, "resp-dye", "model-dye"),),
    (PartStart(1, 0, "reasoning"), ReasoningDelta(1, 0, "Thought")),
    (ReasoningDelta(2, 0, "dye"), SignatureDelta(2, 0, "sig-dye"), OpaqueDelta(2, 0, "data-dye")),
    (PartEnd(3, 0, stated=True),),
    (PartStart(4, 1, "text"), TextDelta(4, 1, "Answer"), TextDelta(4, 1, "dye")),
    (PartStart(5, 2, "tool-call", id="call-dye", name="tool_dye"), ArgumentsDelta(5, 2, '{"a": "args')),
    (ArgumentsDelta(6, 2, 'dye"}'),),
    (PartStart(7, 3, "tool-call", id="server-dye", name="search_dye", server=True), ArgumentsDelta(7, 3, "{}")),
    (PartStart(8, 4, "tool-result", id="server-dye", name="search_dye"), ResultDelta(8, 4, "result-dye")),
    (PartStart(9, 5, "refusal"), RefusalDelta(9, 5, "refusal-dye")),
    (Finished(10, "tool-calls", "tool_calls"), UsageReported(10, Usage(70117, 80119, 90121, 60113))),
    (ResponseEnded(11),),
)
DYES = {
    "text": ("Answerdye",),
    "reasoning": ("Thoughtdye",),
    "reasoning.signature": ("sig-dye",),
    "reasoning.data": ("data-dye",),
    "call.name": ("tool_dye",),
    "call.id": ("call-dye",),
    "call.arguments": ("argsdye",),
    "result.output": ("result-dye",),
    "result.call": ("server-dye",),
    "refusal": ("refusal-dye",),
    "usage": ("70117", "80119"),
    "usage.reasoning": ("90121",),
    "usage.cached": ("60113",),
    "response.id": ("resp-dye",),
    "response.model": ("model-dye",),
    "failure": ("failure-dye",),
}


def record(steps: Sequence[Sequence[Delta]]) -> Native:
    """The record of a stream that has one step per frame."""
    decoded = Decoded("by-hand", (None,) * len(steps), tuple((at, tuple(step)) for at, step in enumerate(steps)), ())
    return adapt(DESIGN, decoded, REQUEST, FollowUp({"tool_dye": "3"}))


@pytest.fixture(scope="module")
def native() -> Native:
    """The record of a stream with everything in it."""
    return record(STEPS)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """The validator of the folder's schema."""
    return Draft202012Validator(json.loads((DESIGN.folder / "events.schema.json").read_text()))


def test_events_are_what_the_schema_says(native: Native, schema: Draft202012Validator) -> None:
    """Each event of a stream with everything in it matches the schema of events."""
    Draft202012Validator.check_schema(schema.schema)
    assert [] == [error.message for _, event in native.events for error in schema.iter_errors(event)]
    assert 6 == len(native.events)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("prompt_messages",), [{}]),
        (("delta", "index"), -1),
        (("delta", "reasoning_content"), "Hm"),
        (("delta", "message", "role"), "user"),
        (("delta", "message", "tool_calls"), [{"id": "c"}]),
        (("delta", "usage"), {"prompt_tokens": 1}),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_schema_refuses(native: Native, schema: Draft202012Validator, path: tuple[str, ...], value: object) -> None:
    """The schema names every field, and refuses others and odd values."""
    event = copy.deepcopy(native.events[0][1])
    place = event
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        schema.validate(event)


def test_table_is_filled_and_nothing_leaks(native: Native) -> None:
    """Every declared path holds its dye in this stream or in one that fails, and no dye lies elsewhere."""
    prover = Prover(DESIGN)
    prover.look(native, Address("by-hand", 0, "by-hand"), DYES)
    prover.look(record([(StreamFailed(0, Failure("failure-dye")),)]), Address("by-hand", 1, "by-hand"), DYES)
    assert [] == [(finding.phase, finding.concept, finding.what) for finding in prover.findings()]


def test_every_phase_has_a_table() -> None:
    """Phases and tables name the same phases."""
    assert set(DESIGN.phases) == set(DESIGN.carries)


@pytest.mark.parametrize("phase", DESIGN.phases)
def test_reader_needs_json_alone(native: Native, phase: str) -> None:
    """A reader answers the same for a copy that went through JSON text, twice, and leaves it as it was."""
    fields = {name: getattr(native, name) for name in ("events", "legacy", "message", "restored", "request")}
    copied = Native(**json.loads(json.dumps(fields)), last_frame=native.last_frame)
    before = json.dumps(fields)
    expected = list(DESIGN.observe(phase, native))
    assert expected
    assert expected == list(DESIGN.observe(phase, copied))
    assert expected == list(DESIGN.observe(phase, copied))
    after = {name: getattr(copied, name) for name in fields}
    assert before == json.dumps(after)


def test_example_prints_what_a_consumer_sees(capsys: pytest.CaptureFixture[str]) -> None:
    """The example prints reasoning with the answer, since it cannot tell them apart, and returns the call."""
    adapter = DESIGN.start(REQUEST)
    calls = consume(chunk for step in STEPS for chunk in adapter.receive(step))  # type: ignore[misc]
    printed = capsys.readouterr()
    assert "<think>\nThoughtdye\n</think>Answerdye\n[tool_calls]\n" == printed.out
    assert "" == printed.err
    assert [("call-dye", "tool_dye", '{"a": "argsdye"}')] == [
        (call.id, call.function.name, call.function.arguments) for call in calls
    ]
