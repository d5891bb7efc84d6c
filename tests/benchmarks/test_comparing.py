"""Comparing two runs: cheaper, dearer, or undecided; and what the runs do not have in common."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from workbench.benchmarks import job
from workbench.benchmarks import report as reports
from workbench.benchmarks.comparing import compare
from workbench.benchmarks.intervals import Interval
from workbench.benchmarks.machine import Machine
from workbench.benchmarks.report import BodyFacts, Discarded, Report, Row, WorkloadFacts
from workbench.cli.bench import command

HERE = Machine("a CPU", 2, 1, "an OS", "CPython 3.11.7")
BODY = BodyFacts("mixed-200@some", "mixed", "some", 200, 1, 1, 1, "0" * 16)


def row(value: float, low: float, high: float, *, subject: str = "x", digest: str = "0" * 16) -> Row:
    """A row with this ratio."""
    times = (1e-3, 1e-3, 1e-3, 1e-3, 1.0, 1.0)
    return Row("adapter", subject, BODY.id, 9, 1, *times, Interval(value, low, high), digest, ("generator",))


def report(*rows: Row, machine: Machine = HERE, **versions: str) -> Report:
    """A report with these rows."""
    return Report(
        date="2026-11-12",
        mode="short",
        command="workbench bench",
        workbench="0",
        seconds=1,
        machine=machine,
        versions=versions,
        method=(),
        workloads=(WorkloadFacts("mixed", "Mixed", ""),),
        bodies=(BODY,),
        benchmarks=(reports.BenchmarkFacts("adapter", "Adapter", "", "", "design"),),
        rows=rows,
        growth=(),
        aims=(),
    )


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [
        ((2, 1.9, 2.1), (1.5, 1.4, 1.6), "cheaper"),
        ((2, 1.9, 2.1), (2.5, 2.4, 2.6), "dearer"),
        ((2, 1.5, 2.5), (1.7, 1.6, 1.8), "undecided"),
        ((2, 1.9, 2.1), (2.2, 2.1, 2.3), "undecided"),
        ((2, 2, 2), (2, 2, 2), "undecided"),
    ],
)
def test_a_change_counts_only_where_the_intervals_are_apart(
    before: tuple[float, float, float], now: tuple[float, float, float], verdict: str
) -> None:
    """A point in common, an end even, leaves it undecided."""
    (change,) = compare(report(row(*before)), report(row(*now))).changes
    assert verdict == change.verdict
    assert pytest.approx((now[0] / before[0] - 1) * 100) == change.percent


def test_equal_machines_need_no_warning() -> None:
    """Nothing differs, nothing is said; the load is not compared."""
    busy = Machine("a CPU", 2, 1, "an OS", "CPython 3.11.7", 5.0, 6.0)
    assert () == compare(report(machine=HERE), report(machine=busy)).warnings


def test_another_machine_python_or_library_is_said() -> None:
    """Each difference is a warning of its own."""
    there = Machine("another CPU", 8, 1, "an OS", "CPython 3.13.1")
    assert (
        "the machines differ in cpu: a CPU then, another CPU now",
        "the machines differ in cores: 2 then, 8 now",
        "the machines differ in python: CPython 3.11.7 then, CPython 3.13.1 now",
        "orjson differs: 1 then, 2 now",
    ) == compare(report(orjson="1"), report(machine=there, orjson="2")).warnings


def test_another_result_is_not_the_same_work() -> None:
    """The digests differ, so the times are of two things."""
    (change,) = compare(report(row(1, 1, 1)), report(row(2, 2, 2, digest="1" * 16))).changes
    assert not change.same_work


def test_rows_that_only_one_run_has_are_named() -> None:
    """Nothing is skipped in silence."""
    found = compare(report(row(1, 1, 1, subject="old")), report(row(1, 1, 1, subject="new")))
    assert (("adapter[old]/mixed-200@some",), ("adapter[new]/mixed-200@some",)) == (found.only_before, found.only_now)


# -------------------------------------------------------------------------------------------------- the command line


def call(monkeypatch: pytest.MonkeyPatch, made: Report, *words: str) -> tuple[int, str, str]:
    """Calls the command with a run that is already made."""
    monkeypatch.setattr(job, "run_bench", lambda **_: made)
    found = CliRunner().invoke(command, list(words))
    return found.exit_code, found.stdout, found.stderr


def test_a_comparison_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What became dearer, what cannot be told, and on which machine, with the numbers beside."""
    before = report(row(2, 1.9, 2.1, subject="one"), row(1, 0.5, 1.5, subject="two"), orjson="1")
    (earlier,) = reports.write(reports.msgspec.structs.replace(before, mode="narrowed"), tmp_path)
    now = report(row(3, 2.9, 3.1, subject="one"), row(1.1, 0.6, 1.6, subject="two"), orjson="2")

    code, text, warned = call(monkeypatch, now, "--compare", str(earlier))

    assert 0 == code
    lines = {line.split("│")[1].strip(): line for line in text.splitlines() if line.startswith("│ adapter[")}
    assert all(word in lines["adapter[one]/mixed-200@some"] for word in ("2.00 (1.90 to 2.10)", "+50 %", "dearer"))
    assert all(word in lines["adapter[two]/mixed-200@some"] for word in ("1.10 (0.60 to 1.60)", "+10 %", "undecided"))
    assert "orjson differs: 1 then, 2 now" in warned


def test_a_wrong_result_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows that count are shown, the one that does not is named, and the shell is told."""
    wrong = reports.msgspec.structs.replace(
        report(row(1, 1, 1)), discarded=(Discarded("adapter", "bad", BODY.id, "not what the generator made"),)
    )
    code, text, said = call(monkeypatch, wrong)
    assert 1 == code
    assert "Mixed, some" in text
    assert "adapter[bad]/mixed-200@some: not what the generator made" in " ".join(said.split())


def test_a_missing_file_is_a_usage_error_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of minutes does not end in a typing mistake."""
    monkeypatch.setattr(job, "run_bench", lambda **_: pytest.fail("ran"))
    found = CliRunner().invoke(command, ["--compare", "nowhere.json"])
    assert "nowhere.json: cannot be read" in str(found.exception)


def test_machines_get_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report and the comparison, and nothing else on standard output."""
    code, text, _ = call(monkeypatch, report(row(1, 1, 1)), "--format", "json")
    value = reports.msgspec.json.decode(text)
    assert (0, {"report", "comparison"}, None) == (code, set(value), value["comparison"])
    assert reports.fault_of(value["report"]) is None


def test_no_colour_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one escape character, even on something that calls itself a terminal."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    _, text, _ = call(monkeypatch, report(row(1, 1, 1)))
    assert "Adapter" in text
    assert "\x1b[3" not in text
