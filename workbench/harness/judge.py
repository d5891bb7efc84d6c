"""Holds a trace against the clauses.

Rules:
1. The order of questions is fixed: does the design have the phase; does the clause apply to this truth; can the design
   express what is needed; what did it show; is that right.
2. What a subject showed is recorded whether or not it is judged, since camps are made of it.
3. A check that raises is a fault of ours and is raised on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from workbench.clause import Check
from workbench.design import Design
from workbench.errors import PluginError
from workbench.trace import Address, Trace, Truth
from workbench.transcript import CONCEPTS
from workbench.verdict import Cell


def applicability(truth: Truth, checks: Iterable[Check], address: Address) -> tuple[str | None, ...]:
    """Asks every check once per body why it does not apply; the answer is the same for all subjects.

    Raises:
        PluginError: a check raised.
    """
    reasons = []
    for check in checks:
        try:
            reasons.append(check.when(truth))
        except Exception as error:
            raise PluginError(f"check {check.clause}", f"raised on {address}: {error!r}") from error
    return tuple(reasons)


def judge(
    trace: Trace,
    truth: Truth,
    design: Design,
    checks: Sequence[Check],
    reasons: Sequence[str | None] | None = None,
) -> Iterator[Cell]:
    """Yields one cell per check, in the order of the checks.

    Args:
        trace: what the subject did.
        truth: what it is judged against.
        design: whose `carries` says what can be expressed.
        checks: the code of the clauses.
        reasons: what `applicability` said of this body; asked here when it was not asked before.

    Raises:
        PluginError: a check raised.
    """
    asked = applicability(truth, checks, trace.address) if reasons is None else reasons
    for check, reason in zip(checks, asked, strict=True):
        yield _cell(trace, truth, design, check, reason)


def not_applicable(subject: str, address: Address, checks: Iterable[Check], reason: str) -> Iterator[Cell]:
    """Yields a cell per check for a body that the design cannot be used on."""
    for check in checks:
        yield Cell(
            subject, address.fixture, address.turn, address.dialect, check.clause, "not-applicable", reason=reason
        )


def _cell(trace: Trace, truth: Truth, design: Design, check: Check, reason: str | None) -> Cell:
    at = trace.address
    where = (trace.subject, at.fixture, at.turn, at.dialect, check.clause)
    if check.phase not in design.phases:
        return Cell(*where, "not-applicable", reason=f"no {check.phase} phase")
    if reason is not None:
        return Cell(*where, "not-applicable", reason=reason)
    try:
        shown = check.shows(trace)
        lacking = [concept for concept in check.needs if concept not in design.carries.get(check.phase, {})]
        if lacking:
            names = " and ".join(CONCEPTS[concept].meaning for concept in lacking)
            return Cell(*where, "inexpressible", shown, f"no path in the {check.phase} phase for: {names}")
        judgement = check.judge(shown, truth)
    except Exception as error:
        raise PluginError(f"check {check.clause}", f"raised on {trace.subject}, {at}: {error!r}") from error
    if judgement.passed:
        return Cell(*where, "pass", shown)
    return Cell(*where, "fail", shown, evidence=judgement.evidence)
