"""A short cut for most of any stream: frames that differ from one before in the text of a piece, and in nothing else.

Theory of operation. While a part grows, frame after frame holds the same JSON around the next piece of text. When such
a frame has been read, a *mould* is cast of it: all that stands before the text's string, and all that stands behind it.
Of a later frame that fits the mould only what stands between is parsed. If that is one JSON string, the frame says what
the first one said, with another text. This is proven when the mould is cast, not guessed: with a probe in the place of
the string, the whole must read as the same event with the probe as its text.

Rules:
1. Only a frame that continues a part and changes nothing else in the decoder's state is cast; the dialect says which.
2. Any other frame breaks all moulds, because what they stand for may have changed.
3. A stream may never repeat itself. So a mould costs credit, and credit comes with frames.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from workbench.dialects._decoder import JsonEventDecoder, Step
from workbench.dialects._json import REFUSALS
from workbench.transcript import Delta, Fragment
from workbench.wire import Frame

E = TypeVar("E", bound=Struct)

_PROBE: Final = "a probe"
_MOST: Final = 2  # moulds at a time: two tool calls may take turns
_PRICE: Final = 32  # frames in which the cost of a mould is lost, even if no frame fits it
_PURSE: Final = 4 * _PRICE  # the most credit: short parts may follow one another

_read_text = msgspec.json.Decoder(str).decode


def member(key: str) -> re.Pattern[str]:
    """Makes the pattern that finds a member of a JSON object whose value is a string; its group is that string."""
    return re.compile(rf'"{re.escape(key)}"[ \t]*+:[ \t]*+("(?:[^"\\]|\\.)*+")')


class Growth(Struct, gc=False):
    """What a frame adds to a part, if that is all it does, and where its text stands.

    Attributes:
        make: makes the delta.
        part: number of the part.
        pieces: where the decoder collects the part's pieces, if it does.
        holder, field: the struct in the event that holds the text, and in which field.
        member: finds the text in the frame.
    """

    make: type[Fragment]
    part: int
    pieces: list[str] | None
    holder: object
    field: str
    member: re.Pattern[str]


class Mould(Struct, frozen=True, gc=False):
    """What frames that continue a part have around their text.

    Attributes:
        before, after: what stands before the text's string and behind it; neither is empty.
        event: the frames' event type.
        make, part, pieces: as in `Growth`.
    """

    before: str
    after: str
    event: str
    make: type[Fragment]
    part: int
    pieces: list[str] | None


def cast(frame: Frame, event: Struct, growth: Growth, parse: Callable[[str], object]) -> Mould | None:
    """Casts a mould of a frame.

    Args:
        frame: the frame.
        event: what it was read as; the same afterwards.
        growth: what it adds to which part.
        parse: reads a frame's data as an event.

    Returns:
        The mould; None if what stands around the text alone does not make the event.
    """
    found = growth.member.search(frame.data)
    if found is None:
        return None
    before, after = frame.data[: found.start(1)], frame.data[found.end(1) :]
    text = getattr(growth.holder, growth.field)
    setattr(growth.holder, growth.field, _PROBE)
    proven = parse(f'{before}"{_PROBE}"{after}') == event
    setattr(growth.holder, growth.field, text)
    if not proven:
        return None
    return Mould(before, after, frame.event, growth.make, growth.part, growth.pieces)


class MouldingDecoder(JsonEventDecoder[E]):
    """A decoder that keeps moulds of the parts that are growing."""

    def __init__(self, parse: Callable[[str], E], *, careful: bool = False) -> None:
        super().__init__(parse, careful=careful)
        self._moulds: list[Mould] = []
        self._credit = _PURSE
        self._paid_at = 0  # index of the frame up to which credit has come

    def _growth(self, event: E, frame: Frame) -> Growth | None:
        """Says what an event adds to which part, if its text is not empty and that is all it does."""
        raise NotImplementedError

    def receive(self, frame: Frame) -> list[Delta]:
        """Returns the deltas of one frame, in order; an empty list when it holds none."""
        steps = self.read((frame,))
        return list(steps[0][1]) if steps else []

    def read(self, frames: Sequence[Frame]) -> list[Step]:
        """Returns the steps of frames in a row; see `JsonEventDecoder.read`."""
        steps: list[Step] = []
        for frame in frames:
            data = frame.data
            for mould in self._moulds:
                # Both methods give the very same string where there is nothing to remove.
                rest = data.removeprefix(mould.before)
                if rest is data:
                    continue
                string = rest.removesuffix(mould.after)
                if string is rest or frame.event != mould.event:
                    continue
                try:
                    text = _read_text(string)
                except REFUSALS:
                    continue
                if text:
                    if mould.pieces is not None:
                        mould.pieces.append(text)
                    steps.append((frame.index, (mould.make(frame.index, mould.part, text),)))
                    break
            else:
                self._last = frame
                step = self._read_whole(frame)
                if step:
                    steps.append((frame.index, tuple(step)))
        self._last = frames[-1] if frames else self._last
        return steps

    def _read_whole(self, frame: Frame) -> list[Delta]:
        """Reads a frame that fits no mould, and casts one of it if that can be."""
        try:
            event = self._parse(frame.data)
        except REFUSALS:
            self._moulds.clear()
            return self._receive_carefully(frame)
        growth = self._growth(event, frame)
        if growth is None:
            self._moulds.clear()
            return self._take(event, frame)
        self._keep(event, growth, frame)
        text = getattr(growth.holder, growth.field)
        if growth.pieces is not None:
            growth.pieces.append(text)
        return [growth.make(frame.index, growth.part, text)]

    def _keep(self, event: E, growth: Growth, frame: Frame) -> None:
        """Casts a mould of a frame that fits none, if there is credit."""
        self._credit = min(self._credit + frame.index - self._paid_at, _PURSE)
        self._paid_at = frame.index
        if self._credit < _PRICE:
            self._moulds.clear()
            return
        self._credit -= _PRICE
        mould = cast(frame, event, growth, self._fast)
        if mould is not None:
            self._moulds = [mould, *self._moulds[: _MOST - 1]]
