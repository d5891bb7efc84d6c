"""Medians, ratios and exponents on numbers whose answer is known."""

from __future__ import annotations

import random

import pytest

from workbench.benchmarks.intervals import Interval, exponent, quantile, ratio, slope


def test_a_constant_ratio_has_no_spread() -> None:
    """Twice the floor in every round is 2, from 2 to 2, however long the rounds were."""
    assert Interval(2, 2, 2) == ratio([2.0, 8.0, 20.0], [1.0, 4.0, 10.0])


def test_rounds_are_compared_with_their_own_floor() -> None:
    """A machine that slowed down in one round slowed both: the pairs count, not the medians of each side."""
    assert 3 == ratio([3.0, 300.0, 3.0, 300.0, 3.0], [1.0, 100.0, 1.0, 100.0, 1.0]).value


def test_one_disturbed_round_does_not_move_the_ratio() -> None:
    """The median stands; the interval says no more than that."""
    found = ratio([2.0] * 8 + [50.0], [1.0] * 9)
    assert Interval(2, 2, 2) == found


def test_an_interval_holds_its_estimate_and_is_the_same_each_time() -> None:
    """The seed is fixed, and the estimate lies inside."""
    chance = random.Random(1)  # noqa: S311 - noise
    times = [chance.uniform(2, 4) for _ in range(15)]
    found = ratio(times, [1.0] * 15)
    assert found == ratio(times, [1.0] * 15)
    assert 2 < found.low < found.value < found.high < 4


def test_more_rounds_make_a_narrower_interval() -> None:
    """The bootstrap knows how much it does not know."""
    chance = random.Random(2)  # noqa: S311 - noise
    times = [chance.uniform(2, 4) for _ in range(400)]
    few, many = ratio(times[:8], [1.0] * 8), ratio(times, [1.0] * 400)
    assert many.high - many.low < (few.high - few.low) / 2


@pytest.mark.parametrize(("times", "floor"), [([], []), ([1.0], [1.0, 2.0])])
def test_rounds_that_do_not_pair_are_an_error(times: list[float], floor: list[float]) -> None:
    """No rounds, or more of one than of the other."""
    with pytest.raises(ValueError, match="rounds of the case"):
        ratio(times, floor)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_that_power(power: float) -> None:
    """Times of size to a power, without noise, have that exponent and no spread."""
    sizes = [200, 1_000, 5_000, 20_000]
    found = exponent(sizes, [[3e-6 * size**power] * 5 for size in sizes])
    assert [pytest.approx(power)] * 3 == [found.value, found.low, found.high]


def test_a_fixed_cost_makes_small_sizes_dearer_and_the_exponent_smaller() -> None:
    """A line with an offset is flatter than linear in logarithms."""
    assert 0.4 < slope([200, 1_000, 5_000], [1e-3 + 1e-6 * size for size in (200, 1_000, 5_000)]) < 1


def test_an_exponent_needs_two_sizes_with_rounds() -> None:
    """One size has no slope; a size without rounds has no time."""
    with pytest.raises(ValueError, match="two sizes"):
        exponent([200, 200], [[1.0], [1.0]])
    with pytest.raises(ValueError, match="two sizes"):
        exponent([200, 400], [[1.0], []])


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.25, 2), (0.5, 3), (0.625, 3.5), (1, 5)])
def test_a_quantile_lies_between_its_neighbours(share: float, value: float) -> None:
    """Linear between two values."""
    assert value == quantile([1, 2, 3, 4, 5], share)


@pytest.mark.parametrize(
    ("low", "high", "overlap"), [(0, 0.9, False), (0, 1, True), (1.4, 1.6, True), (2, 3, True), (2.1, 3, False)]
)
def test_intervals_overlap_where_they_have_a_point_in_common(low: float, high: float, overlap: bool) -> None:
    """Their ends belong to them."""
    assert overlap is Interval(1.5, 1, 2).overlaps(Interval(low, low, high))
    assert overlap is Interval(low, low, high).overlaps(Interval(1.5, 1, 2))
