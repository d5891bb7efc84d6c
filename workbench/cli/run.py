"""`workbench run`: judge designs on the corpus."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from rich import box
from rich.console import Console
from rich.table import Table

from workbench.cli._names import pick_all
from workbench.cli._shipped import FOLDER, fidelity_line, read_fidelity
from workbench.cli.console import (
    FINDINGS,
    FORMAT,
    VERDICT_STYLE,
    err,
    examples,
    out,
    print_json,
    progress,
    safe,
    shown_verdicts,
)
from workbench.errors import ResultError, UsageError

if TYPE_CHECKING:
    from workbench.cli._shipped import Fidelity
    from workbench.harness.job import JobReport
    from workbench.results import Change, ResultSet

MOST_REASONS = 5
MOST_CHANGES = 20


@click.command(
    "run",
    short_help="Judge all designs on the whole corpus and write the results.",
    epilog=examples(
        ("workbench run", "everything; writes site/data and build/run"),
        ("workbench run --check", "everything; exit 1 when a result file would change"),
        ("workbench run llm -f text-only -f refusal", "one design on two fixtures; writes nothing"),
    ),
)
@click.argument("designs", nargs=-1, metavar="[DESIGN]...")
@click.option("-f", "--fixture", "fixtures", multiple=True, metavar="SLUG", help="Only this fixture; may be repeated.")
@click.option(
    "--corpus",
    "corpus_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Run on the fixtures of this folder instead of the project's. Writes only where --results and --build say.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site/data"),
    show_default=True,
    help="Where results are written.",
)
@click.option(
    "--build",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("build/run"),
    show_default=True,
    help="Where traces and lanes are written.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a result file differs from the one on file.")
@FORMAT
@click.pass_context
def command(
    ctx: click.Context,
    designs: tuple[str, ...],
    fixtures: tuple[str, ...],
    corpus_folder: Path | None,
    results: Path,
    build: Path,
    check: bool,
    format_: str,
) -> None:
    """Judge each DESIGN (all by default) on every body of the corpus.

    A complete run writes results, traces and lanes; one that is narrowed by a design or a fixture only answers. A
    design that fails a clause is a result and no error.

    Exit code 1: a `carries` table claims too much or too little, a check has no teeth, or --check found a difference.
    With --corpus, tables and checks are not held to account: a corpus of your own need not fill them.
    """
    from workbench.corpus import load_corpus
    from workbench.designs import all_designs
    from workbench.harness.job import run_job

    given = {name for name in ("results", "build") if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    _refuse(bool(designs or fixtures), corpus_folder is not None, check, given)
    if check and not (results / "subjects").is_dir():
        raise ResultError(f"{results}: no results there to compare with; `workbench run` makes them")
    designs = pick_all(designs, all_designs(), what="design", listed="`workbench list`")
    if fixtures:
        slugs = [fixture.slug for fixture in load_corpus(corpus_folder).fixtures]
        fixtures = pick_all(fixtures, slugs, what="fixture", listed="`workbench list fixtures`")
    ours = corpus_folder is None
    started = time.perf_counter()
    with progress("bodies") as report_progress:
        report = run_job(
            designs=designs,
            fixtures=fixtures,
            corpus_folder=corpus_folder,
            results=results if not check and (ours or "results" in given) else None,
            build=build if not check and (ours or "build" in given) else None,
            progress=report_progress,
        )
    fidelity, unread = _fidelity(results / FOLDER)
    faults = _faults(report) if ours else []
    changed = _changes(report.results, results) if check else []
    if format_ == "json":
        print_json(
            {
                "bodies": report.bodies,
                "subjects": {name: dict(report.counts(name)) for name in report.gathered},
                "findings": [what for kind, what in faults if kind == "carries"],
                "toothless": [what for kind, what in faults if kind == "profile"],
                "changed": changed,
                "written": None if report.written is None else str(report.written),
                "fidelity": {name: fidelity.get(name) for name in report.gathered},
            }
        )
    else:
        _show(out(), report, time.perf_counter() - started, check=check)
        _show_fidelity(out(), report, fidelity, results / FOLDER)
    if unread:
        err().print(f"[red]shipped[/] {safe(unread)}", soft_wrap=True)
    for kind, what in faults:
        err().print(f"[red]{kind}[/] {safe(what)}", soft_wrap=True)
    for what in changed[:MOST_CHANGES]:
        err().print(f"[red]changed[/] {safe(what)}", soft_wrap=True)
    if len(changed) > MOST_CHANGES:
        err().print(f"… and {len(changed) - MOST_CHANGES} more changes; --format json has all")
    if faults or changed:
        raise click.exceptions.Exit(FINDINGS)


def _refuse(narrowed: bool, outside: bool, check: bool, given: set[str]) -> None:
    """Refuses combinations of options that would be ignored in silence."""
    if narrowed and check:
        raise UsageError("--check needs a complete run; leave out DESIGN and --fixture")
    if narrowed and given:
        raise UsageError(f"a narrowed run writes nothing; leave out --{min(given)}, or DESIGN and --fixture")
    if outside and check and "results" not in given:
        raise UsageError("--check with --corpus needs --results: site/data is about the project's own corpus")


def _faults(report: JobReport) -> list[tuple[str, str]]:
    """What is wrong with tables and checks: the kind, and a line."""
    carries = [("carries", f"{one.design} {one.phase} {one.concept}: {one.what}") for one in report.findings]
    return [*carries, *(("profile", line) for line in report.toothless)]


def _changes(made: ResultSet, folder: Path) -> list[str]:
    """Says how the result files of this run differ from those on file, to the byte; `run.json`, a date, is left out."""
    from workbench.results import differences, read, write

    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch)
        write(made, fresh)
        new = {path.relative_to(fresh): path.read_bytes() for path in fresh.rglob("*.json")}
    every = {path.relative_to(folder): path for path in folder.rglob("*.json")}
    # Results as shipped lie inside; they are made and compared by another command.
    old = {name: path.read_bytes() for name, path in every.items() if name.parts[0] != FOLDER}
    try:
        cells = [f"{one.subject} {one.body} {one.clause}: {_turned(one)}" for one in differences(read(folder), made)]
    except ResultError as error:
        cells = [str(error)]
    files = [
        f"{folder / name}: {_difference(old.get(name), new.get(name))}"
        for name in sorted({*old, *new})
        if name != Path("run.json") and old.get(name) != new.get(name)
    ]
    return [*files, *cells]


def _turned(change: Change) -> str:
    if change.before == change.after:
        return f"{change.after}, and shows something else"
    return f"{change.before or 'absent'} → {change.after or 'absent'}"


def _difference(old: bytes | None, new: bytes | None) -> str:
    if old is None:
        return "is missing"
    return "belongs to nothing" if new is None else "differs"


def _show(console: Console, report: JobReport, seconds: float, *, check: bool) -> None:
    clauses = len(report.results.miniatures["checks"])
    console.print(f"{report.bodies} bodies, {clauses} clauses, as designed:\n")
    verdicts = shown_verdicts(report.counts(name) for name in report.gathered)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("design", no_wrap=True)
    for verdict in verdicts:
        table.add_column(verdict, justify="right", style=VERDICT_STYLE[verdict], no_wrap=True)
    for name in report.gathered:
        counts = {str(verdict): count for verdict, count in report.counts(name).items()}
        table.add_row(name, *(f"{counts[verdict]:,}" if counts.get(verdict) else "" for verdict in verdicts))
    console.print(table)
    console.print("\nNot judged, most often because:")
    for line in _reasons(report):
        console.print(line)
    where = "nothing was written: the run was narrowed, or its corpus is not the project's"
    if check:
        where = "compared with the results on file; nothing was written"
    elif report.written:
        where = f"results are in {report.written}; `workbench explain DESIGN` shows the evidence"
    console.print(f"\n{seconds:.1f} s; {where}")


def _fidelity(folder: Path) -> tuple[dict[str, Fidelity], str | None]:
    """Reads the fidelity of adapters, and why it cannot be read: that is no fault of this run."""
    try:
        return read_fidelity(folder), None
    except ResultError as error:
        return {}, str(error)


def _show_fidelity(console: Console, report: JobReport, found: Mapping[str, Fidelity], folder: Path) -> None:
    console.print(f"\nFidelity of the adapters, beside the real frameworks, by {folder}:")
    wide = max(map(len, report.gathered), default=0)
    for name, ran in report.gathered.items():
        port = ran.design.port
        line = fidelity_line(found.get(name), f"{port.library} {port.release}" if port else None)
        console.print(f"  {safe(name):{wide}}  {line}", soft_wrap=True)


def _reasons(report: JobReport) -> Iterator[str]:
    reasons = Counter(cell.reason for ran in report.gathered.values() for cell in ran.cells if cell.reason)
    for reason, count in reasons.most_common(MOST_REASONS):
        yield f"  {count:6,}  {safe(reason)}"
    left = len(reasons) - MOST_REASONS
    if left > 0:
        rest = sum(count for _, count in reasons.most_common()[MOST_REASONS:])
        yield f"  {rest:6,}  for {left} other reasons, which `workbench explain DESIGN` lists after a complete run"
