"""The folder of `dify-separated`: its schema, its table and its example, held against streams made by hand."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workbench.design import Native, NativeRaise
from workbench.designs.dify_separated import DESIGN
from workbench.designs.dify_separated.example import consume
from workbench.designs.dify_tagged import DESIGN as TAGGED
from workbench.harness.proof import Prover
from workbench.native import FramedEvent
from workbench.trace import Address
from workbench.transcript import (
    ArgumentsDelta,
    Finished,
    Message,
    PartStart,
    ReasoningDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")
STEPS = (
    (ResponseInfo(0, "resp-dye", "model-dye"),),
    (PartStart(1, 0, "reasoning"), ReasoningDelta(1, 0, "Thoughtdye")),
    (PartStart(2, 1, "text"), TextDelta(2, 1, "Answerdye")),
    (PartStart(3, 2, "tool-call", id="call-dye", name="tool_dye"), ArgumentsDelta(3, 2, '{"a": "argsdye"}')),
    (Finished(4, "stop", "stop"), UsageReported(4, Usage(70117, 80119))),
    (ResponseEnded(5),),
)
DYES = {
    "text": ("Answerdye",),
    "reasoning": ("Thoughtdye",),
    "call.name": ("tool_dye",),
    "call.id": ("call-dye",),
    "call.arguments": ("argsdye",),
    "usage": ("70117", "80119"),
    "response.model": ("model-dye",),
    "response.id": ("resp-dye",),
    "failure": ("failure-dye",),
}


def events(*, fails: bool = False) -> tuple[list[Any], Any]:
    """The node's events over the chunks of the design below, and the adapter."""
    lower, adapter = TAGGED.start(REQUEST), DESIGN.start(REQUEST)
    chunks = [chunk for step in STEPS[: 3 if fails else None] for chunk in lower.receive(step)]
    found = list(adapter.receive(chunks))  # type: ignore[arg-type]
    found += adapter.fail(NativeRaise("ValueError", "failure-dye")) if fails else adapter.finish()
    return found, adapter


def native(*, fails: bool = False) -> Native:
    """The same as a record."""
    found, adapter = events(fails=fails)
    framed: tuple[FramedEvent, ...] = tuple((0, DESIGN.event_json(event)) for event in found)
    legacy = tuple((0, seen) for event in found for seen in DESIGN.legacy_json(event))
    stored = adapter.stored()
    restored = DESIGN.restore(stored, REQUEST)
    return Native(
        events=framed, legacy=legacy, message=adapter.message(), stored=stored, restored=restored, last_frame=5
    )


def test_table_is_proven() -> None:
    """Every declared path is filled in one of two streams, and no dye lies elsewhere: calls and names are nowhere."""
    prover = Prover(DESIGN)
    for turn, fails in enumerate((False, True)):
        prover.look(native(fails=fails), Address("by-hand", turn, "by-hand"), DYES)
    assert [] == [(finding.phase, finding.concept, finding.what) for finding in prover.findings()]


def test_what_has_no_place() -> None:
    """Order is told while it streams and not in the result; boundaries, calls and a cut body are told nowhere."""
    declared = {phase: set(table) for phase, table in DESIGN.carries.items()}
    assert ["live"] == [phase for phase, concepts in declared.items() if "part.order" in concepts]
    nowhere = {"part.boundary", "truncation", "call.name", "call.id", "call.arguments", "response.model", "refusal"}
    assert set() == nowhere & set().union(*declared.values())


@pytest.mark.parametrize("fails", [False, True])
def test_schema_takes_our_events_and_no_others(fails: bool) -> None:
    """Each event matches; without a field, with one too many, or as another class, it does not."""
    schema = json.loads((DESIGN.folder / "events.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for _, event in native(fails=fails).events:
        assert validator.is_valid(event)
        assert not validator.is_valid({**event, "more": 1})
        assert not validator.is_valid({**event, "event": "NodeRunOtherEvent"})
        less = copy.deepcopy(event)
        del less["node_run_result"]["llm_usage"]
        assert not validator.is_valid(less)


def test_example_tells_them_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer is printed, the thinking apart from it, and the outputs are returned."""
    outputs = consume(events()[0])
    printed = capsys.readouterr()
    assert "Answerdye\n[stop]\n" == printed.out
    assert "\nThoughtdye\n" == printed.err
    assert ("Answerdye", "Thoughtdye") == (outputs["text"], outputs["reasoning_content"])


def test_example_survives_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """A node that failed has no outputs, and its error is told."""
    assert {} == consume(events(fails=True)[0])
    assert capsys.readouterr().err.endswith("\n[failure-dye]\n")
