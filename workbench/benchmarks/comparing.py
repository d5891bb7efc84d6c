"""Compares a report with an earlier one: what became cheaper or dearer, and what cannot be told.

Rules:
1. Ratios to the floor are compared, never seconds: seconds belong to a machine and an hour.
2. Where the two intervals have a point in common, the change is undecided, whatever the middle values say.
3. Another machine, Python or library is said first; ratios survive that better than seconds do, but not unharmed.
4. Another result (digest) is said: then it is not the same work.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from workbench.benchmarks.intervals import Interval
from workbench.benchmarks.report import Report, Row

Verdict = Literal["cheaper", "dearer", "undecided"]


class Change(Struct, frozen=True):
    """One row in both reports.

    Attributes:
        percent: change of the middle value; negative is cheaper.
        same_work: the digests are equal.
    """

    benchmark: str
    subject: str | None
    body: str
    before: Interval
    now: Interval
    percent: float
    verdict: Verdict
    same_work: bool


class Comparison(Struct, frozen=True):
    """Two reports side by side.

    Attributes:
        warnings: what the two runs do not have in common.
        only_before, only_now: rows with a ratio that the other report lacks, by name.
    """

    warnings: tuple[str, ...]
    changes: tuple[Change, ...]
    only_before: tuple[str, ...]
    only_now: tuple[str, ...]


def compare(before: Report, now: Report) -> Comparison:
    """Compares two reports row by row."""
    old, new = _with_ratio(before), _with_ratio(now)
    return Comparison(
        warnings=tuple(_warnings(before, now)),
        changes=tuple(_change(old[key], row) for key, row in new.items() if key in old),
        only_before=tuple(_name(row) for key, row in old.items() if key not in new),
        only_now=tuple(_name(row) for key, row in new.items() if key not in old),
    )


def _with_ratio(report: Report) -> dict[tuple[str, str, str], Row]:
    return {row.key: row for row in report.rows if row.ratio is not None}


def _name(row: Row) -> str:
    return f"{row.benchmark}{f'[{row.subject}]' if row.subject else ''}/{row.body}"


def _change(old: Row, new: Row) -> Change:
    assert old.ratio is not None  # noqa: S101 - `_with_ratio` keeps no other
    assert new.ratio is not None  # noqa: S101
    verdict: Verdict = "undecided"
    if not old.ratio.overlaps(new.ratio):
        verdict = "cheaper" if new.ratio.value < old.ratio.value else "dearer"
    return Change(
        new.benchmark,
        new.subject,
        new.body,
        old.ratio,
        new.ratio,
        (new.ratio.value / old.ratio.value - 1) * 100,
        verdict,
        old.digest == new.digest,
    )


def _warnings(before: Report, now: Report) -> Iterator[str]:
    for what in ("cpu", "cores", "os", "python"):
        old, new = getattr(before.machine, what), getattr(now.machine, what)
        if old != new:
            yield f"the machines differ in {what}: {old} then, {new} now"
    for name in sorted(before.versions.keys() | now.versions.keys()):
        old, new = before.versions.get(name, "absent"), now.versions.get(name, "absent")
        if old != new:
            yield f"{name} differs: {old} then, {new} now"
