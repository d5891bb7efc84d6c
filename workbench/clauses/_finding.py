"""How checks find what was sent in what was seen, and point at the first thing that is missing or too much.

Rules:
1. Work grows in line with the text, and with its logarithm where the end of a broken piece is looked for.
2. Evidence names the frame that carried what was lost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from workbench.transcript import NOWHERE, Json, SeenPart
from workbench.verdict import EXCERPT, PASSED, Evidence, Judgement, compare


class Search(Struct, frozen=True):
    """Where pieces were found in a text, in order and without overlap.

    Attributes:
        starts: of the pieces that were found, up to the first that was not.
        missing: index of the first piece that was not found; None when all were.
        rest: what of the text belongs to no piece, when all were found.
    """

    starts: tuple[int, ...]
    missing: int | None
    rest: tuple[tuple[int, str], ...] = ()


def search(pieces: Sequence[str], text: str) -> Search:
    """Finds pieces in a text, each as early as it can be after the one before."""
    starts: list[int] = []
    rest: list[tuple[int, str]] = []
    at = 0
    for index, piece in enumerate(pieces):
        start = text.find(piece, at)
        if start < 0:
            return Search(tuple(starts), index)
        if start > at:
            rest.append((at, text[at:start]))
        starts.append(start)
        at = start + len(piece)
    if at < len(text):
        rest.append((at, text[at:]))
    return Search(tuple(starts), None, tuple(rest))


def frame_of(part: SeenPart, position: int) -> int | None:
    """Says which frame brought the character at a position of a part's text; None where that is not known."""
    lengths = [length for _, length in part.arrivals]
    at = bisect_right(lengths, position)
    frame = part.arrivals[at][0] if at < len(part.arrivals) else NOWHERE
    return None if frame == NOWHERE else frame


def contained(parts: Sequence[SeenPart], text: str, where: str) -> Judgement:
    """Judges that each part's text is found in a text, whole and in order.

    Args:
        parts: as sent; those without text count as found.
        text: what was seen.
        where: what to call the place.
    """
    said = [part for part in parts if part.text]
    found = search([part.text for part in said], text)
    if found.missing is None:
        return PASSED
    part = said[found.missing]
    at = found.starts[-1] + len(said[found.missing - 1].text) if found.starts else 0
    kept, start = _longest_prefix(part.text, text, at)
    sent = part.text[kept : kept + EXCERPT]
    seen = text[start + kept : start + kept + EXCERPT]
    place = f"{where} {found.missing + 1}, from character {kept}"
    return Judgement(False, Evidence(place, sent, seen or None, frame_of(part, kept)))


def _longest_prefix(piece: str, text: str, at: int) -> tuple[int, int]:
    """Finds how much of a piece's beginning is in a text from a position on, and where."""
    low, high, start = 0, len(piece), at
    while low < high:
        middle = (low + high + 1) // 2
        found = text.find(piece[:middle], at)
        if found < 0:
            high = middle - 1
        else:
            low, start = middle, found
    return low, start


def free_of(own: Sequence[str], foreign: Sequence[str], text: str, where: str) -> Judgement:
    """Judges that a text holds nothing but its own pieces.

    Where its own pieces are not whole, what is too much cannot be told from what is damaged; then the text fails only
    if it holds something that is known to be foreign.

    Args:
        own: what belongs there, in order.
        foreign: what was sent as something else.
        text: what was seen.
        where: what to call the place.
    """
    found = search(own, text)
    if found.rest:
        at, extra = found.rest[0]
        return Judgement(False, Evidence(f"{where}, from character {at}, too much", None, extra[:EXCERPT]))
    if found.missing is None:
        return PASSED
    belongs = "".join(own)
    for other in foreign:
        core = other.strip()
        if core and core in text and core not in belongs:
            at = text.find(core)
            return Judgement(False, Evidence(f"{where}, from character {at}, too much", None, core[:EXCERPT]))
    return PASSED


class Comparing(Protocol):
    """Compares what was sent with what was seen in one place."""

    def __call__(self, sent: Json, seen: Json, where: str, *, frame: int | None) -> Judgement:
        """Passes when both are equal, else points at what differs."""


def as_whole(sent: Json, seen: Json, where: str, *, frame: int | None) -> Judgement:
    """Compares short things such as names and identifiers, which are shown whole where they differ."""
    return PASSED if sent == seen else Judgement(False, Evidence(where, sent, seen, frame))


def same_arguments(sent: Json, seen: Json, where: str, *, frame: int | None) -> Judgement:
    """Compares arguments as `_reading.arguments` shows them; those of different kinds are shown whole."""
    if list(sent) != list(seen):
        return Judgement(False, Evidence(where, sent, seen, frame))
    return compare(sent, seen, where, frame=frame)


def same_call(sent: Json, seen: Json, where: str, *, frame: int | None) -> Judgement:
    """Compares two calls, each a name and its arguments."""
    named = as_whole(sent[0], seen[0], f"name of {where}", frame=frame)
    return same_arguments(sent[1], seen[1], f"arguments of {where}", frame=frame) if named.passed else named


def each(
    sent: Sequence[Json],
    seen: Sequence[Json],
    where: str,
    frames: Sequence[int | None] = (),
    *,
    by: Comparing = compare,
) -> Judgement:
    """Compares two lists item by item and points at the first that differs.

    Args:
        sent: what should be there.
        seen: what is there.
        where: what to call an item.
        frames: of the items that were sent.
        by: how two items are compared.
    """
    for index in range(max(len(sent), len(seen))):
        place = f"{where} {index + 1}"
        frame = frames[index] if index < len(frames) else None
        if index >= len(seen):
            return Judgement(False, Evidence(f"{place}, missing", sent[index], None, frame))
        if index >= len(sent):
            return Judgement(False, Evidence(f"{place}, one too many", None, seen[index]))
        judged = by(sent[index], seen[index], place, frame=frame)
        if not judged.passed:
            return judged
    return PASSED


class Growth:
    """When a text that grew could be read up to some length: frames and lengths, made monotonic."""

    def __init__(self, pieces: Sequence[tuple[int, str]]) -> None:
        self._lengths: list[int] = []
        self._frames: list[int] = []
        length = 0
        for frame, piece in pieces:
            length += len(piece)
            latest = max(frame, self._frames[-1]) if self._frames else frame
            self._lengths.append(length)
            self._frames.append(latest)

    def frame_at(self, length: int) -> int | None:
        """Says after which frame so many characters could be read; None when never."""
        at = bisect_left(self._lengths, length)
        return self._frames[at] if at < len(self._frames) else None
