"""The folder says what is so: its schemas, its table, its example, its README."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest
from jsonschema import Draft202012Validator

from tests.designs.pydantic_ai.streams import ASKED, STREAMS, native_of
from workbench.corpus import load_corpus
from workbench.designs.pydantic_ai import DESIGN
from workbench.designs.pydantic_ai.example import show
from workbench.designs.pydantic_ai.vocabulary import ModelResponseStreamEvent
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.proof import Prover
from workbench.harness.run import ReadBody, read_bodies
from workbench.native import Native


@cache
def ran() -> tuple[tuple[ReadBody, Native], ...]:
    """The adapter on every body of the corpus."""
    bodies = read_bodies(load_corpus(), all_dialects())
    return tuple((one, adapt(DESIGN, one.decoded, one.turn.request, one.turn.follow)) for one in bodies)


@cache
def schema() -> dict[str, object]:
    """The folder's schema."""
    read: dict[str, object] = json.loads((DESIGN.folder / "events.schema.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("what", ["message", "stored", "request"])
def test_phases_after_the_stream_match_the_schema(what: str) -> None:
    """Message, stored form and next request of every body are as the folder says."""
    validator = Draft202012Validator({**schema(), "$ref": f"#/$defs/{what}"})
    faults = [error.message for _, one in ran() for error in validator.iter_errors(getattr(one, what))]
    assert [] == faults[:3]


@pytest.mark.parametrize("name", STREAMS)
def test_events_of_written_streams_match_the_schema(name: str) -> None:
    """Also those of streams that the corpus has not."""
    validator = Draft202012Validator(schema())
    assert [] == [
        error.message for _, event in native_of(STREAMS[name]).events for error in validator.iter_errors(event)
    ]


def test_the_table_claims_neither_too_much_nor_too_little() -> None:
    """Every declared path is filled by a body, and no dye lies where nothing is declared."""
    prover = Prover(DESIGN)
    for body, native in ran():
        prover.look(native, body.address, body.fixture.dyes)
    assert [] == [f"{one.phase} {one.concept}: {one.what}" for one in prover.findings()]


def test_stored_and_restored_are_one() -> None:
    """Reading back what was stored gives the message that was stored."""
    assert [] == [str(body.address) for body, one in ran() if one.restored != one.message]


def test_the_example_shows_each_thing_in_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer goes to standard output, the thinking to standard error, and calls come back whole."""

    def events(name: str) -> Iterator[ModelResponseStreamEvent]:
        adapter = DESIGN.start(ASKED)
        for step in STREAMS[name]:
            yield from adapter.receive(step)  # type: ignore[misc]

    assert [] == show(events("adjacent reasoning, each signed"))
    assert ("so", "one") == capsys.readouterr()
    calls = show(events("interleaved calls"))
    assert [("look", '{"a": 1}', "c1"), ("count", "{}", "c2")] == [(c.tool_name, c.args, c.tool_call_id) for c in calls]
    assert [] == show(events("a tool of the provider"))
