"""`workbench upstream run`: releases asked, judged, and held against what is on file.

Rules:
1. What fails a clause is a result and no error. A difference between an adapter and the real framework that nobody has
   explained is a finding, and so is a difference that `--check` finds.
2. A release that is not installed is said, with what to do; what is on file of it stays.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.table import Table

from workbench.cli._names import pick_all
from workbench.cli.console import (
    ENVIRONMENT,
    FINDINGS,
    FORMAT,
    err,
    examples,
    out,
    print_json,
    progress,
    safe,
    shown_verdicts,
)
from workbench.errors import ResultError

if TYPE_CHECKING:
    from workbench.results import ResultSet
    from workbench.shipped.job import ShippedReport

MOST_CHANGES = 20
RESULTS = Path("site/data/shipped")


@click.command(
    "run",
    short_help="Run releases over the corpus and judge them.",
    epilog=examples(
        ("workbench upstream run", "all releases; writes site/data/shipped"),
        ("workbench upstream run llm", "all releases of one library; those of others stay as they are"),
        ("workbench upstream run llm@0.32 -f text-only --check", "a few bodies, held against what is on file"),
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME[@VERSION]]...")
@click.option("-f", "--fixture", "fixtures", multiple=True, metavar="SLUG", help="Only this fixture; may be repeated.")
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=RESULTS,
    show_default=True,
    help="Where results are written.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a cell differs from the one on file.")
@click.option("-j", "--jobs", type=click.IntRange(1, 32), default=4, show_default=True, help="How many at once.")
@FORMAT
def run_command(
    names: tuple[str, ...], fixtures: tuple[str, ...], results: Path, check: bool, jobs: int, format_: str
) -> None:
    """Run each release in its own environment, with its own provider code, over every body that it can read.

    Bodies are played twice, by a server on this machine. Answers are kept in the cache: only what changed is run again,
    and a run that was broken off goes on where it was. A run that is narrowed by a fixture only answers.
    """
    from workbench.corpus import load_corpus
    from workbench.shipped.job import run_shipped

    if check and not (results / "subjects").is_dir():
        raise ResultError(f"{results}: no results there to compare with; `workbench upstream run` makes them")
    if fixtures:
        slugs = [fixture.slug for fixture in load_corpus().fixtures]
        fixtures = pick_all(fixtures, slugs, what="fixture", listed="`workbench list fixtures`")
    started = time.perf_counter()
    with progress("bodies") as told:
        written = None if check else results
        report = run_shipped(names, fixtures=fixtures, results=written, on_file=results, jobs=jobs, progress=told)
    changed = list(_changes(report, results)) if check else []
    if format_ == "json":
        print_json(_json(report, changed))
    else:
        _show(report, time.perf_counter() - started, None if check or fixtures else results)
    for name, reason in report.missing.items():
        err().print(f"[yellow]not run[/] {safe(name)}: {safe(reason)}", soft_wrap=True)
    for finding in report.findings:
        err().print(f"[red]fidelity[/] {safe(finding)}", soft_wrap=True)
    for line in changed[:MOST_CHANGES]:
        err().print(f"[red]changed[/] {safe(line)}", soft_wrap=True)
    if check and not changed and format_ != "json":
        cells = sum(len(judged.cells) for name, judged in report.judged.items() if name not in report.missing)
        out().print(f"{cells:,} cells, each as on file in {safe(results)}", soft_wrap=True)
    if len(changed) > MOST_CHANGES:
        err().print(f"[red]changed[/] and {len(changed) - MOST_CHANGES:,} more cells", soft_wrap=True)
    if report.findings or changed:
        raise click.exceptions.Exit(FINDINGS)
    if report.missing:
        raise click.exceptions.Exit(ENVIRONMENT)


def _changes(report: ShippedReport, folder: Path) -> Iterator[str]:
    """Yields the cells that differ from those on file, in words."""
    from workbench.results import read

    kept: ResultSet = read(folder)
    for subject, judged in report.judged.items():
        if subject in report.missing:
            continue
        for cell in judged.cells:
            body = f"{cell.fixture}/{cell.turn + 1}@{cell.dialect}"
            old = kept.cell(subject, body, cell.clause)
            if old is None:
                yield f"{subject} {body} {cell.clause}: {cell.verdict}, and there is nothing on file"
            elif (old.verdict, old.reason) != (cell.verdict, cell.reason):
                words = [one.verdict if one.reason is None else f"{one.verdict} ({one.reason})" for one in (old, cell)]
                yield f"{subject} {body} {cell.clause}: {words[0]} on file, {words[1]} now"


def _json(report: ShippedReport, changed: list[str]) -> dict[str, object]:
    return {
        "subjects": {name: dict(report.counts(name)) for name in report.judged},
        "missing": report.missing,
        "fidelity": [
            {
                "design": one.design,
                "release": one.release,
                "bodies": one.bodies,
                "equal": one.equal,
                "findings": one.findings,
            }
            for one in report.fidelity
        ],
        "changed": changed,
    }


def _show(report: ShippedReport, seconds: float, written: Path | None) -> None:
    counts: dict[str, Counter[str]] = {
        subject: Counter(cell.verdict for cell in judged.cells) for subject, judged in report.judged.items()
    }
    verdicts = shown_verdicts(counts.values())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("subject")
    for verdict in verdicts:
        table.add_column(verdict, justify="right")
    for subject, found in counts.items():
        table.add_row(safe(subject), *(f"{found[verdict]:,}" if found[verdict] else "" for verdict in verdicts))
    out().print("as shipped:\n")
    out().print(table)
    for one in report.fidelity:
        left = sum(one.left_out.values())
        beside = f"; {left} left out" if left else ""
        phases = ", ".join(one.phases)
        line = f"{one.design} and {one.release}: {one.equal} of {one.bodies} bodies equal in {phases}{beside}"
        out().print(safe(line), soft_wrap=True)
    where = f"results are in {written}" if written is not None else "nothing was written"
    out().print()
    out().print(safe(f"{seconds:.1f} s; {where}"), soft_wrap=True)
