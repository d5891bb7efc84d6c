"""Pictures of benchmark numbers: places on a logarithmic axis, worked out here and drawn as inline SVG by a template.

Rules:
1. An estimate is a mark with its interval and its number beside it; colour carries nothing alone.
2. An axis is logarithmic and says so; its ticks are 1, 2 and 5 times powers of ten.
3. The order of rows is that of names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

WIDTH = 760
LABEL = 210
NUMBERS = 150
ROW = 26
TOP = 24
"""Sizes in the units of the drawing: its width, the room for names on the left and numbers on the right, a row's
height, and the room for the axis."""


class Estimate(Struct, frozen=True):
    """A value with its interval.

    Attributes:
        family: estimates of one family answer the same question, so it makes sense to hold them against each other.
    """

    family: str
    name: str
    value: float
    low: float
    high: float


class Tick(Struct, frozen=True):
    """One tick of an axis."""

    at: float
    text: str


class ForestRow(Struct, frozen=True):
    """One estimate, placed."""

    name: str
    y: float
    x: float
    low: float
    high: float
    text: str


class Forest(Struct, frozen=True):
    """Estimates under one another on one axis.

    Attributes:
        one: where the value 1 lies; None where it is off the axis.
    """

    width: int
    height: float
    left: int
    right: int
    ticks: tuple[Tick, ...]
    rows: tuple[ForestRow, ...]
    one: float | None


class Curve(Struct, frozen=True):
    """One line of a growth chart: its points as SVG writes them, and where its name stands."""

    name: str
    points: str
    dots: tuple[tuple[float, float], ...]
    x: float
    y: float
    number: int


class Growth(Struct, frozen=True):
    """Several lines over the same sizes, both axes logarithmic."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    curves: tuple[Curve, ...]


def number(value: float) -> str:
    """Writes a value with about three figures."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.1 else f"{value:.3g}"


def ticks(low: float, high: float) -> list[float]:
    """Chooses 1, 2 and 5 times powers of ten that lie in a range."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found = [factor * 10.0**power for power in range(first, last + 1) for factor in (1, 2, 5)]
    return [one for one in found if low <= one * 1.0001 and one <= high * 1.0001]


class _Axis:
    """Places values on a logarithmic axis between two points."""

    def __init__(self, values: Iterable[float], start: float, end: float) -> None:
        known = [value for value in values if value > 0]
        self.low = min(known) / 1.15
        self.high = max(known) * 1.15
        self._start, self._end = start, end
        self._scale = (end - start) / (math.log10(self.high) - math.log10(self.low))

    def at(self, value: float) -> float:
        """The place of a value; one that cannot be placed stands at the start."""
        if value <= 0:
            return self._start
        return round(self._start + (math.log10(value) - math.log10(self.low)) * self._scale, 1)

    def ticks(self, most: int = 9) -> tuple[Tick, ...]:
        """The ticks of the axis: fewer factors where there would be too many."""
        found = ticks(self.low, self.high)
        if len(found) > most:
            found = [one for one in found if math.log10(one) % 1 < 0.01]
        return tuple(Tick(self.at(one), f"{one:,.0f}" if one >= 1 else f"{one:g}") for one in found)


def forest(estimates: Sequence[Estimate]) -> Forest | None:
    """Places estimates under one another, in the order of their names; None where there are none."""
    usable = sorted((one for one in estimates if one.value > 0), key=lambda one: one.name)
    if not usable:
        return None
    right = WIDTH - NUMBERS
    axis = _Axis([1.0, *(end for one in usable for end in (one.low, one.high))], LABEL, right)
    rows = tuple(
        ForestRow(
            one.name,
            TOP + index * ROW + ROW / 2,
            axis.at(one.value),
            axis.at(one.low),
            axis.at(one.high),
            f"{number(one.value)} ({number(one.low)} to {number(one.high)})",
        )
        for index, one in enumerate(usable)
    )
    return Forest(WIDTH, TOP + len(rows) * ROW + 6, LABEL, right, axis.ticks(), rows, axis.at(1.0))


def undecided(estimates: Sequence[Estimate]) -> list[tuple[str, str]]:
    """Lists pairs of one family whose intervals overlap: which of them costs less is not decided by this run."""
    ordered = sorted(estimates, key=lambda one: one.name)
    return [
        (one.name, other.name)
        for index, one in enumerate(ordered)
        for other in ordered[index + 1 :]
        if one.family == other.family and one.low <= other.high and other.low <= one.high
    ]


def growth(lines: Sequence[tuple[str, Sequence[float], Sequence[float]]]) -> Growth | None:
    """Places lines of cost over size; None where there is nothing to draw.

    Args:
        lines: name, sizes, cost at each size.
    """
    usable = [(name, xs, ys) for name, xs, ys in lines if xs and len(xs) == len(ys) and min(*xs, *ys) > 0]
    if not usable:
        return None
    height, left, right, bottom = 320, 60, WIDTH - 190, 280
    across = _Axis([x for _, xs, _ in usable for x in xs], left, right)
    up = _Axis([y for _, _, ys in usable for y in ys], bottom, 12)
    curves: list[Curve] = []
    taken: list[float] = []
    for index, (name, xs, ys) in sorted(enumerate(usable), key=lambda item: up.at(item[1][2][-1])):
        dots = tuple((across.at(x), up.at(y)) for x, y in zip(xs, ys, strict=True))
        y = max(dots[-1][1], (taken[-1] + 14) if taken else 0)
        taken.append(y)
        curves.append(Curve(name, " ".join(f"{x},{y}" for x, y in dots), dots, right + 10, y, index % 6))
    return Growth(WIDTH, height, left, right, bottom, across.ticks(), up.ticks(6), tuple(curves))
