"""Timings to figures: a row for each case, a line of growth for each benchmark and subject of a series.

Rules:
1. Medians, never means: a round that the machine disturbed should not count for more than another.
2. The unit of cost is a delta; where there are none, a frame. Growth is taken over deltas, or over bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from workbench.benchmarks.intervals import Interval, exponent, quantile, ratio
from workbench.benchmarks.model import Body
from workbench.benchmarks.report import Growth, Row
from workbench.benchmarks.rounds import Timed


def rows_of(timed: Sequence[Timed]) -> list[Row]:
    """Makes a row for each case, in their order."""
    floors = {one.case.body.id: one.turn.seconds for one in timed if one.case.benchmark.floor}
    return [_row(one, floors.get(one.case.body.id)) for one in timed]


def _row(one: Timed, floor: Sequence[float] | None) -> Row:
    seconds, body = sorted(one.turn.seconds), one.case.body
    middle = median(seconds)
    against: Interval | None = None
    if floor is not None and not one.case.benchmark.floor:
        against = ratio(one.turn.seconds, floor)
    return Row(
        benchmark=one.case.benchmark.id,
        subject=one.case.subject,
        body=body.id,
        rounds=len(seconds),
        iterations=one.turn.iterations,
        median_s=middle,
        min_s=seconds[0],
        q1_s=quantile(seconds, 0.25),
        q3_s=quantile(seconds, 0.75),
        us_per_delta=middle / body.deltas * 1e6 if body.deltas else None,
        us_per_frame=middle / body.frames * 1e6,
        ratio=against,
        digest=one.digest,
        checked=one.checked,
        python_calls=one.calls,
        python_calls_per_frame=None if one.calls is None else round(one.calls / body.frames, 3),
        events=one.events,
        peak_bytes=one.peak,
    )


def growth_of(timed: Iterable[Timed]) -> list[Growth]:
    """Fits the growth of each benchmark and subject that was timed at two sizes or more."""
    series: dict[tuple[str, str | None], list[Timed]] = {}
    for one in timed:
        series.setdefault((one.case.benchmark.id, one.case.subject), []).append(one)
    return [_growth(them) for them in series.values() if len({one.case.body.n for one in them}) > 1]


def _growth(them: Sequence[Timed]) -> Growth:
    first = them[0].case
    bodies = [one.case.body for one in them]
    return Growth(
        benchmark=first.benchmark.id,
        subject=first.subject,
        workload=first.body.workload.id,
        dialect=None if first.body.dialect is None else first.body.dialect.id,
        counts=tuple(body.n for body in bodies),
        us_per_delta=tuple(
            median(one.turn.seconds) / (body.deltas or body.frames) * 1e6
            for one, body in zip(them, bodies, strict=True)
        ),
        exponent=exponent([_size(body) for body in bodies], [one.turn.seconds for one in them]),
    )


def _size(body: Body) -> int:
    return body.deltas or len(body.data)
