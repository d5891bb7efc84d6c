"""Checks of `specs/clauses/text.md`: is the answer there, as it was sent, and nothing but the answer."""

from __future__ import annotations

from collections.abc import Callable

from workbench.clause import Check
from workbench.clauses._finding import contained, free_of
from workbench.clauses._reading import applies, has, is_kind, seen_in, texts, unbroken
from workbench.trace import Trace, Truth
from workbench.transcript import Json, Phase, Seen
from workbench.verdict import Judgement

ANSWER = has("answer text", is_kind("text"))
REASONING = has("reasoning text", is_kind("reasoning"))


def shows_text(phase: Phase) -> Callable[[Trace], Json]:
    """Makes the half that shows all answer text of a phase, joined."""
    return lambda trace: seen_in(trace, phase).text("text")


def judge_exact(shown: Json, sent: Seen) -> Judgement:
    """Judges that the answer is whole, and that nothing was added where no reasoning could have leaked into it."""
    found = contained(sent.of("text"), shown, "answer text")
    if not found.passed or sent.text("reasoning"):
        return found
    return free_of(texts(sent.of("text")), (), shown, "answer text")


def judge_clean(shown: Json, sent: Seen) -> Judgement:
    """Judges that no reasoning stands in the answer."""
    return free_of(texts(sent.of("text")), texts(sent.of("reasoning")), shown, "answer text")


def _exact(shown: Json, truth: Truth) -> Judgement:
    return judge_exact(shown, truth.wire)


def _clean(shown: Json, truth: Truth) -> Judgement:
    return judge_clean(shown, truth.wire)


CHECKS = (
    Check("TEXT-EXACT-LIVE", "live", ("text",), applies(unbroken, ANSWER), shows_text("live"), _exact),
    Check("TEXT-EXACT-FINAL", "final", ("text",), applies(unbroken, ANSWER), shows_text("final"), _exact),
    Check("TEXT-CLEAN-LIVE", "live", ("text",), applies(unbroken, REASONING), shows_text("live"), _clean),
    Check("TEXT-CLEAN-FINAL", "final", ("text",), applies(unbroken, REASONING), shows_text("final"), _clean),
)
