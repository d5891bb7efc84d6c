"""The whole job: everything that is found, run, judged and written; what `workbench run` does.

Rules:
1. Results are written only by a complete run: all designs, all fixtures. A narrowed run answers and writes nothing.
2. Equal results leave every committed file untouched, `run.json` included: its date is that of the last change.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from workbench import __version__
from workbench.clauses import all_checks
from workbench.corpus import Corpus, load_corpus
from workbench.data import find_specs_dir
from workbench.design import Design
from workbench.designs import all_designs
from workbench.dialects import all_dialects
from workbench.errors import PluginError, UsageError
from workbench.harness.catalogue import catalogue
from workbench.harness.output import write_lanes, write_traces
from workbench.harness.proof import Finding
from workbench.harness.run import Progress, Ran, ReadBody, findings, read_bodies, rejections, run
from workbench.jsontext import digest
from workbench.miniatures import all_miniatures
from workbench.profile import Clause, load_profile
from workbench.results import ResultSet, SubjectResult, pack, write
from workbench.transcript import Json
from workbench.verdict import Verdict


@dataclass(frozen=True)
class JobReport:
    """What a run found.

    Attributes:
        gathered: per design.
        findings: faults of `carries` tables; any of them fails the run.
        toothless: checks that reject no miniature, and miniatures that no check rejects; any of them fails the run.
        written: folder of the results, or None for a narrowed run.
    """

    bodies: int
    gathered: Mapping[str, Ran]
    findings: list[Finding]
    toothless: list[str]
    results: ResultSet
    written: Path | None

    def counts(self, subject: str) -> Counter[Verdict]:
        """Counts the verdicts of one subject."""
        return Counter(cell.verdict for cell in self.gathered[subject].cells)


def select(found: Mapping[str, Design], wanted: tuple[str, ...]) -> dict[str, Design]:
    """Narrows designs to those named; all when none is named.

    Raises:
        UsageError: a name is unknown; the message lists those that are known.
    """
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise UsageError(f"no design {unknown[0]!r}; there are {', '.join(found)}")
    return {name: found[name] for name in found if not wanted or name in wanted}


def run_job(
    *,
    designs: tuple[str, ...] = (),
    fixtures: tuple[str, ...] = (),
    corpus_folder: Path | None = None,
    results: Path | None = None,
    build: Path | None = None,
    progress: Progress | None = None,
) -> JobReport:
    """Runs designs and miniatures over a corpus, judges, and writes when the run is complete.

    Args:
        designs: ids to narrow to.
        fixtures: slugs to narrow to.
        corpus_folder: fixtures to run on; those of the project by default.
        results: folder to write results to; None writes none.
        build: folder to write traces and lanes to; None writes none.
        progress: told about each body.

    Raises:
        WorkbenchError: something cannot be loaded, or a body does not say what its fixture says.
    """
    clauses, checks = load_profile(find_specs_dir() / "clauses"), all_checks()
    _same_ids(clauses, checks)
    corpus = load_corpus(corpus_folder)
    chosen = select(all_designs(), designs)
    dialects = all_dialects()
    narrowed = narrow(corpus, fixtures)
    bodies = list(read_bodies(narrowed, dialects))
    small_ones = all_miniatures()
    share = len(chosen) / (len(chosen) + len(small_ones))
    gathered = run(_telling(bodies, progress, 0, share), chosen, checks, unders=all_designs())
    small = run(_telling(bodies, progress, share, 1), small_ones, checks, miniature=True)
    complete = not designs and not fixtures
    rejected = rejections(small)
    made = ResultSet(
        *_packed(gathered, narrowed.digest, digest_of(clauses)),
        miniatures={"checks": list(checks), "rejections": rejected},
        catalogue=catalogue(
            narrowed,
            dialects,
            clauses,
            checks,
            [(ran.design, ran.prover) for ran in gathered.values()],
            all_miniatures(),
        ),
        run={},
    )
    made = msgspec.structs.replace(made, run=run_facts(made))
    report = JobReport(
        len(bodies),
        gathered,
        findings(gathered) if complete else [],
        _toothless(rejected, checks) if complete else [],
        made,
        results if complete else None,
    )
    if complete:
        _write(report, bodies, results, build)
    return report


def _telling(bodies: list[ReadBody], progress: Progress | None, since: float, until: float) -> Iterator[ReadBody]:
    """Passes bodies on and tells about each, as a pass that takes the work from one share of it to another."""
    for index, body in enumerate(bodies):
        if progress is not None:
            progress(int(since * len(bodies) + (until - since) * index), len(bodies), str(body.address))
        yield body


def digest_of(clauses: Mapping[str, Clause]) -> str:
    """The version of the profile: a hash over all clauses' texts."""
    return digest(msgspec.to_builtins(dict(clauses)))


def _same_ids(clauses: Mapping[str, Clause], checks: Mapping[str, object]) -> None:
    unchecked = sorted(set(clauses) - set(checks))
    unwritten = sorted(set(checks) - set(clauses))
    if unchecked or unwritten:
        raise PluginError("the profile", f"clauses without a check: {unchecked}; checks without a clause: {unwritten}")


def narrow(corpus: Corpus, wanted: tuple[str, ...]) -> Corpus:
    """Narrows a corpus to the fixtures that are named; the whole one when none is.

    Raises:
        UsageError: a slug is unknown.
    """
    if not wanted:
        return corpus
    known = {fixture.slug for fixture in corpus.fixtures}
    unknown = [slug for slug in wanted if slug not in known]
    if unknown:
        raise UsageError(f"no fixture {unknown[0]!r}; `workbench list fixtures` shows all")
    return Corpus(tuple(fixture for fixture in corpus.fixtures if fixture.slug in wanted), corpus.digest)


def _packed(gathered: Mapping[str, Ran], corpus: str, profile: str) -> tuple[dict[str, SubjectResult], dict[str, Json]]:
    subjects: dict[str, SubjectResult] = {}
    shared: dict[str, Json] = {}
    for identity, ran in gathered.items():
        port = ran.design.port
        subjects[identity], values = pack(
            ran.cells,
            subject=identity,
            design=identity,
            way="as designed",
            release=f"{port.library} {port.release}" if port else None,
            corpus=corpus,
            profile=profile,
        )
        shared |= values
    return subjects, shared


def _toothless(rejected: Mapping[str, Mapping[str, str]], checks: Mapping[str, object]) -> list[str]:
    rejecting = {clause for row in rejected.values() for clause in row}
    idle = [f"check {clause} rejects no miniature" for clause in checks if clause not in rejecting]
    sound = [name for name, row in rejected.items() if not row]
    if len(sound) != 1:
        idle.append(f"one miniature, the reference, should pass every check; these do: {', '.join(sound) or 'none'}")
    return idle


def _write(report: JobReport, bodies: list[ReadBody], results: Path | None, build: Path | None) -> None:
    if build is not None:
        write_lanes(build / "lanes", bodies, report.gathered)
        write_traces(build / "traces", report.gathered)
    if results is not None:
        write(report.results, results)


def run_facts(made: ResultSet) -> Json:
    """Says when and where a run was made, and of what."""
    content = msgspec.to_builtins(made.subjects)
    return {
        "results": digest([content, made.miniatures, made.catalogue]),
        "date": datetime.now(UTC).date().isoformat(),
        "workbench": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
