"""A body side by side in a terminal: frames downwards, the wire and each design across.

Theory of operation. Frame by frame, the wire's deltas and each design's events are put into words (`_words`). Frames
in a row in which every column says the same kind of thing are folded into one row: thirty pieces of answer text are one
row with the count and the joined text, and a column that stays silent meanwhile is seen to be silent. Where the columns
would be too narrow to read, each row is written as a paragraph with a line per column.

Rules:
1. A row never hides a difference between columns: folding needs equal keys in every column.
2. Rows are made as they are asked for. A long body costs as much as the rows that are shown.
3. Text is made safe here, and only shortened in its middle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from workbench.cli._words import Said, Speaker, say_delta, say_raised
from workbench.cli.console import elide, safe
from workbench.design import Design
from workbench.dialect import Decoded
from workbench.trace import Trace
from workbench.visible import visible

WIRE = "wire"
MOST_ROWS = 60
NARROWEST = 15
"""Characters that a column needs to be read."""
NAMELESS = "event"
"""What an event is called that has neither a type nor a text."""


class Run:
    """Events of one column that say the same kind of thing, in a row.

    State: grows until the next row begins.
    """

    def __init__(self, said: Said) -> None:
        self.first = said
        self.last = said
        self.texts = [] if said.text is None else [said.text]
        self.count = 1

    def add(self, said: Said) -> None:
        """Takes one more event; its key is that of the first."""
        self.last = said
        self.count += 1
        if said.text is not None:
            self.texts.append(said.text)

    def markup(self, room: int) -> str:
        """Writes the run in about `room` characters, as markup for a console."""
        words = [f"[cyan]{safe(self.first.name or NAMELESS)}[/]"] if self.first.name or not self.texts else []
        if self.count > 1:
            words.append(f"[dim]×{self.count}[/]")  # noqa: RUF001 - the sign for times
        facts = [f"{key}={value}" if value else key for key, value in (*self.first.facts, *self.last.latest) if key]
        facts += [value for key, value in self.last.latest if not key]
        if self.texts:
            taken = len(self.first.name) + sum(len(one) for one in facts) // 2 + 6
            words.append(f'"{_fit("".join(self.texts), max(room - taken, NARROWEST - 3))}"')
        words += [_fit(one, room) for one in facts]
        return " ".join(words)


def _fit(text: str, room: int) -> str:
    # Escaped after it was cut, or a cut could fall into the escape.
    return safe(elide(visible(elide(text, room)), 2 * room))


class Row:
    """A run of frames in which every column says the same kinds of things."""

    def __init__(self, frame: int, cells: Mapping[str, Sequence[Said]]) -> None:
        self.first = self.last = frame
        self.frames = 1
        self._key = _key(cells)
        self.cells = {column: [Run(said) for said in cell] for column, cell in cells.items()}

    def take(self, frame: int, cells: Mapping[str, Sequence[Said]]) -> bool:
        """Folds another frame in if it says the same; tells whether it did."""
        if _key(cells) != self._key:
            return False
        for column, cell in cells.items():
            for run, said in zip(self.cells[column], cell, strict=True):
                run.add(said)
        self.last = frame
        self.frames += 1
        return True

    @property
    def label(self) -> str:
        """The frames, as people count them in the other output: from 0."""
        if self.first < 0:
            return "-"
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def _key(cells: Mapping[str, Sequence[Said]]) -> list[list[tuple[object, ...]]]:
    return [[said.key for said in cell] for cell in cells.values()]


def iter_frames(
    decoded: Decoded, traces: Mapping[str, Trace], designs: Mapping[str, Design]
) -> Iterator[tuple[int, dict[str, list[Said]]]]:
    """Yields each frame in which somebody said something, with what the wire and every design said in it."""
    found: dict[int, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for frame, step in decoded.steps:
        found[frame][WIRE].extend(step)
    for name, trace in traces.items():
        for frame, event in trace.native.events:
            found[frame][name].append(event)
        if trace.native.raised is not None:
            found[trace.native.raised.frame].setdefault(name, [])
    speakers = {name: Speaker(designs[name]) for name in traces}
    for frame in sorted(found):
        cells = {WIRE: [say_delta(delta) for delta in found[frame][WIRE]]}  # type: ignore[arg-type]
        for name, trace in traces.items():
            cells[name] = [speakers[name].say(event) for event in found[frame][name]]
            if trace.native.raised is not None and trace.native.raised.frame == frame:
                cells[name].append(say_raised(trace.native.raised))
        yield frame, cells


def iter_rows(frames: Iterator[tuple[int, dict[str, list[Said]]]], *, fold: bool) -> Iterator[Row]:
    """Folds frames into rows; without `fold` each frame is a row of its own."""
    row: Row | None = None
    for frame, cells in frames:
        if row is not None and fold and row.take(frame, cells):
            continue
        if row is not None:
            yield row
        row = Row(frame, cells)
    if row is not None:
        yield row


def show_lanes(
    console: Console,
    decoded: Decoded,
    traces: Mapping[str, Trace],
    designs: Mapping[str, Design],
    *,
    all_frames: bool,
) -> None:
    """Prints a body side by side.

    Args:
        console: where to.
        decoded: the body.
        traces: what each design made of it.
        designs: by id, at least those of `traces`.
        all_frames: a row per frame, and no limit to their number; otherwise folded, and the first `MOST_ROWS`.
    """
    rows = iter_rows(iter_frames(decoded, traces, designs), fold=not all_frames)
    shown = list(rows if all_frames else islice(rows, MOST_ROWS))
    columns = [WIRE, *traces]
    edge = max((len(row.label) for row in shown), default=0)
    edge = max(edge, len("frame"))
    room = (console.width - edge - 2 - 3 * len(columns)) // len(columns)
    if room < NARROWEST:
        _stacked(console, shown, columns)
    else:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, show_edge=False)
        table.add_column("frame", justify="right", no_wrap=True, style="dim", width=edge)
        for name in columns:
            table.add_column(name, overflow="fold", ratio=1)
        for row in shown:
            table.add_row(row.label, *("\n".join(run.markup(2 * room) for run in row.cells[name]) for name in columns))
        console.print(table)
    left = next(rows, None)
    if left is not None:
        console.print(f"… and {decoded.last_frame + 1 - left.first} more frames; --all-frames shows every frame")


def _stacked(console: Console, rows: Sequence[Row], columns: Sequence[str]) -> None:
    wide = max(len(name) for name in columns)
    for row in rows:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=wide, style="bold")
        table.add_column(overflow="fold")
        for name in columns:
            if row.cells[name]:
                table.add_row(name, "\n".join(run.markup(2 * (console.width - wide - 4)) for run in row.cells[name]))
        console.print(f"[dim]frame {row.label}[/]")
        console.print(Padding(table, (0, 0, 0, 2)))
