"""`workbench run`: judge designs on the corpus."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.table import Table

from workbench.cli.console import FINDINGS, FORMAT, VERDICT_STYLE, err, out, print_json, progress, safe
from workbench.verdict import VERDICTS

if TYPE_CHECKING:
    from workbench.harness.job import JobReport


@click.command("run")
@click.argument("designs", nargs=-1)
@click.option("-f", "--fixture", "fixtures", multiple=True, metavar="SLUG", help="Only this fixture; may be repeated.")
@click.option(
    "--corpus",
    "corpus_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Run on the fixtures of this folder instead of the project's.",
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
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the results differ from those on file.")
@FORMAT
def command(
    designs: tuple[str, ...],
    fixtures: tuple[str, ...],
    corpus_folder: Path | None,
    results: Path,
    build: Path,
    check: bool,
    format_: str,
) -> None:
    """Judge DESIGNS (all by default) on every body of the corpus.

    A complete run writes results, traces and lanes; one that is narrowed by a design or a fixture only answers. Exit
    code 1 means that a `carries` table claims too much or too little, or that a check has no teeth. A design that
    fails a clause is a result and no error.
    """
    from workbench.harness.job import run_job
    from workbench.results import differences, read

    started = time.perf_counter()
    with progress("bodies") as report_progress:
        report = run_job(
            designs=designs,
            fixtures=fixtures,
            corpus_folder=corpus_folder,
            results=None if check else results,
            build=None if check else build,
            progress=report_progress,
        )
    changed = list(differences(read(results), report.results)) if check and not (designs or fixtures) else []
    if format_ == "json":
        print_json(
            {
                "bodies": report.bodies,
                "subjects": {name: dict(report.counts(name)) for name in report.gathered},
                "findings": [f"{one.design} {one.phase} {one.concept}: {one.what}" for one in report.findings],
                "toothless": report.toothless,
                "changed": len(changed),
            }
        )
    else:
        _show(report, time.perf_counter() - started)
    for finding in report.findings:
        err().print(f"[red]carries[/] {finding.design}, {finding.phase}, {finding.concept}: {safe(finding.what)}")
    for line in report.toothless:
        err().print(f"[red]profile[/] {safe(line)}")
    for change in changed[:20]:
        err().print(
            f"[red]changed[/] {change.subject} {safe(change.body)} {change.clause}: {change.before} → {change.after}"
        )
    if report.findings or report.toothless or changed:
        raise click.exceptions.Exit(FINDINGS)


def _show(report: JobReport, seconds: float) -> None:
    table = Table(title=f"{report.bodies} bodies, {len(report.results.miniatures['checks'])} clauses, as designed")
    table.add_column("design")
    for verdict in VERDICTS:
        table.add_column(verdict, justify="right", style=VERDICT_STYLE[verdict])
    for name in report.gathered:
        counts = report.counts(name)
        table.add_row(name, *(str(counts[verdict] or "") for verdict in VERDICTS))
    console = out()
    console.print(table)
    where = f"results in {report.written}" if report.written else "nothing written: the run was narrowed or a check"
    console.print(f"{seconds:.1f} s; {where}. `workbench explain DESIGN` shows the evidence.")
