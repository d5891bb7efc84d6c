"""Lanes: frames, events under them, and where a design first diverges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.pages import sample
from workbench.pages import lanes
from workbench.pages.book import Book
from workbench.pages.kinds import ARGUMENTS, OF_DELTA, OTHER, REASONING, TEXT, Classifier, read_delta
from workbench.trace import Address
from workbench.transcript import Delta
from workbench.verdict import Cell, Evidence

AT = sample.BODIES[0]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book over the sample, with lanes for one body."""
    return Book(sample.results(), sample.write_lanes(tmp_path, "Quillfeather"))


def test_each_delta_has_a_kind() -> None:
    """No delta of the neutral vocabulary is drawn as anything else."""
    tags = {cls.__struct_config__.tag for cls in Delta.__args__}
    assert set() == tags - set(OF_DELTA)


def test_a_delta_says_what_it_holds() -> None:
    """A part's start names its kind and its tool."""
    start = {"type": "part-start", "part": 0, "kind": "tool-call", "name": "look"}
    assert "tool-call look" == read_delta(start)[1]


@pytest.mark.parametrize(
    ("event", "kind", "said"),
    [
        ({"type": "text", "chunk": "a"}, TEXT, "a"),
        ({"type": "thought", "chunk": "b"}, REASONING, "b"),
        ({"type": "call", "args": "{"}, ARGUMENTS, "{"),
        ({"type": "call", "args": ""}, OTHER, ""),
        ({"type": "ping"}, OTHER, ""),
        (7, OTHER, ""),
    ],
)
def test_events_are_classified_by_their_table(event: object, kind: object, said: str) -> None:
    """The concept whose path is filled names the kind."""
    table = {"text": "[type=text].chunk", "reasoning": "[type=thought].chunk", "call.arguments": "[type=call].args"}
    assert (kind, said) == Classifier(table, ("type",)).read(event)[:2]


def test_reasoning_inside_text_is_drawn_as_text() -> None:
    """Where a design puts reasoning into its text, its user sees text."""
    classifier = Classifier({"text": "content", "reasoning": "content"}, ())
    assert TEXT == classifier.read({"content": "<think>"})[0]


def test_an_event_stands_under_its_frame(book: Book) -> None:
    """Each lane has a cell per frame that is shown."""
    view = lanes.make_lanes(book, AT, sample.lanes("x"))
    assert [4, 4, 4] == [len(lane.cells) for lane in view.lanes]
    assert ["0.0", "0.1", "0.2", "0.3"] == [chip.key for cell in view.lanes[0].cells for chip in cell.chips]


def test_the_first_divergence_is_marked_once(book: Book) -> None:
    """`beta` loses on frame 1 what the live clause asks for; nobody else is marked."""
    view = lanes.make_lanes(book, AT, sample.lanes("x"))
    assert [None, 1, None] == [lane.first for lane in view.lanes]
    assert [0, 1, 0, 0] == [len(cell.marks) for cell in view.lanes[1].cells]
    assert "REASONING-SEEN" == view.lanes[1].cells[1].marks[0].clause


def test_only_the_first_of_several_divergences_is_marked(tmp_path: Path) -> None:
    """What is lost later may follow from it: one column of a lane is marked, with at most three clauses."""
    lost = [
        Cell("beta", AT.fixture, AT.turn, AT.dialect, f"C-{index}", "fail", evidence=Evidence("x", 1, 2, frame))
        for index, frame in enumerate([3, 1, 1, 1, 1])
    ]
    marks = lanes.marks_of(lost, {cell.clause: "live" for cell in lost})
    lane = lanes._lane(
        Book(sample.results(), tmp_path), 0, "beta", sample.lanes("x")["subjects"]["beta"], range(4), marks, {}
    )
    assert (1, [0, lanes.MARKS, 0, 0]) == (lane.first, [len(cell.marks) for cell in lane.cells])


def test_only_live_failures_mark_the_axis() -> None:
    """What is lost later has no place on the axis of the stream."""
    lost = Cell("beta", AT.fixture, AT.turn, AT.dialect, "C", "fail", evidence=Evidence("x", 1, 2, 3))
    assert ({}, [3]) == (lanes.marks_of([lost], {"C": "stored"}), list(lanes.marks_of([lost], {"C": "live"})))


def test_a_long_body_is_cut_and_says_so(book: Book) -> None:
    """Beginning, end and the surroundings of a divergence are shown; the gap is counted."""
    view = lanes.make_lanes(book, AT, sample.lanes("x", frames=500))
    assert (500, lanes.FIRST_FRAMES + lanes.LAST_FRAMES) == (view.total, view.shown)
    assert [500 - lanes.FIRST_FRAMES - lanes.LAST_FRAMES] == [head.skipped for head in view.frames if head.skipped]


def test_frames_around_a_divergence_are_shown() -> None:
    """However late a divergence, its frame is on the axis with its neighbours."""
    assert {299, 300, 301} <= set(lanes.choose(500, [300]))


def test_a_short_body_is_shown_whole() -> None:
    """Nothing is cut that fits."""
    assert list(range(lanes.SHOWN_WHOLE)) == lanes.choose(lanes.SHOWN_WHOLE, [])


def test_what_came_before_the_first_frame_has_a_column(book: Book) -> None:
    """An event that needed no frame stands before the axis."""
    raw = sample.lanes("x")
    raw["subjects"]["alpha"]["events"].insert(0, [-1, {"type": "start"}])
    view = lanes.make_lanes(book, AT, raw)
    assert (-1, 1, 4) == (view.frames[0].index, len(view.lanes[0].cells[0].chips), view.shown)


def test_a_body_without_frames_has_lanes(book: Book) -> None:
    """An empty body is data, too."""
    raw = sample.lanes("x", frames=0)
    raw["wire"]["steps"] = [[-1, [{"type": "stream-truncated", "frame": -1}]]]
    view = lanes.make_lanes(book, AT, raw)
    assert (0, 0, [-1]) == (view.total, view.shown, [head.index for head in view.frames])


def test_many_events_after_one_frame_are_counted(book: Book) -> None:
    """What is not drawn is said."""
    raw = sample.lanes("x")
    raw["subjects"]["alpha"]["events"] = [[2, {"type": "text", "chunk": str(i)}] for i in range(20)]
    cell = lanes.make_lanes(book, AT, raw).lanes[0].cells[2]
    assert (lanes.CHIPS, 20 - lanes.CHIPS) == (len(cell.chips), cell.more)


def test_long_events_are_cut_in_the_payload(book: Book) -> None:
    """The panel's data stays small, whatever a stream holds."""
    view = lanes.make_lanes(book, AT, sample.lanes("W" * 50_000))
    assert len(json.dumps(view.payload)) < 40_000


@pytest.mark.parametrize("fixture", ["../../etc", "a/b", "..", "x\x00y"])
def test_lanes_are_read_from_their_folder_only(book: Book, fixture: str) -> None:
    """A slug that leads elsewhere has no lanes."""
    assert lanes.lane_file(book.lanes, Address(fixture, 0, "openai-chat")) is None


def test_broken_lanes_are_missing_lanes(book: Book) -> None:
    """A file that is not JSON is as good as none."""
    (book.lanes / "plain" / "1.openai-chat.json").write_text("{", "utf-8")
    assert lanes.read_lanes(book, AT) is None
