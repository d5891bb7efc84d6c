"""Checks of `specs/clauses/order.md`: do the parts stand in the order in which they came, and each for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from workbench.clause import Check
from workbench.clauses._finding import as_whole, each
from workbench.clauses._reading import applies, folded, seen_in, token, unbroken
from workbench.trace import Trace, Truth
from workbench.transcript import NOWHERE, Json, Phase, Seen
from workbench.verdict import PASSED, Evidence, Judgement

PROSE = ("text", "reasoning")
"""Kinds of which two in a row are easily taken for one; tool calls have ids and names of their own."""


def shows_order(phase: Phase) -> Callable[[Trace], Json]:
    """Makes the half that shows the kinds of parts in the order in which they began, runs of one kind folded."""
    return lambda trace: folded(map(token, seen_in(trace, phase).parts))


def judge_order(shown: Json, sent: Seen) -> Judgement:
    """Judges the order of those kinds that the subject shows at all; whether it shows them is asked elsewhere."""
    kinds = set(shown)
    parts = [part for part in sent.parts if token(part) in kinds]
    expected = folded(map(token, parts))
    starts = [part.started for before, part in pairwise([None, *parts]) if part and _begins(before, part)]
    frames = [None if frame == NOWHERE else frame for frame in starts]
    return each(expected, shown, "kind of part in place", frames, by=as_whole)


def _begins(before: object, part: object) -> bool:
    return before is None or token(before) != token(part)  # type: ignore[arg-type]


def two_kinds(truth: Truth) -> str | None:
    """Applies when the response has parts of two kinds."""
    if len(folded(map(token, truth.wire.parts))) > 1:
        return None
    return "no parts of different kinds in this stream"


def _order(shown: Json, truth: Truth) -> Judgement:
    return judge_order(shown, truth.wire)


def _adjacent(tokens: Iterable[str]) -> set[str]:
    return {one for one, next_one in pairwise(tokens) if one == next_one and one in PROSE}


def _two_in_a_row(truth: Truth) -> str | None:
    if _adjacent(map(token, truth.wire.parts)):
        return None
    if _adjacent(part.__struct_config__.tag for part in truth.written.parts):  # type: ignore[misc]
        return "the dialect cannot carry where one part ends and the next of its kind begins"
    return "no two parts of prose in a row in this stream"


def _counts(phase: Phase) -> Callable[[Trace], Json]:
    def shows(trace: Trace) -> Json:
        tokens = [token(part) for part in seen_in(trace, phase).parts]
        return {kind: tokens.count(kind) for kind in PROSE}

    return shows


def _judge_counts(shown: Json, truth: Truth) -> Judgement:
    tokens = [token(part) for part in truth.wire.parts]
    for kind in PROSE:
        sent = tokens.count(kind)
        if kind in _adjacent(tokens) and shown[kind] != sent:
            second = next(part for one, part in pairwise(truth.wire.parts) if token(one) == token(part) == kind)
            return Judgement(False, Evidence(f"parts of {kind}", sent, shown[kind], second.started))
    return PASSED


CHECKS = (
    Check("ORDER-KINDS-LIVE", "live", ("part.order",), two_kinds, shows_order("live"), _order),
    Check("ORDER-KINDS-FINAL", "final", ("part.order",), applies(unbroken, two_kinds), shows_order("final"), _order),
    Check("ORDER-BOUNDARY-LIVE", "live", ("part.boundary",), _two_in_a_row, _counts("live"), _judge_counts),
    Check(
        "ORDER-BOUNDARY-FINAL",
        "final",
        ("part.boundary",),
        applies(unbroken, _two_in_a_row),
        _counts("final"),
        _judge_counts,
    ),
)
