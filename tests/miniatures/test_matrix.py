"""Miniatures and checks: the reference passes all, every miniature is rejected, and every check rejects."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict

import pytest

from tests.clauses.support import STREAMS, Stream, cells, run, verdict
from workbench.clauses import all_checks
from workbench.design import Design
from workbench.miniatures import all_miniatures
from workbench.miniatures.reference import Reference
from workbench.transcript import CONCEPTS, Json, Phase, Seen, transcript_of
from workbench.verdict import Verdict

MINIATURES = all_miniatures()
DAMAGED = {identity: design for identity, design in MINIATURES.items() if identity != "reference"}

ALIKE = {
    frozenset({"hoists-redacted", "puts-calls-last"}): (
        "one moves what is withheld and the other moves calls: the same clauses on different streams"
    ),
    frozenset({"ends-reasoning-late", "never-ends-reasoning"}): (
        "the first is seen only where frames are exact, the second also where nothing but their order is known"
    ),
}
"""Miniatures that the same checks reject, each with the reason why both are kept."""


@pytest.fixture(scope="module")
def matrix() -> dict[str, dict[Verdict, set[str]]]:
    """Clauses by miniature and verdict, over all hand-made streams."""
    rows: dict[str, dict[Verdict, set[str]]] = {}
    for identity, design in MINIATURES.items():
        row = rows.setdefault(identity, defaultdict(set))
        for cell in cells(design, STREAMS):
            row[cell.verdict].add(cell.clause)
    return rows


def test_the_reference_passes_every_check(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """Each check is passed on some stream and failed on none."""
    assert set(all_checks()) == matrix["reference"]["pass"]
    assert {"pass", "not-applicable"} == set(matrix["reference"])


def test_every_check_rejects_a_miniature(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """No check passes whatever it is given."""
    assert set(all_checks()) == set().union(*(row.get("fail", set()) for row in matrix.values()))


def test_every_miniature_is_rejected(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """No damage goes unseen."""
    assert set() == {identity for identity in DAMAGED if not matrix[identity].get("fail")}


def test_a_miniature_can_express_what_it_loses(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """Miniatures keep the reference's table, so that they fail and are never called inexpressible."""
    assert set() == {identity for identity, row in matrix.items() if "inexpressible" in row}


def test_no_two_miniatures_are_alike_without_a_reason(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """Two miniatures that the same checks reject count as one, unless it is written down why not."""
    rows: dict[frozenset[str], set[str]] = defaultdict(set)
    for identity in DAMAGED:
        rows[frozenset(matrix[identity]["fail"])].add(identity)
    assert set(ALIKE) == {frozenset(alike) for alike in rows.values() if len(alike) > 1}


def test_no_two_checks_reject_the_same_miniatures(matrix: dict[str, dict[Verdict, set[str]]]) -> None:
    """Every two clauses are told apart by a damage that one sees and the other does not."""
    columns: dict[frozenset[str], set[str]] = defaultdict(set)
    for clause in all_checks():
        columns[frozenset(identity for identity in DAMAGED if clause in matrix[identity]["fail"])].add(clause)
    assert [] == [alike for alike in columns.values() if len(alike) > 1]


@pytest.mark.parametrize("design", DAMAGED.values(), ids=DAMAGED)
def test_a_miniature_damages_the_design_and_nothing_else(design: Design) -> None:
    """It says in its docstring what it breaks, and leaves the reader, the table and the events' form alone."""
    kind = type(design)
    assert issubclass(kind, Reference)
    assert design.summary == (inspect.getdoc(kind) or "").partition("\n")[0] != Reference.summary
    for name in ("observe", "carries", "event_json", "history", "phases", "discriminators"):
        assert name not in vars(kind)


def without_frames(seen: Seen) -> Json:
    """Reduces what was seen to what it says, less when it was said."""
    return transcript_of(seen)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("phase", ["live", "final", "stored"])
def test_the_reference_is_lossless(stream: Stream, phase: Phase) -> None:
    """What is read back in a phase is the transcript that was sent."""
    assert stream.truth().projected == without_frames(run(MINIATURES["reference"], stream).seen[phase])


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_the_reference_loses_no_moment(stream: Stream) -> None:
    """While streaming, every piece, end and outcome is seen in the frame that brought it."""
    wire, seen = stream.truth().wire, run(MINIATURES["reference"], stream).seen["live"]
    assert (wire.turns, wire.finished, wire.usage_at, wire.ended, wire.failed, wire.truncated) == (
        seen.turns, seen.finished, seen.usage_at, seen.ended, seen.failed, seen.truncated,
    )  # fmt: skip
    for sent, shown in zip(wire.parts, seen.parts, strict=True):
        assert (sent.started, sent.named, sent.ended, sent.end_stated) == (
            shown.started, shown.named, shown.ended, shown.end_stated,
        )  # fmt: skip
        assert {frame for frame, _ in sent.arrivals} == {frame for frame, _ in shown.arrivals}


def test_the_reference_declares_every_concept_of_a_stream() -> None:
    """Its table has a path for everything while streaming, and no concept that is none."""
    carries = MINIATURES["reference"].carries
    assert set(CONCEPTS) == set(carries["live"])
    assert set(CONCEPTS) - {"part.start", "part.end", "call.value"} == set(carries["final"]) == set(carries["stored"])
    assert {phase for phase, table in carries.items() if set(table) <= set(CONCEPTS)} == set(carries)


def test_a_value_is_read_again_only_when_its_text_has_doubled() -> None:
    """Work on arguments grows with their length: snapshots are few, and each is at least as long as all before."""
    from tests.clauses.support import call

    pieces = tuple(f'"{n:05}",' for n in range(2000))
    stream = Stream((call("f", "[", *pieces, '"end"]', identity="c"),))
    native = run(MINIATURES["reference"], stream).native
    lengths = [len(json.dumps(event["value"])) for _, event in native.events if event["type"] == "part-snapshot"]
    assert 5 < len(lengths) < 20
    assert sum(lengths) < 3 * len("".join(pieces))


def test_a_check_that_lacks_its_concepts_is_inexpressible() -> None:
    """What a design has no path for is not judged, and the reason names it."""

    class Silent(Reference):
        """Carries no refusal."""

        id = "silent"
        carries = {**Reference.carries, "live": {"text": "[type=text-delta].text"}}

    cell = verdict(Silent(), STREAMS["refused"], "OUTCOME-REFUSAL-LIVE")
    assert ("inexpressible", "no path in the live phase for: text of a refusal, told from answer text") == (
        cell.verdict,
        cell.reason,
    )
