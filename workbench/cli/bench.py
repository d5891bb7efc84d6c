"""`workbench bench`: what reading, adapting and judging cost."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from workbench.cli.console import FINDINGS, FORMAT, err, examples, out, print_json, progress, safe

if TYPE_CHECKING:
    from rich.console import Console

    from workbench.benchmarks.comparing import Comparison
    from workbench.benchmarks.intervals import Interval
    from workbench.benchmarks.report import Report

FOLDER = Path("build/bench")
STATE_STYLE = {"met": "green", "missed": "red", "undecided": "yellow", "not measured": "dim"}
CHANGE_STYLE = {"cheaper": "green", "dearer": "red", "undecided": "dim"}


@click.command(
    "bench",
    short_help="Time decoders, adapters and checks against the floor.",
    epilog=examples(
        ("workbench bench --short", "a first look, in under a minute"),
        ("workbench bench", "everything"),
        ("workbench bench -k llm", "only cases of that name"),
        ("workbench bench --compare build/bench/earlier.json", "against an earlier run"),
    ),
)
@click.option("--short", is_flag=True, help="Fewer rounds; ends within 40 seconds.")
@click.option(
    "--compare",
    "earlier",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Compare with the output of an earlier run.",
)
@click.option("-k", "pattern", metavar="PATTERN", help="Only cases whose name contains this, such as adapter[llm].")
@click.option("--renew-digests", is_flag=True, help="Put today's results on file instead of timing anything.")
@FORMAT
def command(short: bool, earlier: Path | None, pattern: str | None, renew_digests: bool, format_: str) -> None:
    """Time our decoders, adapters and checks against the floor of the same bytes.

    Writes build/bench/latest.json. Exit code 1 means that a result was wrong, so that its time was discarded. A time
    that is longer than hoped for is a result and no error.
    """
    from workbench.errors import PluginError

    try:
        from workbench.benchmarks.comparing import compare
        from workbench.benchmarks.job import run_bench
        from workbench.benchmarks.report import read
    except ModuleNotFoundError as error:
        raise PluginError("bench", f"{error.name} is not installed; install stream-workbench[bench]") from error

    if renew_digests:
        _renew()
        return
    before = None if earlier is None else read(earlier)
    with progress("series") as report_progress:
        report = run_bench(
            short=short,
            pattern=pattern,
            folder=FOLDER,
            command=shlex.join(["workbench", *sys.argv[1:]]),
            progress=report_progress,
        )
    comparison = None if before is None else compare(before, report)
    if format_ == "json":
        import msgspec

        print_json({"report": msgspec.to_builtins(report), "comparison": msgspec.to_builtins(comparison)})
    else:
        _show(report)
        if comparison is not None:
            _show_comparison(comparison, str(earlier))
    for one in report.discarded:
        subject = f"[{one.subject}]" if one.subject else ""
        err().print(f"[red]discarded[/] {safe(f'{one.benchmark}{subject}/{one.body}')}: {safe(one.why)}")
    if report.discarded:
        raise click.exceptions.Exit(FINDINGS)


def _renew() -> None:
    from workbench.benchmarks.job import renew_digests

    with progress("series") as report_progress:
        count, wrong = renew_digests(progress=report_progress)
    for one in wrong:
        err().print(f"[red]wrong[/] {one.benchmark} {safe(one.subject or '')} {safe(one.body)}: {safe(one.why)}")
    if wrong:
        raise click.exceptions.Exit(FINDINGS)
    out().print(f"{count} digests are on file")


def _show(report: Report) -> None:
    console = out()
    series = list(dict.fromkeys((body.workload, body.dialect) for body in report.bodies))
    for workload, dialect in series:
        _show_series(console, report, workload, dialect)
    if report.aims:
        _show_aims(console, report)
    where = "narrowed.json" if report.mode == "narrowed" else "latest.json"
    console.print(
        "µs: CPU per delta (bare bytes: per frame), median, at the largest size. Times orjson: beside what orjson.loads"
        " takes on the same frames, with its 95 % interval. Growth: time ~ size^x; 1 is linear. Calls: of Python "
        "functions, per frame.\nTimes of designs are costs of our ports, not of the libraries: do not rank them."
    )
    machine = report.machine
    console.print(
        f"{len(report.rows)} cases on {len(report.bodies)} bodies in {report.seconds:.0f} s on {safe(machine.cpu)}, "
        f"{machine.cores} cores, {safe(machine.python)}, load {machine.load_before} to {machine.load_after}; "
        f"{FOLDER / where}"
    )


def _show_series(console: Console, report: Report, workload: str, dialect: str | None) -> None:
    bodies = {body.id: body for body in report.bodies if (body.workload, body.dialect) == (workload, dialect)}
    largest = max(bodies.values(), key=lambda body: body.n)
    titles = {one.id: one.title for one in report.workloads}
    names = {one.id: one.title for one in report.benchmarks}
    growth = {
        (one.benchmark, one.subject): one for one in report.growth if (one.workload, one.dialect) == (workload, dialect)
    }
    sizes = ", ".join(f"{body.n:,}" for body in bodies.values())
    table = Table(title=f"{titles[workload]}{f', {dialect}' if dialect else ''}; sizes {sizes}", title_justify="left")
    table.add_column("what")
    table.add_column("of")
    for column in ("µs", "times orjson", "growth", "calls", "peak MB"):
        table.add_column(column, justify="right", no_wrap=True)
    for key in dict.fromkeys((row.benchmark, row.subject) for row in report.rows if row.body in bodies):
        rows = [row for row in report.rows if (row.benchmark, row.subject) == key and row.body in bodies]
        row = max(rows, key=lambda one: bodies[one.body].n)
        calls = [one.python_calls_per_frame for one in rows if one.python_calls_per_frame is not None]
        cost = row.us_per_delta if row.us_per_delta is not None else row.us_per_frame
        size = "" if row.body == largest.id else f" (at {bodies[row.body].n:,})"
        table.add_row(
            names[row.benchmark] + size,
            safe(row.subject or ""),
            f"{cost:.2f}",
            "" if row.ratio is None else _interval(row.ratio),
            _interval(growth[key].exponent) if key in growth else "",
            f"{calls[-1]:.2f}" if calls else "",
            "" if row.peak_bytes is None else f"{row.peak_bytes / 1e6:.1f}",
        )
    console.print(table)


def _show_aims(console: Console, report: Report) -> None:
    table = Table(title="What we aim for", title_justify="left")
    table.add_column("aim")
    for column in ("limit", "measured", "state"):
        table.add_column(column, justify="right", no_wrap=True)
    for aim in report.aims:
        figure = "" if aim.value is None else f"{aim.value:.2f} ({aim.low:.2f} to {aim.high:.2f})"
        state = f"[{STATE_STYLE[aim.state]}]{aim.state}[/]"
        table.add_row(safe(aim.what), f"{aim.limit:g} {aim.unit}", figure, state)
    console.print(table)


def _show_comparison(comparison: Comparison, earlier: str) -> None:
    console = out()
    for warning in comparison.warnings:
        err().print(f"[yellow]careful[/] {safe(warning)}")
    table = Table(title=f"ratios to the floor, {safe(earlier)} and now", title_justify="left")
    table.add_column("case")
    for column in ("then", "now", "change", ""):
        table.add_column(column, justify="right", no_wrap=True)
    for one in comparison.changes:
        name = f"{one.benchmark}{f'[{one.subject}]' if one.subject else ''}/{one.body}"
        style = CHANGE_STYLE[one.verdict]
        verdict = one.verdict if one.same_work else f"{one.verdict}; another result than then"
        table.add_row(
            safe(name), _interval(one.before), _interval(one.now), f"{one.percent:+.0f} %", f"[{style}]{verdict}[/]"
        )
    console.print(table)
    console.print("undecided: the two intervals overlap, so the change may be chance.")
    for title, names in (("only then", comparison.only_before), ("only now", comparison.only_now)):
        if names:
            console.print(f"{title}: {safe(', '.join(names))}")


def _interval(found: Interval) -> str:
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"
