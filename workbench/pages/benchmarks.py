"""The benchmark page: ratios with intervals, growth, memory and calls, from the file that `bench` writes.

Rules:
1. The file is read as data. One that is missing, broken or of another format is said to be so; no number is made up.
2. Ratios stand in groups, in the order of names: an adapter is never ranked beside a floor or a library.
3. Where intervals overlap, the page says "undecided". What was left out or thrown away is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from workbench.jsontext import read_json
from workbench.pages.charts import Estimate, Forest, Growth, forest, growth, number, undecided
from workbench.pages.render import Page

FORMAT = 1
NEWEST = "latest.json"

GROUPS = {
    "floor": "The least that anybody pays",
    "reading": "Reading bytes",
    "design": "Our ports of designs",
    "harness": "Judging",
}
"""Groups in the order of the page; adapters stand among adapters only."""


class Ratios(Struct, frozen=True):
    """One group on one body.

    Attributes:
        rows: of the report, in the order of names.
        undecided: pairs whose intervals overlap.
    """

    group: str
    words: str
    chart: Forest | None
    rows: tuple[Any, ...]
    undecided: tuple[tuple[str, str], ...]


class Series(Struct, frozen=True):
    """One workload in one dialect: ratios at its largest size, and growth over all sizes."""

    title: str
    anchor: str
    explain: str
    body: Any
    groups: tuple[Ratios, ...]
    chart: Growth | None
    growth: tuple[Any, ...]


def pages(benchmarks: Path | None) -> Iterator[Page]:
    """Yields the benchmark page.

    Args:
        benchmarks: the file, or the folder that holds it as `latest.json`; None where there is none.
    """
    report, why = read_report(benchmarks)
    series = list(_series(report)) if report else []
    values = {"report": report, "why": why, "series": series, "number": number}
    yield Page("benchmarks", "Benchmarks", "benchmarks.html", values)


def read_report(path: Path | None) -> tuple[Any, str]:
    """Reads the newest report.

    Returns:
        The report and nothing, or None and why there is none.
    """
    if path is not None and path.is_dir():
        path = path / NEWEST
    if path is None or not path.is_file():
        return None, "There is no benchmark output at hand: it is built, not committed."
    try:
        report = read_json(path.read_bytes())
    except ValueError:
        return None, "The benchmark output at hand is not JSON."
    if not isinstance(report, dict) or report.get("format") != FORMAT:
        return None, "The benchmark output at hand is of another format."
    return report, ""


def _name(row: Any) -> str:
    return f"{row['benchmark']} {row['subject']}" if row.get("subject") else str(row["benchmark"])


def _series(report: Any) -> Iterator[Series]:
    explain = {one["id"]: one for one in report["workloads"]}
    bodies: dict[tuple[str, str], list[Any]] = {}
    for body in report["bodies"]:
        bodies.setdefault((body["workload"], body["dialect"] or ""), []).append(body)
    drawn = {one["id"] for one in report["benchmarks"] if one["group"] == "design"}
    for (workload, dialect), found in sorted(bodies.items()):
        largest = max(found, key=lambda body: body["n"])
        lines = [one for one in report["growth"] if one["workload"] == workload and (one["dialect"] or "") == dialect]
        lines.sort(key=_name)
        text = explain.get(workload, {})
        yield Series(
            f"{text.get('title', workload)}{', ' if dialect else ''}{dialect}",
            f"{workload}-{dialect}" if dialect else workload,
            str(text.get("explain", "")),
            largest,
            tuple(_groups(report, found)),
            growth([(_name(one), one["counts"], one["us_per_delta"]) for one in lines if one["benchmark"] in drawn]),
            tuple(lines),
        )


def _groups(report: Any, bodies: list[Any]) -> Iterator[Ratios]:
    """Yields the groups, each benchmark at the largest size at which it was timed."""
    sizes = {body["id"]: body["n"] for body in bodies}
    group_of = {one["id"]: one["group"] for one in report["benchmarks"]}
    best: dict[str, Any] = {}
    for row in report["rows"]:
        if row["body"] in sizes and sizes[row["body"]] >= sizes.get(best.get(_name(row), {}).get("body", ""), -1):
            best[_name(row)] = row
    for group, words in GROUPS.items():
        rows = [row for _, row in sorted(best.items()) if group_of.get(row["benchmark"]) == group]
        estimates = [
            Estimate(row["benchmark"], _name(row), row["ratio"]["value"], row["ratio"]["low"], row["ratio"]["high"])
            for row in rows
            if row.get("ratio")
        ]
        if rows:
            yield Ratios(group, words, forest(estimates), tuple(rows), tuple(undecided(estimates)))
