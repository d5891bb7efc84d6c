"""The clock: pytest-benchmark's timer, runner and statistics, one round at a time so that cases can take turns.

Theory of operation. pytest-benchmark's own `benchmark` fixture runs all rounds of one function before it turns to the
next, so a machine that slows down half-way would slow only some. `Turn` is that fixture, made without a test: the same
runner, timer and `Metadata`, but `round()` takes one round and returns. `tests/benchmarks/` also times every case
through the fixture proper.

Rules:
1. Time is the CPU time of this process: what other processes do shows less in it than in wall time.
2. The garbage collector stays on, as in a user's program. Before each round what earlier ones left is collected, and
   what was there before all rounds is frozen, so that a round pays for its own garbage and no other.
"""

# pytest-benchmark says that it is typed, and its functions are not.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pytest_benchmark.fixture import BenchmarkFixture, PauseInstrumentation
from pytest_benchmark.logger import Logger
from pytest_benchmark.plugin import pytest_benchmark_generate_json, pytest_benchmark_generate_machine_info
from pytest_benchmark.stats import Metadata
from pytest_benchmark.storage.file import FileStorage
from pytest_benchmark.utils import NameWrapper, get_commit_info, get_machine_id

TIMER = time.process_time
_TARGET = 1_000
"""Pieces that one round should read at least, so that it is long beside the timer's grain."""


class _Node:
    """What the fixture asks of a test."""

    def __init__(self, name: str, nodeid: str) -> None:
        self.name = name
        self.nodeid = nodeid


class Turn(BenchmarkFixture):
    """A case's timings, taken one round at a time.

    State: `round` adds one timing; `drop` forgets them all.
    """

    def __init__(self, name: str, group: str, run: Callable[[], Any], iterations: int) -> None:
        """Prepares a case.

        Args:
            name: of the case; unique in a run.
            group: what pytest-benchmark's own reports group by.
            run: what the clock sees.
            iterations: how often it runs in one round.
        """
        super().__init__(
            _Node(name, name),
            disable_gc=False,
            timer=NameWrapper(TIMER),
            min_rounds=1,
            min_time=0,
            max_time=0,
            precision=None,
            confidence=None,
            warmup=False,
            warmup_iterations=0,
            calibration_precision=1,
            add_stats=lambda _: None,
            logger=Logger(Logger.QUIET),
            warner=None,
            disabled=False,
            cprofile=None,
            cprofile_loops=None,
            cprofile_dump=None,
            group=group,
        )
        self.iterations = iterations
        self._loops = range(iterations) if iterations > 1 else None
        self._timed = self._make_runner(run, (), {})
        self.metadata: Metadata = self._make_stats(iterations)

    def round(self) -> object:
        """Takes one round; returns what the case returned, or None where it ran several times."""
        gc.collect()
        result: object = None
        with PauseInstrumentation():
            if self._loops is None:
                seconds, result = self._timed(None)
            else:
                seconds = self._timed(self._loops)
        self.metadata.update(seconds)
        return result

    @property
    def seconds(self) -> tuple[float, ...]:
        """All rounds so far, for one iteration each."""
        return tuple(self.metadata.stats.data)

    def as_dict(self) -> dict[str, Any]:
        """Writes what pytest-benchmark writes of a benchmark."""
        written: dict[str, Any] = self.metadata.as_dict()
        return written


def iterations_for(n: int) -> int:
    """Says how often a case of `n` pieces runs in one round."""
    return max(1, _TARGET // max(n, 1))


def save(turns: Sequence[Turn], folder: Path, name: str) -> None:
    """Writes all timings in pytest-benchmark's own form, where `pytest-benchmark compare` finds them.

    Raises:
        OSError: the folder cannot be written.
    """
    written = pytest_benchmark_generate_json(
        None,
        [turn.metadata for turn in turns],
        include_data=True,
        machine_info=pytest_benchmark_generate_machine_info(),
        commit_info=get_commit_info(),
    )
    FileStorage(str(folder), logger=Logger(Logger.QUIET), default_machine_id=get_machine_id()).save(written, name)
