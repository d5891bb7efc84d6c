"""Checks of `specs/clauses/tool-calls.md`: name, arguments and identifier of a call, live and in the message."""

from __future__ import annotations

from collections.abc import Callable

from workbench.clause import Check
from workbench.clauses._finding import as_whole, each, same_arguments, same_call
from workbench.clauses._reading import (
    applies,
    arguments,
    folded,
    has,
    is_call,
    is_whole,
    names_and_arguments,
    one_value,
    seen_in,
    unbroken,
)
from workbench.trace import Trace, Truth
from workbench.transcript import Json, Phase, Seen, SeenPart
from workbench.verdict import PASSED, Evidence, Judgement

CALL = has("tool calls", is_call)


def has_id(part: SeenPart) -> bool:
    """Tests for a call with an identifier."""
    return is_call(part) and part.id is not None


def names_and_ids(seen: Seen) -> list[Json]:
    """Shows each call as its name and its identifier, in order."""
    return [[part.name, part.id] for part in seen.of("tool-call")]


def last_frames(seen: Seen) -> list[int | None]:
    """Lists for each call the frame that brought the last of it."""
    return [part.arrivals[-1][0] if part.arrivals else part.started for part in seen.of("tool-call")]


def cut_arguments_shown_whole(shown: list[Json], truth: Truth) -> Judgement:
    """Judges that no argument text that was cut is shown as a finished value.

    Args:
        shown: per call what `arguments` shows.
        truth: what was sent.
    """
    calls = truth.wire.of("tool-call")
    whole = [arguments(part) for part in calls if is_whole(part)]
    for index, one in enumerate(shown):
        if "value" in one and one not in whole:
            cut = next(part for part in calls if not is_whole(part))
            place = f"arguments of call {index + 1}, which were cut"
            return Judgement(False, Evidence(place, cut.text[:60], one, last_frames(truth.wire)[calls.index(cut)]))
    return PASSED


def cut(truth: Truth) -> str | None:
    """Applies when the argument text of a call does not end."""
    if any(part.text and not is_whole(part) for part in truth.wire.of("tool-call")):
        return None
    return "no call with arguments that are cut in this stream"


# ----------------------------------------------------------------------------------------------------------------- live


def _is_named_early(part: SeenPart) -> bool:
    return is_call(part) and part.named is not None and bool(part.arrivals) and part.named < part.arrivals[-1][0]


def _shows_named(trace: Trace) -> Json:
    return [[part.name, part.named] for part in seen_in(trace, "live").of("tool-call")]


def _judge_named(shown: Json, truth: Truth) -> Judgement:
    for index, part in enumerate(truth.wire.of("tool-call")):
        if not _is_named_early(part):
            continue
        name, frame = shown[index] if index < len(shown) else (None, None)
        if frame is None or frame >= part.arrivals[-1][0]:
            sent = [part.name, part.named]
            return Judgement(False, Evidence(f"name of call {index + 1} and when", sent, [name, frame], part.named))
    return PASSED


def _steps(part: SeenPart) -> int:
    return len({frame for frame, _ in part.arrivals})


def _shows_steps(trace: Trace) -> Json:
    return [_steps(part) for part in seen_in(trace, "live").of("tool-call")]


def _judge_steps(shown: Json, truth: Truth) -> Judgement:
    for index, part in enumerate(truth.wire.of("tool-call")):
        seen = shown[index] if index < len(shown) else 0
        if _steps(part) > 1 and seen < 2:
            place = f"steps in which arguments of call {index + 1} arrive"
            return Judgement(False, Evidence(place, _steps(part), seen, part.arrivals[0][0]))
    return PASSED


def _interleaved(truth: Truth) -> str | None:
    calls = {index for index, part in enumerate(truth.wire.parts) if is_call(part)}
    turns = folded(str(index) for index in truth.wire.turns if index in calls)
    return None if len(turns) > len(set(turns)) else "no interleaved calls in this stream"


def _calls(phase: Phase) -> Callable[[Trace], Json]:
    return lambda trace: names_and_arguments(seen_in(trace, phase))


def _judge_interleaved(shown: Json, truth: Truth) -> Judgement:
    # A design that shows no names may still attribute the arguments.
    sent = [[name if seen[0] is not None else None, args] for (name, args), seen in _paired(truth, shown)]
    return each(sent, shown, "call", last_frames(truth.wire), by=same_call)


def _paired(truth: Truth, shown: list[Json]) -> list[tuple[Json, Json]]:
    sent = names_and_arguments(truth.wire)
    return [(one, shown[index] if index < len(shown) else one) for index, one in enumerate(sent)]


# -------------------------------------------------------------------------------------------------------------- message


def _values(trace: Trace) -> Json:
    return [arguments(part) for part in seen_in(trace, "final").of("tool-call")]


def _judge_values(shown: Json, truth: Truth) -> Judgement:
    sent = [arguments(part) for part in truth.wire.of("tool-call")]
    return each(sent, shown, "arguments of call", last_frames(truth.wire), by=same_arguments)


def _texts(trace: Trace) -> Json:
    return [part.text for part in seen_in(trace, "final").of("tool-call")]


def _judge_texts(shown: Json, truth: Truth) -> Judgement:
    sent = [part.text for part in truth.wire.of("tool-call")]
    return each(sent, shown, "argument text of call", last_frames(truth.wire))


def _judge_ids(shown: Json, truth: Truth) -> Judgement:
    frames = [part.started for part in truth.wire.of("tool-call")]
    return each(names_and_ids(truth.wire), shown, "name and id of call", frames, by=as_whole)


CHECKS = (
    Check(
        "CALL-NAME-EARLY-LIVE",
        "live",
        ("call.name",),
        has("calls whose name comes before their arguments end", _is_named_early),
        _shows_named,
        _judge_named,
        timed=True,
    ),
    Check(
        "CALL-ARGUMENTS-STREAM-LIVE",
        "live",
        ("call.arguments",),
        has("arguments in several frames", lambda part: is_call(part) and _steps(part) > 1),
        _shows_steps,
        _judge_steps,
        timed=True,
    ),
    Check(
        "CALL-INTERLEAVED-LIVE",
        "live",
        ("call.arguments",),
        applies(_interleaved, one_value),
        _calls("live"),
        _judge_interleaved,
    ),
    Check(
        "CALL-ARGUMENTS-VALUE-FINAL",
        "final",
        ("call.arguments",),
        applies(unbroken, CALL, one_value),
        _values,
        _judge_values,
    ),
    Check(
        "CALL-ARGUMENTS-VERBATIM-FINAL",
        "final",
        ("call.arguments.text",),
        applies(unbroken, has("argument text", lambda part: is_call(part) and bool(part.text))),
        _texts,
        _judge_texts,
    ),
    Check(
        "CALL-ARGUMENTS-CUT-FINAL",
        "final",
        ("call.arguments",),
        cut,
        _values,
        cut_arguments_shown_whole,
    ),
    Check(
        "CALL-ID-FINAL",
        "final",
        ("call.id",),
        applies(unbroken, has("identifiers of calls", has_id)),
        lambda trace: names_and_ids(seen_in(trace, "final")),
        _judge_ids,
    ),
)
