"""Medians, ratios and exponents, each with a bootstrap interval.

Rules:
1. The seed is fixed: equal timings give equal intervals.
2. A ratio is the median of the ratios of single rounds: case and floor of one round ran within moments of each other,
   so what slowed one slowed the other.
3. An exponent is the slope of the line through the logarithms of size and median time, by least squares: 1 is linear.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

from msgspec import Struct

SEED = 20_261_112
RESAMPLES = 1_000
CONFIDENCE = 0.95

T = TypeVar("T")


class Interval(Struct, frozen=True):
    """An estimate and the interval that holds the middle `CONFIDENCE` of its resamples."""

    value: float
    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        """Says whether two intervals have a point in common."""
        return self.low <= other.high and other.low <= self.high


def quantile(ordered: Sequence[float], share: float) -> float:
    """Returns the value below which a share of ordered values lies, between two of them where it falls so."""
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def ratio(times: Sequence[float], floor: Sequence[float]) -> Interval:
    """Compares the rounds of a case with those of the floor, round by round.

    Args:
        times: seconds per round.
        floor: seconds per round of the floor; as many, none of them 0.

    Raises:
        ValueError: there are no rounds, or not as many of one as of the other.
    """
    if not times or len(times) != len(floor):
        raise ValueError(f"{len(times)} rounds of the case, {len(floor)} of the floor")
    ratios = [a / b for a, b in zip(times, floor, strict=True)]
    return _interval(median(ratios), lambda chance: median(chance.choices(ratios, k=len(ratios))))


def exponent(sizes: Sequence[int], rounds: Sequence[Sequence[float]]) -> Interval:
    """Fits time ~ size ** exponent.

    Args:
        sizes: at least two different ones.
        rounds: for each size, the seconds of its rounds.

    Raises:
        ValueError: there are fewer than two sizes, or a size without rounds.
    """
    if len(set(sizes)) < 2 or not all(rounds):
        raise ValueError("an exponent needs rounds of at least two sizes")

    def resampled(chance: random.Random) -> float:
        return slope(sizes, [median(chance.choices(one, k=len(one))) for one in rounds])

    return _interval(slope(sizes, [median(one) for one in rounds]), resampled)


def slope(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Returns the slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(size) for size in sizes], [math.log(time) for time in times]
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - x_mean) ** 2 for x in xs)
    return sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys, strict=True)) / spread


def _interval(value: float, resample: Callable[[random.Random], float]) -> Interval:
    chance = random.Random(SEED)  # noqa: S311 - resampling, not secrets
    found = sorted(resample(chance) for _ in range(RESAMPLES))
    tail = (1 - CONFIDENCE) / 2
    # The median of all rounds can fall outside the quantiles of few resamples; the interval always holds its estimate.
    return Interval(value, min(value, quantile(found, tail)), max(value, quantile(found, 1 - tail)))
