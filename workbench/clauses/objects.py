"""Checks of `specs/clauses/objects.md`: arguments as a value that fills up while they arrive."""

from __future__ import annotations

from msgspec import UNSET

from workbench.clause import Check
from workbench.clauses._reading import arguments, has, is_call, seen_in
from workbench.clauses.outcome import BROKEN, ending
from workbench.clauses.tool_calls import cut, cut_arguments_shown_whole
from workbench.trace import Trace, Truth
from workbench.transcript import Json, SeenPart
from workbench.verdict import PASSED, Evidence, Judgement


def _in_several_frames(part: SeenPart) -> bool:
    return is_call(part) and len({frame for frame, _ in part.arrivals}) > 1


STREAMED = has("arguments in several frames", _in_several_frames)


def _shows_typed(trace: Trace) -> Json:
    """Shows for each call the frame after which its arguments could first be read as a value."""
    return [part.typed for part in seen_in(trace, "live").of("tool-call")]


def _judge_typed(shown: Json, truth: Truth) -> Judgement:
    for index, part in enumerate(truth.wire.of("tool-call")):
        seen = shown[index] if index < len(shown) else None
        if _in_several_frames(part) and (seen is None or seen >= part.arrivals[-1][0]):
            place = f"first frame with a value of call {index + 1}, before"
            return Judgement(False, Evidence(place, part.arrivals[-1][0], seen, part.arrivals[-1][0]))
    return PASSED


def _shows_revisions(trace: Trace) -> Json:
    """Shows for each call how often its value took something back; None where there is no value."""
    parts = seen_in(trace, "live").of("tool-call")
    return [None if part.value is UNSET else part.revisions for part in parts]


def _judge_revisions(shown: Json, truth: Truth) -> Judgement:
    for index, revisions in enumerate(shown):
        if revisions:
            calls = truth.wire.of("tool-call")
            frame = calls[index].started if index < len(calls) else None
            return Judgement(
                False, Evidence(f"times that the value of call {index + 1} took back", 0, revisions, frame)
            )
    return PASSED


def _shows_end(trace: Trace) -> Json:
    """Shows the arguments as they stood when the stream was over, and how it ended."""
    seen = seen_in(trace, "live")
    return {"end": ending(seen), "arguments": [arguments(part) for part in seen.of("tool-call")]}


def _judge_cut(shown: Json, truth: Truth) -> Judgement:
    if shown["end"] in BROKEN:
        return PASSED
    return cut_arguments_shown_whole(shown["arguments"], truth)


CHECKS = (
    Check("OBJECT-TYPED-LIVE", "live", ("call.value",), STREAMED, _shows_typed, _judge_typed, timed=True),
    Check("OBJECT-GROWS-LIVE", "live", ("call.value",), STREAMED, _shows_revisions, _judge_revisions),
    Check("OBJECT-CUT-LIVE", "live", ("call.arguments",), cut, _shows_end, _judge_cut),
)
