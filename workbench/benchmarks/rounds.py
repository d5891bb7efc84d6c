"""Takes the times of one series: every case of a workload in a dialect, all sizes, in turns.

Theory of operation. First every case is run once and its result is held against what the generator knows and against
the digest on file; a case that is wrong leaves here and is never timed. Then come the rounds: in each, the cases of the
smallest body take their turns, A B C, then those of the next, and so on; then again. The result of the last round is
held against the first one; where a round runs a case several times, that of one more run. Last comes a pass without a
clock that counts calls and memory.

Rules:
1. A time counts only if the result before the rounds and the result at their end were right.
2. A case and the floor of its body have the same number of rounds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from workbench.benchmarks.clock import Turn, iterations_for
from workbench.benchmarks.counting import count_calls, peak_bytes
from workbench.benchmarks.model import Case, Check
from workbench.benchmarks.report import Discarded, LeftOut
from workbench.design import NativeRaise

T = TypeVar("T")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How much of everything.

    Attributes:
        rounds: of a body, by its number of pieces.
        calls_up_to: the largest number of pieces at which calls are counted.
        memory: the smallest and the largest number of pieces at which memory is looked at.
    """

    rounds: Callable[[int], int]
    calls_up_to: int
    memory: tuple[int, int]


SHORT = Plan(lambda n: 7 if n <= 1_000 else 5 if n <= 5_000 else 3, calls_up_to=1_000, memory=(5_000, 5_000))
FULL = Plan(lambda n: 31 if n <= 5_000 else 15, calls_up_to=5_000, memory=(5_000, 20_000))


@dataclass
class Timed:
    """A case whose first result was right.

    Attributes:
        digest: of that result.
        checked: what it was held against.
        changed: the result of the last round was another one.
    """

    case: Case
    turn: Turn
    digest: str
    checked: tuple[Check, ...]
    events: int | None
    changed: bool = False
    calls: int | None = None
    peak: int | None = None


@dataclass
class Taken:
    """What came of a series."""

    timed: list[Timed] = field(default_factory=list)
    discarded: list[Discarded] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def verify(case: Case, expected: Mapping[str, str]) -> Timed | Discarded | LeftOut:
    """Runs a case once and holds its result against what is known.

    Args:
        case: what to run.
        expected: digests on file, by the name of the result.

    Returns:
        The case, ready to be timed; or why its time would not count; or that the design raises at its user here.
    """
    task = case.task
    try:
        result = task.run()
        digest, wrong = task.digest(result), task.fault(result)
    except NativeRaise as error:
        dialect = None if case.body.dialect is None else case.body.dialect.id
        reason = f"the design raises at its user: {error.type}: {str(error)[:200]}"
        return LeftOut(case.benchmark.id, case.subject or "", case.body.workload.id, dialect, reason)
    except Exception as error:  # noqa: BLE001 - whatever it raises, its time does not count, and the others go on
        return _discard(case, f"raised {type(error).__name__}: {error}")
    if wrong is not None:
        return _discard(case, f"not what the generator made: {wrong}")
    checked: tuple[Check, ...] = ("generator",)
    on_file = expected.get(task.pin) if task.pin is not None else None
    if on_file is not None:
        if on_file != digest:
            return _discard(case, f"digest {digest}, on file {on_file}; `--renew-digests` if the change is meant")
        checked = ("generator", "committed")
    turn = Turn(case.id, case.body.id, task.run, iterations_for(case.body.n))
    return Timed(case, turn, digest, checked, None if task.events is None else task.events(result))


def in_turns(bodies: Sequence[tuple[int, Sequence[T]]]) -> Iterator[tuple[int, T]]:
    """Yields in which order cases take their rounds: A B C, A B C, body by body within each round.

    Args:
        bodies: of each, the number of its rounds and its cases.

    Yields:
        `(round, case)`; rounds count from 0.
    """
    for number in range(max((rounds for rounds, _ in bodies), default=0)):
        for rounds, cases in bodies:
            if number < rounds:
                for case in cases:
                    yield number, case


def take(cases: Iterable[Case], expected: Mapping[str, str], plan: Plan, say: Say) -> Taken:
    """Verifies, times and counts the cases of one series.

    Args:
        cases: in the order in which they take their turns; those of one body in a row.
        expected: digests on file, by the name of the result.
        plan: how much of everything.
        say: told what is going on.

    Returns:
        Those whose times count, those whose do not, and those that cannot be timed.
    """
    taken = Taken()
    ready: list[Timed] = []
    for case in cases:
        say(f"checking {case.id}")
        match verify(case, expected):
            case Timed() as found:
                ready.append(found)
            case Discarded() as wrong:
                taken.discarded.append(wrong)
            case LeftOut() as absent:
                taken.left_out.append(absent)
    by_body: dict[str, list[Timed]] = {}
    for one in ready:
        by_body.setdefault(one.case.body.id, []).append(one)
    gc.collect()
    gc.freeze()
    try:
        said = -1
        turns = [(plan.rounds(them[0].case.body.n), them) for them in by_body.values()]
        for number, one in in_turns(turns):
            if number != said:
                said = number
                say(f"round {number + 1}")
            result = one.turn.round()
            if result is not None and number == plan.rounds(one.case.body.n) - 1:
                one.changed = one.case.task.digest(result) != one.digest
            # Nobody's result may stand in memory while others take their turn: collections would have to look at it.
            del result
    finally:
        gc.unfreeze()
    for one in ready:
        say(f"counting {one.case.id}")
        gone = _count(one, plan)
        if gone is None:
            taken.timed.append(one)
        else:
            taken.discarded.append(gone)
    return taken


def _count(one: Timed, plan: Plan) -> Discarded | None:
    task, n = one.case.task, one.case.body.n
    if n <= plan.calls_up_to:
        result, one.calls = count_calls(task.run)
        one.changed = one.changed or task.digest(result) != one.digest
        del result
    if one.changed:
        return _discard(one.case, "its result after the rounds is not the one from before")
    if plan.memory[0] <= n <= plan.memory[1]:
        one.peak = peak_bytes(task.run)
    return None


def _discard(case: Case, why: str) -> Discarded:
    return Discarded(case.benchmark.id, case.subject, case.body.id, why[:500])
