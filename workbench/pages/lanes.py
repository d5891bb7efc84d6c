"""Lanes: one body on one axis, the wire on top and each design's own events below, with the first divergence marked.

Theory of operation. The axis is the body's frames. An event stands in the column of the frame after which it came, so
what arrives late stands to the right of what carried it. A long body is cut to its beginning, its end and the frames
around each divergence; a column says how many frames are not shown, and the whole file is linked.

Rules:
1. What is shown is cut, never changed; whatever is cut says so.
2. The mark comes from the evidence of failing cells, not from a comparison made here.
3. A file that cannot be read is said to be missing, and why.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from workbench.jsontext import read_json
from workbench.pages.book import Book
from workbench.pages.inert import clip, compact, name_of, one_line
from workbench.pages.kinds import OTHER, Classifier, KindView, read_delta
from workbench.trace import Address
from workbench.transcript import Json
from workbench.verdict import Cell

FIRST_FRAMES = 26
LAST_FRAMES = 4
AROUND = 1
"""Frames that are shown of a long body: at its beginning, at its end, and on each side of a divergence."""

SHOWN_WHOLE = 34
"""A body of at most this many frames is shown whole."""

CHIPS = 8
"""Events of one design after one frame that are shown."""

MARKS = 3
"""Clauses that are named where a design first diverges; the table below the lanes has all."""

CHIP_TEXT = 48
WIRE_TEXT = 70
FRAME_JSON = 1200
EVENT_JSON = 1600
"""Characters shown on an event, and in the panel beside it."""


class Chip(Struct, frozen=True):
    """One event as it is drawn.

    Attributes:
        key: where its JSON lies in the payload: lane and number; empty for the wire's own meaning.
    """

    kind: KindView
    name: str
    text: str
    key: str


class Mark(Struct, frozen=True):
    """Where a design first parts from what was sent."""

    clause: str
    where: str


class LaneCell(Struct, frozen=True):
    """One design after one frame.

    Attributes:
        more: events that are not drawn.
        marks: clauses whose first divergence was carried by this frame.
    """

    chips: tuple[Chip, ...]
    more: int
    marks: tuple[Mark, ...]


class FrameHead(Struct, frozen=True):
    """One column of the axis.

    Attributes:
        index: of the frame; -1 stands for what was there before the first.
        skipped: frames that are not shown before this one.
    """

    index: int
    start: int
    end: int
    event: str
    data: str
    meaning: tuple[Chip, ...]
    skipped: int


class Lane(Struct, frozen=True):
    """One design's row.

    Attributes:
        first: frame of its first divergence; None where there is none that names a frame.
        message: its final message as JSON, or None.
        raised: the exception that reached its user, in words.
        events: how many events it handed out in all.
    """

    subject: str
    design: str
    cells: tuple[LaneCell, ...]
    first: int | None
    message: Json
    raised: str | None
    events: int


class LanesView(Struct, frozen=True):
    """All lanes of one body.

    Attributes:
        total: frames of the body.
        shown: frames that are drawn.
        payload: what the panel shows, by frame and by event: JSON, or text where it was cut.
        diagnostics: remarks of the decoder.
    """

    frames: tuple[FrameHead, ...]
    lanes: tuple[Lane, ...]
    total: int
    shown: int
    payload: Json
    projected: Json
    diagnostics: tuple[Json, ...]


def lane_file(folder: Path, at: Address) -> Path | None:
    """Finds the lanes of a body; None when a name in it could lead elsewhere."""
    plain = name_of(at.fixture) == at.fixture and name_of(at.dialect) == at.dialect
    return folder / at.fixture / f"{at.turn + 1}.{at.dialect}.json" if plain else None


def read_lanes(book: Book, at: Address) -> Any | None:
    """Reads the lanes of a body; None when there is no file that can be read."""
    path = lane_file(book.lanes, at)
    if path is None or not path.is_file():
        return None
    try:
        return read_json(path.read_bytes())
    except ValueError:
        return None


def marks_of(cells: Sequence[Cell], phases: Mapping[str, str]) -> dict[int, list[Mark]]:
    """Takes from failing live cells the frames that carried what was lost.

    Args:
        cells: of one subject on one body.
        phases: clause to phase.
    """
    found: dict[int, list[Mark]] = {}
    for cell in cells:
        frame = cell.evidence.frame if cell.evidence is not None else None
        if cell.verdict == "fail" and cell.evidence is not None and frame is not None and phases[cell.clause] == "live":
            found.setdefault(frame, []).append(Mark(cell.clause, cell.evidence.where))
    return found


def choose(total: int, wanted: Sequence[int]) -> list[int]:
    """Chooses the frames to show: all of a short body; else its ends and what lies around the wanted ones."""
    if total <= SHOWN_WHOLE:
        return list(range(total))
    chosen = {*range(FIRST_FRAMES), *range(total - LAST_FRAMES, total)}
    for frame in sorted(wanted)[:6]:
        chosen |= set(range(max(0, frame - AROUND), min(total, frame + AROUND + 1)))
    return sorted(chosen)


def make_lanes(book: Book, at: Address, raw: Any) -> LanesView:
    """Makes the lanes of one body.

    Args:
        book: for tables of designs and for verdicts.
        at: which body.
        raw: the file's content; see `workbench.harness.output`.
    """
    wire = raw["wire"]
    phases = {clause.id: clause.phase for clause in book.clauses.values()}
    marks = {subject: marks_of(book.cells_on(str(at), subject), phases) for subject in raw["subjects"]}
    firsts = [min(found) for found in marks.values() if found]
    total = len(wire["frames"])
    columns = choose(total, firsts)
    early = any(frame < 0 for lane in raw["subjects"].values() for frame, _ in lane["events"])
    if early or not columns:
        columns = [-1, *columns]
    payload: dict[str, Any] = {"frames": {}, "events": {}}
    for index in columns:
        if index >= 0:
            frame = wire["frames"][index]
            head = f"frame {index}, bytes {frame['start']:,} to {frame['end']:,}"
            payload["frames"][str(index)] = [head, one_line(frame["event"] or "", 80), _cut(frame["data"], FRAME_JSON)]
    wanted = [column.subject for column in book.columns if column.subject in raw["subjects"]]
    lanes = [
        _lane(book, number, subject, raw["subjects"][subject], columns, marks[subject], payload["events"])
        for number, subject in enumerate(wanted)
    ]
    return LanesView(
        tuple(_heads(wire, columns)),
        tuple(lanes),
        total,
        len([index for index in columns if index >= 0]),
        payload,
        raw.get("projected", {}),
        tuple(wire.get("diagnostics", ())),
    )


def _heads(wire: Any, columns: Sequence[int]) -> list[FrameHead]:
    said: dict[int, list[Chip]] = {}
    for frame, step in wire["steps"]:
        for delta in step:
            kind, text = read_delta(delta)
            shown = text if isinstance(text, str) else compact(text, CHIP_TEXT)
            said.setdefault(frame, []).append(Chip(kind, str(delta.get("type", "")), clip(shown, CHIP_TEXT), ""))
    heads: list[FrameHead] = []
    before = -1
    for index in columns:
        skipped = index - before - 1 if index >= 0 else 0
        before = index
        meaning = tuple(said.get(index, ()))
        if index < 0:
            heads.append(FrameHead(index, 0, 0, "", "", meaning, 0))
            continue
        frame = wire["frames"][index]
        data = clip(frame["data"], WIRE_TEXT)
        heads.append(FrameHead(index, frame["start"], frame["end"], frame["event"] or "", data, meaning, skipped))
    return heads


def _lane(
    book: Book,
    number: int,
    subject: str,
    lane: Any,
    columns: Sequence[int],
    marks: Mapping[int, list[Mark]],
    payload: dict[str, Json],
) -> Lane:
    design = book.designs.get(lane["design"], {})
    table = {concept: row["path"] for concept, row in design.get("carries", {}).get("live", {}).items()}
    classifier = Classifier(table, design.get("discriminators", ("type",)))
    by_frame: dict[int, list[Json]] = {}
    for frame, event in lane["events"]:
        by_frame.setdefault(frame, []).append(event)
    first = min(marks) if marks else None
    cells: list[LaneCell] = []
    count = 0
    for column in columns:
        events = by_frame.get(column, [])
        chips: list[Chip] = []
        for event in events[:CHIPS]:
            key = f"{number}.{count}"
            count += 1
            payload[key] = event if len(json.dumps(event)) <= EVENT_JSON else compact(event, EVENT_JSON)
            chips.append(_chip(classifier, event, key, snapshots=bool(design.get("snapshots"))))
        found = tuple(marks[column][:MARKS]) if column == first else ()
        cells.append(LaneCell(tuple(chips), max(0, len(events) - CHIPS), found))
    raised = lane.get("raised")
    said = f"{raised['type']} after frame {raised['frame']}: {raised['message']}" if raised else None
    return Lane(subject, lane["design"], tuple(cells), first, lane.get("message"), said, len(lane["events"]))


def _chip(classifier: Classifier, event: Json, key: str, *, snapshots: bool) -> Chip:
    kind, text, name = classifier.read(event)
    if kind is OTHER or snapshots:
        text = compact(event, CHIP_TEXT)
    return Chip(kind, name, clip(text, CHIP_TEXT), key)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text):,} characters)"
