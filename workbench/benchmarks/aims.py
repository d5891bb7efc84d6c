"""What we aim for: read from `aims.toml`, looked up in a report's rows.

Rules:
1. An aim is missed or met only when the whole interval lies on one side of the limit; otherwise it is undecided.
2. A missed aim is reported and is no error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from workbench.benchmarks.intervals import Interval
from workbench.benchmarks.report import AimFacts, BodyFacts, Growth, Row

FILE = Path(__file__).with_name("aims.toml")
UNITS = {
    "ratio": "times orjson",
    "exponent": "exponent",
    "python_calls_per_frame": "calls per frame",
    "milliseconds": "ms of CPU",
}


class Aim(Struct, frozen=True, forbid_unknown_fields=True):
    """One aim; the fields are described in `aims.toml`."""

    id: str
    what: str
    benchmark: str
    workload: str
    dialect: str
    figure: Literal["ratio", "exponent", "python_calls_per_frame", "milliseconds"]
    limit: float
    subject: str | None = None
    n: int | None = None


class _File(Struct, forbid_unknown_fields=True):
    aim: tuple[Aim, ...]


def load_aims(path: Path = FILE) -> tuple[Aim, ...]:
    """Reads the aims.

    Raises:
        msgspec.ValidationError: the file has a field that is unknown, missing or of another type.
    """
    return msgspec.toml.decode(path.read_bytes(), type=_File).aim


def judge_aims(
    aims: Iterable[Aim], rows: Sequence[Row], bodies: Sequence[BodyFacts], growth: Sequence[Growth]
) -> Iterator[AimFacts]:
    """Looks each aim up and says whether it was met."""
    by_body = {body.id: body for body in bodies}
    for aim in aims:
        figure = _of_growth(aim, growth) if aim.figure == "exponent" else _of_row(aim, rows, by_body)
        where = (aim.id, aim.what, aim.limit, UNITS[aim.figure])
        if figure is None:
            yield AimFacts(*where, None, None, None, "not measured")
        elif figure.high <= aim.limit:
            yield AimFacts(*where, figure.value, figure.low, figure.high, "met")
        else:
            state: Literal["missed", "undecided"] = "missed" if figure.low > aim.limit else "undecided"
            yield AimFacts(*where, figure.value, figure.low, figure.high, state)


def _of_growth(aim: Aim, growth: Sequence[Growth]) -> Interval | None:
    wanted = (aim.benchmark, aim.subject, aim.workload, aim.dialect)
    return next(
        (one.exponent for one in growth if (one.benchmark, one.subject, one.workload, one.dialect) == wanted), None
    )


def _of_row(aim: Aim, rows: Sequence[Row], bodies: dict[str, BodyFacts]) -> Interval | None:
    wanted = (aim.workload, aim.dialect, aim.n)
    for row in rows:
        body = bodies[row.body]
        if (row.benchmark, row.subject) != (aim.benchmark, aim.subject):
            continue
        if (body.workload, body.dialect, body.n) != wanted:
            continue
        if aim.figure == "ratio":
            return row.ratio
        if aim.figure == "milliseconds":
            return Interval(row.median_s * 1e3, row.q1_s * 1e3, row.q3_s * 1e3)
        calls = row.python_calls_per_frame
        return None if calls is None else Interval(calls, calls, calls)
    return None
