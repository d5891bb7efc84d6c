"""All releases at once: asked, judged, compared, written; what `workbench upstream run` does.

Rules:
1. A release that is not installed is not run, with its reason; what is on file of it stays on file.
2. A narrowed run answers and writes nothing where fixtures are narrowed; where releases are, it replaces theirs alone.
3. Subjects are played side by side; results do not depend on how many at once, or in which order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import msgspec

from workbench.clauses import all_checks
from workbench.corpus import Corpus, load_corpus
from workbench.data import find_specs_dir
from workbench.design import Design
from workbench.designs import all_designs
from workbench.dialects import all_dialects
from workbench.harness.job import digest_of, narrow, run_facts
from workbench.harness.judge import applicability
from workbench.harness.run import ReadBody, read_bodies
from workbench.jsontext import read_json
from workbench.profile import load_profile
from workbench.results import ResultSet, SubjectResult, pack, read, write
from workbench.shipped.bodies import digests
from workbench.shipped.fidelity import Fidelity, fidelity, framework_variant
from workbench.shipped.judging import Judged, judge_played, not_run
from workbench.shipped.playing import TAKES, Player, forget_what_differs, play_subject
from workbench.shipped.subjects import Subject, chosen, design_of, subjects_of
from workbench.transcript import PHASES, Json
from workbench.upstream.cache import Cache
from workbench.upstream.environments import Environment, cache_folder, find_environment
from workbench.upstream.limits import Failure
from workbench.upstream.protocol import Description, Variant
from workbench.upstream.releases import Missing, Release, all_releases
from workbench.verdict import Verdict

VERSION = 1

Progress = Callable[[int, int, str], None]


@dataclass
class ShippedReport:
    """What a run of releases found.

    Attributes:
        judged: cells and traces by the subject's address.
        designs: by the subject's address, the design that read it.
        missing: releases that could not be run, with the reason.
        described: by the release's address, what its driver said of itself.
        fidelity: of the adapters whose release was run.
        digests: of each body of the corpus, by its name.
        results: all results, those that were on file included; None for a narrowed run.
    """

    judged: dict[str, Judged] = field(default_factory=dict)
    designs: dict[str, Design] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    described: dict[str, Description] = field(default_factory=dict)
    fidelity: list[Fidelity] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    results: ResultSet | None = None

    def counts(self, subject: str) -> Counter[Verdict]:
        """Counts the verdicts of one subject."""
        return Counter(cell.verdict for cell in self.judged[subject].cells)

    @property
    def findings(self) -> list[str]:
        """What fails the run: differences between adapters and real frameworks that nobody has explained."""
        return [f"{one.design}: {finding}" for one in self.fidelity for finding in one.findings]


class _Told:
    """Counts what was done in several threads."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = Lock()
        self._done = self._total = 0

    def expect(self, count: int) -> None:
        with self._lock:
            self._total += count

    def one(self, what: str) -> None:
        with self._lock:
            self._done += 1
            if self._progress is not None:
                self._progress(self._done, max(self._done, self._total), what)


class _Job:
    """What all subjects of a run share."""

    def __init__(self, corpus: Corpus, cache: Cache, told: _Told, phases: Mapping[str, Iterable[str]]) -> None:
        self.dialects = all_dialects()
        self.designs = all_designs()
        self.checks = list(all_checks().values())
        self.bodies: list[ReadBody] = list(read_bodies(corpus, self.dialects))
        self.reasons = {body.address: applicability(body.truth, self.checks, body.address) for body in self.bodies}
        self.cache = cache
        self.told = told
        self.phases = phases

    def describe(self, release: Release, environment: Environment) -> Description | Failure:
        with Player(release, environment, self.cache) as player:
            return player.describe()

    def play(self, subject: Subject, environment: Environment) -> Judged:
        usable = sum(body.address.dialect in subject.dialects for body in self.bodies)
        self.told.expect(usable * TAKES)
        with Player(subject.release, environment, self.cache) as player:
            played = play_subject(player, subject, self.bodies, self.dialects, lambda: self.told.one(subject.address))
            known = self.phases.get(subject.address, ())
            judged = judge_played(played, self.bodies, self.reasons, self.checks, self.dialects, known)
            forget_what_differs(player, played, judged.cells)
        return judged

    def compare(self, release: Release, environment: Environment, said: Description) -> list[Fidelity]:
        """Holds the adapters that port this release against it."""
        read_by = {variant.id: release.design_of(variant.id) for variant in said.variants}
        found = []
        for design in self.designs.values():
            port = design.port
            if port is None or (port.library, port.release) != (release.library, release.version):
                continue
            variant = framework_variant(said, design, read_by)
            if variant is None:
                continue
            # A library without provider code speaks no dialect, so its framework takes the events of any.
            spoken = variant.dialects or said.dialects or tuple(self.dialects)
            bodies = [body for body in self.bodies if body.address.dialect in spoken]
            under = self.designs[design.over] if design.over else None
            with Player(release, environment, self.cache) as player:
                found.append(fidelity(player, variant, design, bodies, under, release.name))
        return found


def run_shipped(
    wanted: Sequence[str] = (),
    *,
    fixtures: tuple[str, ...] = (),
    corpus_folder: Path | None = None,
    results: Path | None = None,
    on_file: Path | None = None,
    jobs: int = 4,
    progress: Progress | None = None,
) -> ShippedReport:
    """Runs releases over the corpus, judges them, and writes when no fixture was left out.

    Args:
        wanted: libraries or releases; all when there are none.
        fixtures: slugs to narrow to.
        corpus_folder: fixtures to run on; those of the project by default.
        results: folder of the results as shipped; None writes none.
        on_file: folder of results that know, where fixtures are narrowed, which phases a subject has.
        jobs: how many subjects at once.
        progress: told about each body of each subject.

    Raises:
        WorkbenchError: something cannot be loaded, or another run is going on.
    """
    releases = all_releases()
    picked = chosen(releases, wanted)
    corpus = load_corpus(corpus_folder)
    report = ShippedReport()
    with Cache(cache_folder() / "runs") as cache:
        phases = _phases_on_file(on_file) if fixtures and on_file is not None else {}
        job = _Job(narrow(corpus, fixtures), cache, _Told(progress), phases)
        report.digests = digests(job.bodies)
        installed = _installed(picked, report)
        with ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="subject") as pool:
            try:
                _run_all(job, picked, installed, report, pool)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    if not fixtures:
        report.results = _merged(report, releases, corpus, results)
        if results is not None:
            write(report.results, results)
    return report


def _installed(picked: Mapping[str, Release], report: ShippedReport) -> dict[str, Environment]:
    found = {}
    for name, release in picked.items():
        environment = find_environment(release)
        if isinstance(environment, Missing):
            report.missing[name] = environment.reason
        else:
            found[name] = environment
    return found


def _run_all(
    job: _Job,
    picked: Mapping[str, Release],
    installed: Mapping[str, Environment],
    report: ShippedReport,
    pool: ThreadPoolExecutor,
) -> None:
    said = dict(
        zip(installed, pool.map(lambda name: job.describe(picked[name], installed[name]), installed), strict=True)
    )
    subjects: list[Subject] = []
    for name, description in said.items():
        if isinstance(description, Failure):
            report.missing[name] = f"{description.manner}: {description.detail}"
        else:
            report.described[name] = description
            subjects += subjects_of(picked[name], description, job.designs, job.dialects)
    playing = [pool.submit(job.play, one, installed[one.release.name]) for one in subjects]
    comparing = [
        pool.submit(job.compare, picked[name], installed[name], description)
        for name, description in said.items()
        if isinstance(description, Description)
    ]
    for subject, future in zip(subjects, playing, strict=True):
        report.judged[subject.address] = future.result()
        report.designs[subject.address] = subject.design
    for one in comparing:
        report.fidelity += one.result()
    for name in report.missing:
        judged = report.judged[name] = Judged()
        report.designs[name] = design_of(picked[name], job.designs)
        judged.cells.extend(not_run(name, job.bodies, job.checks, report.missing[name]))


def _merged(report: ShippedReport, releases: Mapping[str, Release], corpus: Corpus, folder: Path | None) -> ResultSet:
    """Puts what was found beside what is on file of releases that were not run."""
    profile = digest_of(load_profile(find_specs_dir() / "clauses"))
    kept = _on_file(folder)
    fresh: dict[str, SubjectResult] = {}
    shared: dict[str, Json] = {}
    for address, judged in report.judged.items():
        name = address.partition("/")[0]
        if name in report.missing and _of_release(kept.subjects, name):
            continue  # what was obtained before is worth more than that it was not obtained now
        release = releases[name]
        fresh[address], values = pack(
            judged.cells,
            subject=address,
            design=report.designs[address].id,
            way="as shipped",
            release=f"{release.library} {release.version}",
            corpus=corpus.digest,
            profile=profile,
        )
        shared |= values
    renewed = {address.partition("/")[0] for address in fresh}
    for address, result in kept.subjects.items():
        name = address.partition("/")[0]
        if name in releases and name not in renewed:
            fresh[address] = result
            shared |= {key: kept.shared[key] for key in _referred(result)}
    told = (kept.catalogue or {}).get("releases", {})
    known = {one["design"]: one for one in (kept.catalogue or {}).get("fidelity", ())}
    known |= {one.design: msgspec.to_builtins(one) for one in report.fidelity}
    corpora = {**(kept.catalogue or {}).get("corpora", {}), corpus.digest: report.digests}
    used = {one.corpus for one in fresh.values()}
    catalogue = {
        "schema": VERSION,
        "corpora": {name: table for name, table in corpora.items() if name in used},
        "releases": {
            name: _release_json(one, report.described.get(name), told.get(name, {}), report.judged)
            for name, one in releases.items()
            if _of_release(fresh, name)
        },
        "fidelity": [known[name] for name in sorted(known)],
    }
    made = ResultSet(dict(sorted(fresh.items())), shared, {}, catalogue, {})
    return msgspec.structs.replace(made, run=run_facts(made))


def _on_file(folder: Path | None) -> ResultSet:
    if folder is None or not (folder / "subjects").is_dir():
        return ResultSet({}, {}, {}, {}, {})
    return read(folder)


def _phases_on_file(folder: Path) -> dict[str, Sequence[str]]:
    """Phases of each subject, as the catalogue of a whole run has them."""
    path = folder / "catalogue.json"
    releases = read_json(path.read_bytes())["releases"] if path.is_file() else {}
    return {
        f"{name}/{variant}": way.get("phases", ())
        for name, release in releases.items()
        for variant, way in release["ways"].items()
    }


def _of_release(subjects: Iterable[str], name: str) -> list[str]:
    return [address for address in subjects if address.partition("/")[0] == name]


def _referred(result: SubjectResult) -> set[str]:
    evidence = {key for body in result.bodies.values() for key in body.evidence.values()}
    return evidence | set(result.values)


def _release_json(release: Release, said: Description | None, before: Json, judged: Mapping[str, Judged]) -> Json:
    """Writes the facts of a release: its data, and what its driver said of it, now or when its results were made."""
    return {
        "library": release.library,
        "version": release.version,
        "date": release.date.isoformat(),
        "python": release.python,
        "companions": list(release.companions),
        "design": release.design,
        "lock": release.lock_digest,
        "note": release.note,
        "packages": dict(said.packages) if said else before.get("packages", {}),
        "ways": {one.id: _way_json(release, said, one, judged.get(f"{release.name}/{one.id}")) for one in said.variants}
        if said
        else before.get("ways", {}),
    }


def _way_json(release: Release, said: Description, variant: Variant, judged: Judged | None) -> Json:
    """Writes the facts of one way of using a release."""
    return {
        "title": variant.title,
        "async": variant.asynchronous,
        "mode": variant.mode,
        "store": variant.store,
        "streamed": variant.streamed,
        "design": release.design_of(variant.id),
        "kinds": list(variant.ways or said.ways),
        "dialects": list(variant.dialects or said.dialects),
        "phases": [phase for phase in PHASES if judged is not None and phase in judged.phases],
    }
