"""Counts of calls are exact, peaks are of the run alone, and the clock is pytest-benchmark's."""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_benchmark.stats import Metadata

from workbench.benchmarks.clock import Turn, iterations_for, save
from workbench.benchmarks.counting import count_calls, peak_bytes


def inner() -> int:
    """A call."""
    return 1


def numbers() -> Iterator[int]:
    """A generator that is resumed three times: for each number and for the end."""
    yield 1
    yield 2


@pytest.mark.parametrize(
    ("run", "calls"),
    [
        (lambda: None, 0),
        (lambda: len("abc"), 0),
        (inner, 0),
        (lambda: inner() + inner(), 2),
        (lambda: sum(numbers()), 3),
    ],
)
def test_calls_of_python_functions_are_counted(run: Callable[[], object], calls: int) -> None:
    """Built-in functions and the run itself are not among them."""
    assert calls == count_calls(run)[1]


def test_counting_leaves_no_trace() -> None:
    """Profiler and collector are as before, also after an exception."""
    before = sys.getprofile()
    assert (7, 0) == count_calls(lambda: 7)
    with pytest.raises(ZeroDivisionError):
        count_calls(lambda: 1 // 0)
    assert (before, True) == (sys.getprofile(), gc.isenabled())


def test_the_peak_is_what_the_run_held_at_most() -> None:
    """A megabyte that is gone at the end counts; what was there before does not."""
    held = bytearray(5_000_000)
    peak = peak_bytes(lambda: len(bytearray(1_000_000)))
    assert 1_000_000 <= peak < 1_100_000
    assert held
    assert not tracemalloc.is_tracing()


def test_a_turn_is_one_round_of_pytest_benchmark() -> None:
    """Its own statistics hold the timings, a round of several runs divided by their number."""
    ran: list[int] = []
    turn = Turn("case", "body", lambda: ran.append(1), 5)
    assert turn.round() is None
    assert turn.round() is None
    assert (10, 2, 5) == (len(ran), len(turn.seconds), turn.iterations)
    assert isinstance(turn.metadata, Metadata)
    assert turn.as_dict()["stats"]["rounds"] == 2


def test_a_round_of_one_run_returns_its_result() -> None:
    """So that what was timed can be looked at."""
    assert "result" == Turn("case", "body", lambda: "result", 1).round()


def test_small_bodies_run_several_times_in_a_round() -> None:
    """About a thousand pieces a round, and never less than one run."""
    assert [5, 1, 1] == [iterations_for(n) for n in (200, 1_000, 20_000)]


def test_timings_are_saved_where_pytest_benchmark_looks(tmp_path: Path) -> None:
    """One file in the folder of this kind of machine, numbered, with the rounds themselves."""
    turn = Turn("case", "body", lambda: None, 1)
    turn.round()
    save([turn], tmp_path, "name")
    (file,) = tmp_path.rglob("0001_name.json")
    found = json.loads(file.read_text("utf-8"))
    assert [list(turn.seconds)] == [one["stats"]["data"] for one in found["benchmarks"]]
    assert "machine_info" in found
