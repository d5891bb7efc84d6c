"""Checks of `specs/clauses/resume.md`: does the next request, built from what was stored, say what was said."""

from __future__ import annotations

from workbench.clause import Check
from workbench.clauses._finding import as_whole, contained, each, same_call
from workbench.clauses._reading import (
    applies,
    conversation_has,
    folded,
    is_call,
    is_kind,
    names_and_arguments,
    one_value,
    seen_in,
    seen_of,
    token,
    unbroken,
)
from workbench.clauses.order import judge_order, shows_order
from workbench.clauses.reasoning import has_data, is_signed, payloads, signatures
from workbench.clauses.text import judge_exact, shows_text
from workbench.clauses.tool_calls import has_id, names_and_ids
from workbench.trace import Trace, Truth
from workbench.transcript import Json, Seen, SeenPart
from workbench.verdict import Judgement


def _said(truth: Truth) -> Seen:
    return seen_of(truth.conversation)


def _text(shown: Json, truth: Truth) -> Judgement:
    return judge_exact(shown, _said(truth))


def _reasoning(trace: Trace) -> Json:
    return seen_in(trace, "resumed").text("reasoning")


def _judge_reasoning(shown: Json, truth: Truth) -> Judgement:
    return contained(_said(truth).of("reasoning"), shown, "reasoning")


def _judge_signatures(shown: Json, truth: Truth) -> Judgement:
    return each(signatures(_said(truth)), shown, "signed block")


def _judge_payloads(shown: Json, truth: Truth) -> Judgement:
    return each(payloads(_said(truth)), shown, "opaque payload")


def _judge_calls(shown: Json, truth: Truth) -> Judgement:
    return each(names_and_arguments(_said(truth)), shown, "call", by=same_call)


def _judge_ids(shown: Json, truth: Truth) -> Judgement:
    return each(names_and_ids(_said(truth)), shown, "name and id of call", by=as_whole)


def _answers(seen: Seen) -> list[Json]:
    return [[part.id, part.text] for part in seen.of("tool-result")]


def _judge_answers(shown: Json, truth: Truth) -> Judgement:
    return each(_answers(_said(truth)), shown, "call id and output of result", by=as_whole)


def _order(shown: Json, truth: Truth) -> Judgement:
    return judge_order(shown, _said(truth))


def _two_kinds(truth: Truth) -> str | None:
    if len(folded(map(token, _said(truth).parts))) > 1:
        return None
    return "no parts of different kinds in this conversation"


def _is_result(part: SeenPart) -> bool:
    return part.kind == "tool-result"


CALL = conversation_has("tool calls", is_call)

CHECKS = (
    Check(
        "RESUME-TEXT",
        "resumed",
        ("text",),
        applies(unbroken, conversation_has("answer text", is_kind("text"))),
        shows_text("resumed"),
        _text,
    ),
    Check(
        "RESUME-REASONING",
        "resumed",
        ("reasoning",),
        applies(unbroken, CALL, conversation_has("reasoning text", is_kind("reasoning"))),
        _reasoning,
        _judge_reasoning,
    ),
    Check(
        "RESUME-SIGNATURE",
        "resumed",
        ("reasoning.signature",),
        applies(unbroken, conversation_has("signatures", is_signed)),
        lambda trace: signatures(seen_in(trace, "resumed")),
        _judge_signatures,
    ),
    Check(
        "RESUME-REDACTED",
        "resumed",
        ("reasoning.data",),
        applies(unbroken, conversation_has("opaque payloads", has_data)),
        lambda trace: payloads(seen_in(trace, "resumed")),
        _judge_payloads,
    ),
    Check(
        "RESUME-CALLS",
        "resumed",
        ("call.name", "call.arguments"),
        applies(unbroken, CALL, one_value),
        lambda trace: names_and_arguments(seen_in(trace, "resumed")),
        _judge_calls,
    ),
    Check(
        "RESUME-CALL-IDS",
        "resumed",
        ("call.id",),
        applies(unbroken, conversation_has("identifiers of calls", has_id)),
        lambda trace: names_and_ids(seen_in(trace, "resumed")),
        _judge_ids,
    ),
    Check(
        "RESUME-RESULTS",
        "resumed",
        ("result.call",),
        applies(unbroken, conversation_has("tool results", _is_result)),
        lambda trace: _answers(seen_in(trace, "resumed")),
        _judge_answers,
    ),
    Check(
        "RESUME-ORDER",
        "resumed",
        ("part.order",),
        applies(unbroken, _two_kinds),
        shows_order("resumed"),
        _order,
    ),
)
