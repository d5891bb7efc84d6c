"""The output file: valid by its schema, written whole, read back; a narrowed run takes nobody's place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import workbench.benchmarks
from workbench.benchmarks.job import Setting, run_bench
from workbench.benchmarks.machine import PACKAGES, Machine
from workbench.benchmarks.report import Report, fault_of, read, write
from workbench.benchmarks.rounds import Plan
from workbench.benchmarks.workloads import all_workloads
from workbench.errors import ResultError, UsageError
from workbench.miniatures import all_miniatures


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, few: Plan) -> tuple[Report, Path]:
    """One small run, and the folder that it wrote."""
    folder = tmp_path_factory.mktemp("bench")
    small = all_workloads()["mixed"]
    workload = msgspec.structs.replace(small, sizes=(100, 200), short_sizes=(100, 200))
    setting = Setting(
        designs={"reference": all_miniatures()["reference"]}, workloads={small.id: workload}, expected={}, plan=few
    )
    return run_bench(short=True, folder=folder, setting=setting, command="workbench bench --short"), folder


def as_json(report: Report) -> Any:
    """The report as the file holds it."""
    return json.loads(msgspec.json.encode(report))


def test_a_run_is_valid_by_the_schema_and_says_what_it_is(report: tuple[Report, Path]) -> None:
    """The file by its date and `latest.json` are the same bytes, and read back they are the report."""
    made, folder = report
    latest = folder / "latest.json"
    assert latest.read_bytes() == (folder / f"{made.date}.json").read_bytes()
    assert made == read(latest)
    assert ("short", "workbench bench --short", 1) == (made.mode, made.command, made.format)


def test_a_run_has_a_row_for_each_benchmark_that_is_about_deltas(report: tuple[Report, Path]) -> None:
    """Each at both sizes; each was held against something, and all but the floor have a ratio."""
    made, _ = report
    assert {"floor-lines", "floor-msgspec", "floor-orjson", "wire-decode", "dialect-decode", "adapter"} < {
        row.benchmark for row in made.rows
    }
    assert {"all-designs", "end-to-end", "judge"} < {row.benchmark for row in made.rows}
    assert {2 * 2} == {
        sum(row.benchmark == found.id for row in made.rows) for found in made.benchmarks if found.id != "wire-decode"
    }
    assert {"floor-orjson"} == {row.benchmark for row in made.rows if row.ratio is None}
    assert all(row.checked for row in made.rows)


def test_growth_is_fitted_for_every_benchmark_and_dialect(report: tuple[Report, Path]) -> None:
    """Two sizes make a line."""
    made, _ = report
    lines = {(row.benchmark, row.subject, row.body.partition("@")[2]) for row in made.rows}
    assert lines == {(line.benchmark, line.subject, line.dialect) for line in made.growth}
    assert {(100, 200)} == {line.counts for line in made.growth}


def test_the_same_timings_stand_in_pytest_benchmarks_own_form(report: tuple[Report, Path]) -> None:
    """As many benchmarks as rows, with as many rounds, and the same medians."""
    made, folder = report
    (file,) = (folder / "pytest").rglob("*.json")
    found = json.loads(file.read_text("utf-8"))["benchmarks"]
    assert [row.rounds for row in made.rows] == [one["stats"]["rounds"] for one in found]
    assert [row.median_s for row in made.rows] == pytest.approx([one["stats"]["median"] for one in found])


def test_the_machine_is_described(report: tuple[Report, Path]) -> None:
    """Enough to know whether two runs can be compared."""
    machine: Machine = report[0].machine
    assert re.match(r"\w+ 3\.\d+\.\d+", machine.python)
    assert machine.cores >= 1
    assert machine.cpu
    assert set(PACKAGES) == set(report[0].versions)


def test_every_key_is_described(report: tuple[Report, Path]) -> None:
    """The package's docstring names every key of the file, at any depth of its own objects."""
    text = workbench.benchmarks.__doc__ or ""
    value = as_json(report[0])
    keys = set(value) | {key for part in ("machine", "rows", "growth", "bodies") for key in _keys(value[part])}
    assert [] == sorted(key for key in keys if not re.search(rf"\b{key}\b", text))


def _keys(part: Any) -> set[str]:
    return set(part[0] if isinstance(part, list) else part)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rows", 0, "median_s"), 0),
        (("rows", 0, "digest"), "nothing"),
        (("rows", 0, "checked"), []),
        (("machine", "cores"), 0),
        (("mode",), "long"),
        (("format",), 2),
        (("extra",), 1),
        (("growth", 0, "exponent"), None),
    ],
)
def test_what_is_not_a_report_is_named(report: tuple[Report, Path], path: tuple[Any, ...], value: object) -> None:
    """The schema refuses it and says where."""
    whole = as_json(report[0])
    assert fault_of(whole) is None
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert str(path[0]) in (fault_of(whole) or "")


def test_an_invalid_report_is_not_written(report: tuple[Report, Path], tmp_path: Path) -> None:
    """A fault of ours, said before a file is touched."""
    with pytest.raises(ResultError, match="the report is not valid: date"):
        write(msgspec.structs.replace(report[0], date="today"), tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_a_narrowed_run_takes_nobodys_place(report: tuple[Report, Path], tmp_path: Path) -> None:
    """It is written under a name of its own."""
    write(msgspec.structs.replace(report[0], mode="narrowed"), tmp_path)
    assert ["narrowed.json"] == [path.name for path in tmp_path.iterdir()]


def test_a_narrowed_run_times_what_was_asked_for_and_the_floor(setting: Setting) -> None:
    """Ratios need the floor; nothing else is run."""
    found = run_bench(setting=setting, pattern="END-to-end[reference]/mixed")
    assert ("narrowed", {"end-to-end", "floor-orjson"}) == (found.mode, {row.benchmark for row in found.rows})


def test_a_pattern_that_fits_nothing_is_said(setting: Setting) -> None:
    """With the names that there are."""
    with pytest.raises(UsageError, match=r"no case has 'nonsense' in its name.*dialect-decode"):
        run_bench(setting=setting, pattern="nonsense")


@pytest.mark.parametrize(
    ("text", "why"), [(None, "cannot be read"), ("{", "not JSON"), ('{"format": 1}', "not a report of format 1")]
)
def test_a_file_that_is_no_report_is_said(tmp_path: Path, text: str | None, why: str) -> None:
    """What is wrong with it, and what to give instead."""
    path = tmp_path / "earlier.json"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=rf"earlier\.json: {why}.*; give a file"):
        read(path)
