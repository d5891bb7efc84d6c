"""Checks of `specs/clauses/storage.md`: is what was stored and read back what there was.

`STORE-IDENTITY` compares the native message before and after, since it is about the form itself; the others read what a
user can know of the form that was stored.
"""

from __future__ import annotations

from msgspec import UNSET

from workbench.clause import Check
from workbench.clauses._finding import each, same_call
from workbench.clauses._reading import applies, has, is_call, names_and_arguments, one_value, seen_in, unbroken
from workbench.clauses.order import judge_order, shows_order, two_kinds
from workbench.clauses.reasoning import is_signed, signatures
from workbench.clauses.text import ANSWER, judge_exact, shows_text
from workbench.clauses.tool_calls import last_frames
from workbench.trace import Trace, Truth
from workbench.transcript import Json
from workbench.verdict import PASSED, Evidence, Judgement, compare

IDENTICAL = "identical"


def _difference(trace: Trace) -> Json:
    """Shows the first difference between the message and what was restored, or that there is none."""
    before, after = trace.native.message, trace.native.restored
    if before is UNSET or after is UNSET:
        return {"where": "message", "before": "there" if before is not UNSET else None, "after": None}
    evidence = compare(before, after, "message").evidence
    if evidence is None:
        return IDENTICAL
    return {"where": evidence.where, "before": evidence.sent, "after": evidence.seen}


def _judge_identity(shown: Json, truth: Truth) -> Judgement:  # noqa: ARG001 - identity asks for no truth
    if shown == IDENTICAL:
        return PASSED
    return Judgement(False, Evidence(shown["where"], shown["before"], shown["after"]))


def _text(shown: Json, truth: Truth) -> Judgement:
    return judge_exact(shown, truth.wire)


def _order(shown: Json, truth: Truth) -> Judgement:
    return judge_order(shown, truth.wire)


def _judge_signatures(shown: Json, truth: Truth) -> Judgement:
    frames = [part.started for part in truth.wire.parts if is_signed(part)]
    return each(signatures(truth.wire), shown, "signed block", frames)


def _judge_calls(shown: Json, truth: Truth) -> Judgement:
    return each(names_and_arguments(truth.wire), shown, "call", last_frames(truth.wire), by=same_call)


CHECKS = (
    Check("STORE-IDENTITY", "stored", (), unbroken, _difference, _judge_identity),
    Check("STORE-TEXT", "stored", ("text",), applies(unbroken, ANSWER), shows_text("stored"), _text),
    Check("STORE-ORDER", "stored", ("part.order",), applies(unbroken, two_kinds), shows_order("stored"), _order),
    Check(
        "STORE-SIGNATURE",
        "stored",
        ("reasoning.signature",),
        applies(unbroken, has("signatures", is_signed)),
        lambda trace: signatures(seen_in(trace, "stored")),
        _judge_signatures,
    ),
    Check(
        "STORE-CALLS",
        "stored",
        ("call.name", "call.arguments"),
        applies(unbroken, has("tool calls", is_call), one_value),
        lambda trace: names_and_arguments(seen_in(trace, "stored")),
        _judge_calls,
    ),
)
