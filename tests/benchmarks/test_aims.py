"""Aims name what is there, and are met only by a whole interval."""

from __future__ import annotations

import pytest

from workbench.benchmarks.aims import Aim, judge_aims, load_aims
from workbench.benchmarks.definitions import all_benchmarks
from workbench.benchmarks.intervals import Interval
from workbench.benchmarks.report import BodyFacts, Growth, Row
from workbench.benchmarks.workloads import all_workloads
from workbench.designs import all_designs
from workbench.dialects import all_dialects

BODY = BodyFacts("mixed-200@some", "mixed", "some", 200, 1, 1, 1, "0" * 16)
AIM = Aim("a", "what", "adapter", "mixed", "some", "ratio", 2.5, "x", 200)


def row(ratio: Interval | None) -> Row:
    """A row with this ratio."""
    return Row("adapter", "x", BODY.id, 9, 1, 0.04, 0.03, 0.035, 0.05, 1, 1, ratio, "0" * 16, ("generator",), 12, 6.0)


def test_every_aim_names_what_there_is() -> None:
    """Benchmark, subject, workload, dialect and size exist, or it could never be measured; ids are unique."""
    aims = load_aims()
    assert len(aims) == len({aim.id for aim in aims}) > 0
    for aim in aims:
        assert aim.benchmark in all_benchmarks()
        assert aim.dialect in all_dialects()
        assert aim.subject is None or aim.subject in all_designs()
        assert aim.figure == "exponent" or aim.n in all_workloads()[aim.workload].sizes


@pytest.mark.parametrize(
    ("low", "high", "state"), [(2, 2.5, "met"), (2.4, 2.6, "undecided"), (2.5, 2.6, "undecided"), (2.6, 3, "missed")]
)
def test_an_aim_is_judged_by_the_whole_interval(low: float, high: float, state: str) -> None:
    """Wholly at or below the limit is met, wholly above is missed."""
    (found,) = judge_aims([AIM], [row(Interval(low, low, high))], [BODY], [])
    assert state == found.state


def test_an_aim_without_a_row_is_not_measured() -> None:
    """And says so; an aim is never dropped."""
    assert ["not measured"] == [found.state for found in judge_aims([AIM], [row(None)], [BODY], [])]
    assert ["not measured"] == [found.state for found in judge_aims([AIM], [], [BODY], [])]


@pytest.mark.parametrize(("figure", "value"), [("milliseconds", 40), ("python_calls_per_frame", 6)])
def test_an_aim_looks_at_its_figure(figure: str, value: float) -> None:
    """Milliseconds are of the whole body, calls are per frame."""
    aim = Aim("a", "what", "adapter", "mixed", "some", figure, 50, "x", 200)  # type: ignore[arg-type]
    (found,) = judge_aims([aim], [row(None)], [BODY], [])
    assert pytest.approx(value) == found.value


def test_an_aim_for_growth_looks_at_the_exponent() -> None:
    """Of the line of its benchmark, subject, workload and dialect."""
    aim = Aim("a", "what", "adapter", "mixed", "some", "exponent", 1.05, "x")
    lines = [
        Growth("adapter", subject, "mixed", "some", (200, 400), (1, 1), Interval(value, value, value))
        for subject, value in (("y", 2.0), ("x", 1.0))
    ]
    (found,) = judge_aims([aim], [], [], lines)
    assert (1.0, "met") == (found.value, found.state)
