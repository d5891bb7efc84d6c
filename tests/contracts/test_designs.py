"""What every design promises, whichever it is: a whole folder, true words about itself, and a reader of JSON alone.

Rules:
1. Designs are discovered and none is named here: who adds one gets these tests with it.
2. Each design is run once over the whole corpus, and all tests look at that.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from workbench.corpus import load_corpus
from workbench.design import Design, NativeRaise
from workbench.designs import all_designs
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import only, reached, trace_of
from workbench.harness.run import ReadBody, read_bodies
from workbench.jsontext import digest, write_json
from workbench.native import Native
from workbench.trace import Trace
from workbench.trace_file import write_trace
from workbench.transcript import CONCEPTS, PHASES, Phase, see

ROOT = Path(__file__).resolve().parents[2]
DESIGNS = all_designs()
WHOLE = ("README.md", "events.schema.json", "example.py", "__init__.py")
SAMPLE = 7
"""Every so many bodies go through a fresh process."""

each_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)


@dataclass(frozen=True)
class Ran:
    """One design on one body."""

    body: ReadBody
    native: Native
    trace: Trace


@cache
def bodies() -> tuple[ReadBody, ...]:
    """All bodies of the corpus, decoded once."""
    return tuple(read_bodies(load_corpus(), all_dialects()))


def native_of(design: Design, body: ReadBody) -> Native:
    """Runs one adapter over one body, as the harness does for a first turn."""
    request, follow = body.turn.request, body.turn.follow
    under = DESIGNS[design.over] if design.over else None
    return adapt(design, body.decoded, request, follow, under=under, fixture=str(body.address))


@cache
def ran(identity: str) -> tuple[Ran, ...]:
    """Runs a design over every body that it can be used on."""
    design = DESIGNS[identity]
    usable = [body for body in bodies() if design.applies(body.turn.request) is None]
    natives = [(body, native_of(design, body)) for body in usable]
    return tuple(Ran(body, native, trace_of(design, native, body.address)) for body, native in natives)


def test_there_are_designs() -> None:
    """Discovery finds folders; an empty one would make every test here pass."""
    assert DESIGNS


@each_design
def test_folder_is_whole(design: Design) -> None:
    """A design brings its README, the schema of its events and an example, in the folder that bears its name."""
    assert [] == [name for name in WHOLE if not (design.folder / name).is_file()]
    assert design.id == design.folder.name.replace("_", "-")
    assert DESIGNS[design.id] is importlib.import_module(f"workbench.designs.{design.folder.name}").DESIGN


@each_design
def test_readme_says_where_it_comes_from(design: Design) -> None:
    """The README names the release that the adapter ports, and the files or pages where that can be read."""
    text = (design.folder / "README.md").read_text("utf-8")
    assert re.search(r"https://|\w/\w+\.py\b", text)
    assert design.port is None or design.port.release in text


@each_design
def test_words_about_itself(design: Design) -> None:
    """Title, summary and status are there; the status can be checked, and a proof is a test that exists."""
    assert all((design.title, design.summary.endswith("."), design.status.where))
    assert design.status.source.startswith("https://")
    if design.port is not None and design.port.proof is not None:
        assert (ROOT / design.port.proof.partition("::")[0]).is_file()


@each_design
def test_table_speaks_of_its_phases(design: Design) -> None:
    """Phases and tables name the same phases, of those that there are, and concepts that there are."""
    assert set(design.phases) == set(design.carries)
    assert set(design.phases) <= set(PHASES)
    assert {concept for table in design.carries.values() for concept in table} <= set(CONCEPTS)
    assert all(note.api and note.source for note in design.phases.values())


@each_design
def test_deviations_name_fixtures(design: Design) -> None:
    """A known deviation is about a fixture and a phase that there are, with a reason and a link."""
    slugs = {fixture.slug for fixture in load_corpus().fixtures}
    for one in design.deviations:
        assert (one.fixture in slugs, one.phase in design.phases) == (True, True)
        assert one.reason
        assert one.link.startswith("https://")


@each_design
def test_it_can_be_used_or_says_why_not(design: Design) -> None:
    """`applies` answers None or a sentence for each request, the same each time, and None for at least one."""
    answers = [design.applies(body.turn.request) for body in bodies()]
    assert answers == [design.applies(body.turn.request) for body in bodies()]
    assert None in answers
    assert "" not in answers


@each_design
def test_events_are_what_the_schema_says(design: Design) -> None:
    """Every event of every body matches the folder's schema, and there are events."""
    schema = json.loads((design.folder / "events.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    events = {digest(event): (one.body.address, event) for one in ran(design.id) for _, event in one.native.events}
    assert [] == [
        f"{address}: {error.json_path}: {error.message}"
        for address, event in events.values()
        for error in validator.iter_errors(event)
    ]
    assert events


@pytest.mark.parametrize("design", [one for one in DESIGNS.values() if not one.snapshots], ids=lambda one: one.id)
def test_schema_refuses_something(design: Design) -> None:
    """A schema that takes any value says nothing. Snapshots are left out: they are objects of the user's own class."""
    schema = json.loads((design.folder / "events.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    odd: list[Any] = [None, 3.25, "no event", ["no event"], {"no": "event"}]
    assert False in [validator.is_valid(one) for one in odd]


@each_design
def test_running_twice_gives_the_same(design: Design) -> None:
    """An adapter has no memory: the same body gives the same native JSON again."""
    again = [digest(msgspec.to_builtins(native_of(design, one.body))) for one in ran(design.id)[::SAMPLE]]
    assert [digest(msgspec.to_builtins(one.native)) for one in ran(design.id)[::SAMPLE]] == again


@each_design
def test_reader_is_pure(design: Design) -> None:
    """Asked again, a reader says the same, and leaves the JSON that it was given as it was."""
    for one in ran(design.id):
        before = write_json(msgspec.to_builtins(one.native))
        for phase in (phase for phase in design.phases if reached(phase, one.native)):
            first = list(design.observe(phase, only(phase, one.native)))
            assert first == list(design.observe(phase, only(phase, one.native)))
        assert before == write_json(msgspec.to_builtins(one.native))


READER = """
import sys
from workbench.designs import all_designs
from workbench.harness.observe import trace_of
from workbench.jsontext import digest
from workbench.trace_file import address_of, read_traces
import msgspec
for head, native in read_traces(sys.stdin.buffer):
    trace = trace_of(all_designs()[head["design"]], native, address_of(head))
    print(trace.address, digest(msgspec.to_builtins(dict(trace.seen))))
"""


@each_design
def test_reader_needs_the_trace_file_alone(design: Design, tmp_path: Path) -> None:
    """A fresh process sees in the trace file what was seen here, with nothing else to go by."""
    sample = ran(design.id)[::SAMPLE]
    lines = b"".join(write_trace(one.trace, snapshots=design.snapshots) for one in sample)
    command = [sys.executable, "-c", READER]
    done = subprocess.run(command, input=lines, cwd=tmp_path, capture_output=True, check=False, timeout=60)
    assert "" == done.stderr.decode()
    expected = [f"{one.trace.address} {digest(msgspec.to_builtins(dict(one.trace.seen)))}" for one in sample]
    assert expected == done.stdout.decode().splitlines()


@each_design
def test_reader_sees_something_in_each_phase(design: Design) -> None:
    """No phase is declared that its reader never reads anything off."""
    seen: dict[Phase, int] = {
        phase: sum(len(one.trace.seen[phase].parts) for one in ran(design.id)) for phase in design.phases
    }
    assert [] == [phase for phase, parts in seen.items() if not parts]


@each_design
def test_sightings_are_in_time(design: Design) -> None:
    """Live sightings come in the order of frames, and none before its frame or after the body's last."""
    for one in ran(design.id):
        frames = [sighting.frame for sighting in design.observe("live", only("live", one.native))]
        assert sorted(frames) == frames
        assert all(-1 <= frame <= one.native.last_frame for frame in frames)


@each_design
def test_nothing_is_seen_in_nothing(design: Design) -> None:
    """Of a record without events the reader makes no part: what it says, it says from the JSON."""
    assert () == see(design.observe("live", Native())).parts


def consumer_of(design: Design) -> Callable[..., Any]:
    """The one public function of a design's example."""
    module = importlib.import_module(f"workbench.designs.{design.folder.name}.example")
    public = [
        found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert 1 == len(public), "an example has one public function: the consumer"
    return public[0]


def fed(design: Design, body: ReadBody, *, deltas: bool) -> Iterator[object]:
    """What the consumer iterates over: the design's events, or the deltas by frame, where it makes events of them."""
    if deltas:
        yield from (step for _, step in body.decoded.steps)
        return
    adapter = design.start(body.turn.request)
    lower = DESIGNS[design.over].start(body.turn.request) if design.over else None
    try:
        for _, step in body.decoded.steps:
            for event in [step] if lower is None else ([one] for one in lower.receive(step)):
                yield from adapter.receive(event)  # type: ignore[arg-type]
        for event in () if lower is None else lower.finish():
            yield from adapter.receive([event])  # type: ignore[list-item]
    except NativeRaise as error:
        yield from adapter.fail(error)
        return
    yield from adapter.finish()


@each_design
def test_example_runs_on_the_corpus(design: Design, capsys: pytest.CaptureFixture[str]) -> None:
    """A consumer that was written for this design gets through every body; only the design's own exception ends it."""
    consume = consumer_of(design)
    (argument, *_) = inspect.signature(consume).parameters.values()
    for one in ran(design.id):
        with contextlib.suppress(NativeRaise):
            outcome = consume(fed(design, one.body, deltas="Delta" in str(argument.annotation)))
            if isinstance(outcome, Iterable):
                list(outcome)
    capsys.readouterr()
