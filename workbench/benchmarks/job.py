"""The whole job: workloads made ready, timed, counted, written; what `workbench bench` does.

Rules:
1. A series is one workload in one dialect. Series follow one another; inside one, all cases of all sizes take turns, so
   ratios and growth are taken within one stretch of time.
2. Only the floor is run beside what `-k` asks for, since ratios need it.
3. Whatever is timed was found in a folder; nothing is named here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from workbench import __version__
from workbench.benchmarks import clock
from workbench.benchmarks.aims import judge_aims, load_aims
from workbench.benchmarks.bodies import iter_bodies
from workbench.benchmarks.definitions import all_benchmarks
from workbench.benchmarks.expected import load_expected, write_expected
from workbench.benchmarks.machine import describe, load, versions
from workbench.benchmarks.method import METHOD
from workbench.benchmarks.model import Benchmark, Body, Case, Workload
from workbench.benchmarks.report import (
    BenchmarkFacts,
    BodyFacts,
    Discarded,
    Growth,
    LeftOut,
    Mode,
    Report,
    Row,
    WorkloadFacts,
    write,
)
from workbench.benchmarks.rounds import FULL, SHORT, Plan, Timed, take, verify
from workbench.benchmarks.rows import growth_of, rows_of
from workbench.benchmarks.workloads import all_workloads
from workbench.design import Design
from workbench.designs import all_designs
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.errors import UsageError

Progress = Callable[[int, int, str], None]
"""Called with how many series are done, how many there are, and what is going on."""


@dataclass(frozen=True)
class Setting:
    """What there is to be timed; by default all that is found.

    Attributes:
        plan: how much of everything; that of the mode by default.
        largest: leave out larger sizes.
    """

    designs: Mapping[str, Design] = field(default_factory=all_designs)
    dialects: Mapping[str, Dialect] = field(default_factory=all_dialects)
    benchmarks: Mapping[str, Benchmark] = field(default_factory=all_benchmarks)
    workloads: Mapping[str, Workload] = field(default_factory=all_workloads)
    expected: Mapping[str, str] = field(default_factory=load_expected)
    plan: Plan | None = None
    largest: int | None = None


@dataclass
class _Gathered:
    timed: list[Timed] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    bodies: list[BodyFacts] = field(default_factory=list)
    left_out: dict[LeftOut, None] = field(default_factory=dict)
    discarded: list[Discarded] = field(default_factory=list)


def run_bench(
    *,
    short: bool = False,
    pattern: str | None = None,
    folder: Path | None = None,
    command: str = "workbench bench",
    progress: Progress | None = None,
    setting: Setting | None = None,
) -> Report:
    """Times everything once.

    Args:
        short: fewer rounds, and large sizes only where they are cheap.
        pattern: only cases whose id contains this.
        folder: where the report and pytest-benchmark's own file are written; None writes nothing.
        command: what was typed, for the report.
        progress: told what is going on.
        setting: what there is to be timed.

    Returns:
        The report, which `folder` then also holds.

    Raises:
        UsageError: nothing matches the pattern.
        ResultError: a body is not what its generator made.
        OSError: the folder cannot be written.
    """
    setting = setting or Setting()
    plan = setting.plan or (SHORT if short else FULL)
    started, machine = time.perf_counter(), describe()
    before = load()
    gathered = _Gathered()
    todo = list(_series(setting))
    for done, (workload, dialects) in enumerate(todo):
        name = " ".join([workload.id, *dialects])
        say = _sayer(progress, done, len(todo), name)
        say("making bodies")
        _run_series(workload, dialects, setting, plan, short, pattern, gathered, say)
    if not gathered.rows and not gathered.discarded:
        names = ", ".join(setting.benchmarks)
        raise UsageError(
            f"no case has {pattern!r} in its name, such as adapter[llm]/mixed-200@openai-chat; there are {names}"
        )
    mode: Mode = "narrowed" if pattern else "short" if short else "full"
    report = Report(
        date=datetime.now(UTC).date().isoformat(),
        mode=mode,
        command=command,
        workbench=__version__,
        seconds=round(time.perf_counter() - started, 1),
        machine=msgspec.structs.replace(machine, load_before=before, load_after=load()),
        versions=versions(),
        method=METHOD,
        workloads=tuple(WorkloadFacts(one.id, one.title, one.explain) for one in setting.workloads.values()),
        bodies=tuple(gathered.bodies),
        benchmarks=tuple(
            BenchmarkFacts(one.id, one.title, one.explain, one.outside, one.group)
            for one in setting.benchmarks.values()
        ),
        rows=tuple(gathered.rows),
        growth=tuple(gathered.growth),
        aims=tuple(judge_aims(load_aims(), gathered.rows, gathered.bodies, gathered.growth)),
        left_out=tuple(gathered.left_out),
        discarded=tuple(gathered.discarded),
    )
    if folder is not None:
        write(report, folder)
        clock.save([one.turn for one in gathered.timed], folder / "pytest", f"{report.date}_{mode}")
    return report


def renew_digests(setting: Setting | None = None, progress: Progress | None = None) -> tuple[int, list[Discarded]]:
    """Writes the digests on file anew, from results that the generator agrees with; all or none.

    Returns:
        How many there are now, and the results that the generator does not agree with; if there are any, nothing was
        written.
    """
    setting = setting or Setting()
    digests: dict[str, str] = {}
    wrong: list[Discarded] = []
    todo = list(_series(setting))
    for done, (workload, dialects) in enumerate(todo):
        say = _sayer(progress, done, len(todo), workload.id)
        for body in iter_bodies(workload, dialects, largest=setting.largest):
            digests[f"bytes/{body.id}"] = body.digest
            for case in _cases(body, setting, None, False, {}):
                if case.task.pin is None or case.task.pin in digests:
                    continue
                say(case.id)
                found = verify(case, {})
                if isinstance(found, Discarded):
                    wrong.append(found)
                elif isinstance(found, Timed):
                    digests[case.task.pin] = found.digest
    if not wrong:
        write_expected(digests)
    return len(digests), wrong


def _series(setting: Setting) -> Iterator[tuple[Workload, dict[str, Dialect]]]:
    for workload in setting.workloads.values():
        if workload.bare:
            yield workload, {}
        else:
            for name, dialect in setting.dialects.items():
                yield workload, {name: dialect}


def _run_series(
    workload: Workload,
    dialects: Mapping[str, Dialect],
    setting: Setting,
    plan: Plan,
    short: bool,
    pattern: str | None,
    gathered: _Gathered,
    say: Callable[[str], None],
) -> None:
    bodies = list(iter_bodies(workload, dialects, short=short, largest=setting.largest))
    cases: list[Case] = []
    for body in bodies:
        on_file = setting.expected.get(f"bytes/{body.id}")
        if on_file is not None and on_file != body.digest:
            why = f"the body's digest is {body.digest}, on file {on_file}; `--renew-digests` if the change is meant"
            gathered.discarded.append(Discarded("body", None, body.id, why))
            continue
        cases += _cases(body, setting, pattern, short, gathered.left_out)
    taken = take(cases, setting.expected, plan, say)
    gathered.discarded += taken.discarded
    gathered.left_out |= dict.fromkeys(taken.left_out)
    rows = rows_of(taken.timed)
    gathered.timed += taken.timed
    gathered.rows += rows
    gathered.growth += growth_of(taken.timed)
    used = {row.body for row in rows}
    gathered.bodies += [_facts(body) for body in bodies if body.id in used]


def _cases(
    body: Body, setting: Setting, pattern: str | None, short: bool, left_out: dict[LeftOut, None]
) -> Sequence[Case]:
    found: list[Case] = []
    dialect = None if body.dialect is None else body.dialect.id
    for benchmark in _in_order(setting.benchmarks.values()):
        if short and benchmark.largest_short is not None and body.n > benchmark.largest_short:
            continue
        for subject, task in benchmark.tasks(body, setting.designs):
            if isinstance(task, str):
                left_out[LeftOut(benchmark.id, subject or "", body.workload.id, dialect, task)] = None
            else:
                found.append(Case(benchmark, subject, body, task))
    wanted = [case for case in found if not pattern or pattern.lower() in case.id.lower()]
    if wanted and len(wanted) < len(found):
        wanted = [case for case in found if case in wanted or case.benchmark.floor]
    return wanted


def _in_order(benchmarks: Iterable[Benchmark]) -> list[Benchmark]:
    groups = ("floor", "reading", "design", "harness")
    return sorted(benchmarks, key=lambda one: (groups.index(one.group), one.id))


def _facts(body: Body) -> BodyFacts:
    dialect = None if body.dialect is None else body.dialect.id
    return BodyFacts(body.id, body.workload.id, dialect, body.n, len(body.data), body.frames, body.deltas, body.digest)


def _sayer(progress: Progress | None, done: int, total: int, name: str) -> Callable[[str], None]:
    def say(what: str) -> None:
        if progress is not None:
            progress(done, total, f"{name}: {what}")

    return say
