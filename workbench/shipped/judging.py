"""From what a subject answered to cells.

Rules:
1. A phase that a way of using a library never shows, on no body, is one that it does not have; a phase that it shows
   on some body is judged on all. Where only a few bodies are played, what it showed on all of them counts, too.
2. Clauses that count frames are judged where frames are exact: in lockstep, when the driver came to rest each time.
3. Both times are judged. A cell that differs is flaky, whatever it said, and never a pass.
4. What the driver did wrong is a crash of that body; what could not be started is not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import structs

from workbench.clause import Check
from workbench.dialect import Dialect
from workbench.errors import SubjectError
from workbench.harness.judge import judge, not_applicable
from workbench.harness.run import ReadBody
from workbench.shipped.playing import Outcome, Played
from workbench.shipped.reading import native_of, shipped_trace, tried
from workbench.shipped.subjects import Subject
from workbench.trace import Address, Trace
from workbench.transcript import Phase
from workbench.upstream.limits import Failure
from workbench.verdict import Cell, Verdict

_PATH = re.compile(r"(?<![\w.])/(?:[\w.@+-]+/)+")
"""Folders of this machine, which are no part of what happened."""

RESTLESS = "the driver never came to rest in time after each frame, so frames are not exact"
UNSTREAMED = "it asks for no stream, and there is no other response that says what this body says"
FREE = "frames are counted in lockstep only, and this fixture is not marked for it"


class Judged:
    """Cells and traces of one subject.

    Attributes:
        cells: body by body.
        traces: of the first time, for the bodies that gave one.
        phases: that were judged.
    """

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.traces: list[Trace] = []
        self.phases: frozenset[str] = frozenset()


def judge_played(
    played: Played,
    bodies: Iterable[ReadBody],
    reasons: Mapping[Address, Sequence[str | None]],
    checks: Sequence[Check],
    dialects: Mapping[str, Dialect],
    known: Iterable[str] = (),
) -> Judged:
    """Judges all that a subject answered.

    Args:
        played: what it answered.
        bodies: of the corpus.
        reasons: by body, per check why it does not apply; see `applicability`.
        checks: the code of the clauses.
        dialects: by id.
        known: phases that the subject is known to have.
    """
    judged = Judged()
    subject = played.subject
    phases = judged.phases = _phases(played) | frozenset(known)
    for body in bodies:
        at = body.address
        if at.dialect not in subject.dialects:
            continue
        unfit = subject.design.applies(body.turn.request)
        if unfit is None and at not in played.takes[0]:
            unfit = UNSTREAMED
        if unfit is not None:
            judged.cells.extend(not_applicable(subject.address, at, checks, unfit))
            continue
        rows = []
        for take in played.takes:
            row, trace = _row(subject, take[at], body, reasons[at], checks, dialects[at.dialect], phases)
            rows.append(row)
            if trace is not None and len(rows) == 1:
                judged.traces.append(trace)
        judged.cells.extend(_steady(cells) for cells in zip(*rows, strict=True))
    return judged


def not_run(subject: str, bodies: Iterable[ReadBody], checks: Sequence[Check], reason: str) -> Iterator[Cell]:
    """Yields the cells of a subject that could not be run at all."""
    for body in bodies:
        yield from _all(subject, body.address, checks, "not-run", reason)


def _phases(played: Played) -> frozenset[str]:
    shown: set[Phase] = set()
    for take in played.takes:
        for outcome in take.values():
            if not isinstance(outcome, Failure) and outcome.record.declined is None:
                shown |= tried(outcome)
    return frozenset(shown)


def _row(
    subject: Subject,
    outcome: Outcome,
    body: ReadBody,
    reasons: Sequence[str | None],
    checks: Sequence[Check],
    dialect: Dialect,
    phases: frozenset[str],
) -> tuple[list[Cell], Trace | None]:
    """All cells of one body, and its trace where there is one."""
    at = body.address
    if isinstance(outcome, Failure):
        verdict: Verdict = "not-run" if outcome.manner == "start-failed" else "crash"
        reason = _PATH.sub("", f"{outcome.manner}: {outcome.detail}")
        return list(_all(subject.address, at, checks, verdict, reason)), None
    if outcome.record.declined is not None:
        return list(not_applicable(subject.address, at, checks, outcome.record.declined)), None
    try:
        native = native_of(outcome, body.decoded.last_frame)
        trace = shipped_trace(subject.design, dialect, native, at, subject.address)
    except SubjectError as error:
        return list(_all(subject.address, at, checks, "crash", f"raised: {error}")), None
    timing = None
    if not outcome.exact:
        timing = RESTLESS if outcome.unsettled else FREE
    asked = [_reason(check, reason, phases, timing) for check, reason in zip(checks, reasons, strict=True)]
    return list(judge(trace, body.truth, subject.design, checks, asked)), trace


def _reason(check: Check, reason: str | None, phases: frozenset[str], timing: str | None) -> str | None:
    if check.phase not in phases:
        return f"no {check.phase} phase in this way of using it"
    if reason is None and check.timed:
        return timing
    return reason


def _all(subject: str, at: Address, checks: Iterable[Check], verdict: Verdict, reason: str) -> Iterator[Cell]:
    for check in checks:
        yield Cell(subject, at.fixture, at.turn, at.dialect, check.clause, verdict, reason=reason)


def _steady(cells: Sequence[Cell]) -> Cell:
    """The first of several cells when all are equal, a flaky one otherwise."""
    first = cells[0]
    if all((cell.verdict, cell.shown, cell.reason) == (first.verdict, first.shown, first.reason) for cell in cells):
        return first
    words = "; then ".join(cell.verdict if cell.reason is None else f"{cell.verdict} ({cell.reason})" for cell in cells)
    return structs.replace(first, verdict="flaky", reason=f"differs from one time to the next: {words}", evidence=None)
