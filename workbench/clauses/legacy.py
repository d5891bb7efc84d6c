"""Checks of `specs/clauses/legacy.md`: what code written for the older, text-only API is handed."""

from __future__ import annotations

from workbench.clause import Check
from workbench.clauses._finding import contained, free_of
from workbench.clauses._reading import applies, has, is_kind, texts, unbroken
from workbench.clauses.text import ANSWER, shows_text
from workbench.trace import Truth
from workbench.transcript import Json, Kind
from workbench.verdict import Judgement

OTHER: tuple[Kind, ...] = ("reasoning", "refusal", "tool-call", "tool-result")


def _judge_text(shown: Json, truth: Truth) -> Judgement:
    return contained(truth.wire.of("text"), shown, "answer text")


def _judge_clean(shown: Json, truth: Truth) -> Judgement:
    other = [part for part in truth.wire.parts if part.kind in OTHER]
    return free_of(texts(truth.wire.of("text")), texts(other), shown, "answer text")


CHECKS = (
    Check("LEGACY-TEXT", "legacy", ("text",), applies(unbroken, ANSWER), shows_text("legacy"), _judge_text),
    Check(
        "LEGACY-CLEAN",
        "legacy",
        ("text",),
        applies(unbroken, has("reasoning, refusals or calls", is_kind(*OTHER))),
        shows_text("legacy"),
        _judge_clean,
    ),
)
