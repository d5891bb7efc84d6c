"""Checks of `specs/clauses/outcome.md`: how a response ended, what it cost, and what is left when it breaks off."""

from __future__ import annotations

from collections.abc import Callable

from workbench.clause import Check, When
from workbench.clauses._finding import contained
from workbench.clauses._reading import applies, broken, has, is_kind, seen_in, unbroken
from workbench.trace import Trace, Truth
from workbench.transcript import Completion, Json, Outcome, Phase, Seen
from workbench.verdict import PASSED, Evidence, Judgement, compare

BROKEN = ("raised", "failed", "truncated")
"""Ends that nobody takes for a good one."""

SILENT = "nothing said"
"""Neither an end nor a reason for ending was shown; where every good end has a reason, this tells as well."""


def ending(seen: Seen) -> str:
    """Names the end as the user meets it; an exception counts before what was said, since nobody can miss it.

    A reason for ending stands for a good end, as it does for users of APIs without an event of their own for it.
    """
    if seen.raised is not None:
        return "raised"
    if seen.failed is not None:
        return "failed"
    if seen.truncated is not None:
        return "truncated"
    return SILENT if seen.ended is None and seen.finish is None else "complete"


def _ending(trace: Trace) -> Json:
    return ending(seen_in(trace, "live"))


def _breaks(completion: Completion, otherwise: str) -> When:
    return lambda truth: None if truth.projected.outcome.completion == completion else otherwise


def _reported(what: str, read: Callable[[Outcome], object]) -> When:
    def when(truth: Truth) -> str | None:
        if read(truth.projected.outcome) is not None:
            return None
        if read(truth.written.outcome) is not None:
            return f"the dialect cannot carry the {what}"
        return f"no {what} in this stream"

    return when


FINISH = _reported("finish reason", lambda outcome: outcome.finish)


def _finish(phase: Phase) -> Callable[[Trace], Json]:
    return lambda trace: seen_in(trace, phase).finish


def _judge_finish(shown: Json, truth: Truth) -> Judgement:
    return compare(truth.projected.outcome.finish, shown, "finish reason", frame=truth.wire.finished)


def _usage(trace: Trace) -> Json:
    usage = seen_in(trace, "final").usage
    return None if usage is None else {"input": usage.input, "output": usage.output}


def _judge_usage(shown: Json, truth: Truth) -> Judgement:
    frame = truth.wire.usage_at[-1] if truth.wire.usage_at else None
    for name in ("input", "output"):
        sent = getattr(truth.projected.outcome.usage, name)
        judged = compare(sent, (shown or {}).get(name), f"{name} tokens", frame=frame)
        if sent is not None and not judged.passed:
            return judged
    return PASSED


def _counts(outcome: Outcome) -> object:
    usage = outcome.usage
    if usage is None or (usage.input is None and usage.output is None):
        return None
    return usage


def _reasoning_count(outcome: Outcome) -> int | None:
    return None if outcome.usage is None else outcome.usage.reasoning


def _reasoning_tokens(trace: Trace) -> Json:
    usage = seen_in(trace, "final").usage
    return None if usage is None else usage.reasoning


def _judge_reasoning_tokens(shown: Json, truth: Truth) -> Judgement:
    frame = truth.wire.usage_at[-1] if truth.wire.usage_at else None
    return compare(_reasoning_count(truth.projected.outcome), shown, "reasoning tokens", frame=frame)


REFUSAL = has("refusals", is_kind("refusal"))


def _refusal(phase: Phase) -> Callable[[Trace], Json]:
    return lambda trace: seen_in(trace, phase).text("refusal")


def _judge_refusal(shown: Json, truth: Truth) -> Judgement:
    frame = truth.wire.of("refusal")[0].started
    return compare(truth.wire.text("refusal"), shown, "refusal", frame=frame)


def _judge_complete(shown: Json, truth: Truth) -> Judgement:
    if shown in BROKEN:
        return Judgement(False, Evidence("end of the stream", "complete", shown, truth.wire.ended))
    return PASSED


def _judge_truncation(shown: Json, truth: Truth) -> Judgement:
    if shown in BROKEN or shown == SILENT:
        return PASSED
    return Judgement(False, Evidence("end of the stream", "truncated", shown, truth.wire.truncated))


def _judge_error(shown: Json, truth: Truth) -> Judgement:
    if shown in BROKEN:
        return PASSED
    return Judgement(False, Evidence("end of the stream", "failed", shown, truth.wire.failed))


def _message(trace: Trace) -> Json:
    seen = seen_in(trace, "live")
    if seen.failure is not None:
        return seen.failure.message
    return None if seen.raised is None else seen.raised.message


def _judge_message(shown: Json, truth: Truth) -> Judgement:
    failure = truth.projected.outcome.failure
    if failure is None or failure.message in (shown or ""):
        return PASSED
    return compare(failure.message, shown, "message of the error", frame=truth.wire.failed)


def _prose(phase: Phase) -> Callable[[Trace], Json]:
    return lambda trace: seen_in(trace, phase).text("text")


def _judge_kept(shown: Json, truth: Truth) -> Judgement:
    return contained(truth.wire.of("text"), shown, "answer text")


KEPT = applies(broken, has("answer text", is_kind("text")))
TRUNCATED = _breaks("truncated", "the stream is not cut off")
FAILED = _breaks("failed", "no error in this stream")

CHECKS = (
    Check("OUTCOME-FINISH-LIVE", "live", ("finish",), FINISH, _finish("live"), _judge_finish),
    Check("OUTCOME-FINISH-FINAL", "final", ("finish",), applies(unbroken, FINISH), _finish("final"), _judge_finish),
    Check(
        "OUTCOME-USAGE-FINAL", "final", ("usage",), applies(unbroken, _reported("usage", _counts)), _usage, _judge_usage
    ),
    Check(
        "OUTCOME-USAGE-REASONING-FINAL",
        "final",
        ("usage.reasoning",),
        applies(unbroken, _reported("count of reasoning tokens", _reasoning_count)),
        _reasoning_tokens,
        _judge_reasoning_tokens,
    ),
    Check("OUTCOME-REFUSAL-LIVE", "live", ("refusal",), REFUSAL, _refusal("live"), _judge_refusal),
    Check(
        "OUTCOME-REFUSAL-FINAL", "final", ("refusal",), applies(unbroken, REFUSAL), _refusal("final"), _judge_refusal
    ),
    Check("OUTCOME-COMPLETE-LIVE", "live", (), unbroken, _ending, _judge_complete),
    Check("OUTCOME-TRUNCATION-LIVE", "live", ("truncation",), TRUNCATED, _ending, _judge_truncation),
    Check("OUTCOME-ERROR-LIVE", "live", ("failure",), FAILED, _ending, _judge_error),
    Check("OUTCOME-ERROR-MESSAGE-LIVE", "live", ("failure",), FAILED, _message, _judge_message),
    Check("OUTCOME-KEPT-LIVE", "live", ("text",), KEPT, _prose("live"), _judge_kept),
    Check("OUTCOME-KEPT-FINAL", "final", ("text",), KEPT, _prose("final"), _judge_kept),
)
