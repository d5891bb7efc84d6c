"""Streams of deltas that show something of this design, for its own tests and for those beside the library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.design import Native, NativeRaise
from workbench.designs.pydantic_ai import DESIGN
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    FollowUp,
    Message,
    OpaqueDelta,
    PartEnd,
    PartStart,
    Raised,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

Steps = Sequence[Sequence[Delta]]
FOLLOW = FollowUp({"look": "it is cold", "count": "3"}, "Go on.")
ASKED = Request((Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("How is it?"),))))
SHAPED = Request(ASKED.messages, response_schema={"title": "Report", "type": "object", "properties": {}})

STREAMS: dict[str, Steps] = {
    "nothing": [[ResponseEnded(0)]],
    "text": [[TextDelta(0, 0, "a")], [TextDelta(1, 0, "b")], [ResponseEnded(2)]],
    "adjacent reasoning, each signed": [
        [PartStart(0, 0, "reasoning", stated=True), ReasoningDelta(0, 0, "one")],
        [SignatureDelta(1, 0, "s"), SignatureDelta(1, 0, "1"), PartEnd(1, 0, stated=True)],
        [PartStart(2, 1, "reasoning", stated=True), SignatureDelta(2, 1, "s2"), PartEnd(2, 1, stated=True)],
        [PartStart(3, 2, "reasoning", redacted=True, stated=True), OpaqueDelta(3, 2, "blob")],
        [TextDelta(4, 3, "so"), ResponseEnded(4)],
    ],
    "encrypted reasoning": [[ReasoningDelta(0, 0, "a"), OpaqueDelta(0, 0, "cipher")], [ResponseEnded(1)]],
    "interleaved calls": [
        [PartStart(0, 0, "tool-call", id="c1", name="look"), PartStart(0, 1, "tool-call", id="c2", name="count")],
        [ArgumentsDelta(1, 0, '{"a":'), ArgumentsDelta(1, 1, "{}"), ArgumentsDelta(2, 0, " 1}")],
        [Finished(3, "tool-calls", "tool_calls"), ResponseEnded(3)],
    ],
    "calls without ids": [
        [PartStart(0, 0, "tool-call", name="look"), ArgumentsDelta(0, 0, "{}")],
        [PartStart(1, 1, "tool-call", name="look"), ArgumentsDelta(1, 1, "{}")],
        [PartStart(2, 2, "tool-call", name="search", server=True), ArgumentsDelta(2, 2, "{}")],
        [PartStart(3, 3, "tool-result", name="search", server=True), ResultDelta(3, 3, "x"), PartEnd(3, 3)],
        [ResponseEnded(4)],
    ],
    "a call whose id and name come late": [
        [PartStart(0, 0, "tool-call"), ArgumentsDelta(0, 0, '{"a"')],
        [TextDelta(1, 1, "x")],
        [CallNamed(2, 0, name="look"), CallNamed(2, 0, id="late")],
        [ArgumentsDelta(3, 0, ": 1}"), ResponseEnded(3)],
    ],
    "a call that never gets a name": [
        [PartStart(0, 0, "tool-call", id="c1"), ArgumentsDelta(0, 0, "{}")],
        [TextDelta(1, 1, "x")],
        [ResponseEnded(2)],
    ],
    "a call that never gets a name, and two texts": [
        [PartStart(0, 0, "tool-call", id="c1"), ArgumentsDelta(0, 0, "{}")],
        [TextDelta(1, 1, "x")],
        [TextDelta(2, 2, "y")],
        [ResponseEnded(3)],
    ],
    "a tool of the provider": [
        [
            PartStart(0, 0, "tool-call", id="s", name="search", server=True, stated=True),
            ArgumentsDelta(0, 0, '{"q": 1}'),
        ],
        [PartStart(1, 1, "tool-result", id="s", name="search", server=True), ResultDelta(1, 1, '[{"type": "x"}]')],
        [ResultDelta(2, 1, "more"), PartEnd(2, 1)],
        [PartStart(3, 2, "tool-result", id="s2", name="search", server=True), PartEnd(3, 2), TextDelta(3, 3, "so")],
        [Finished(4, "stop", "end_turn"), ResponseEnded(4)],
    ],
    "counts and model": [
        [ResponseInfo(0, "r"), ResponseInfo(0, model="model-that-answered"), UsageReported(0, Usage(3, 1))],
        [TextDelta(1, 0, "x"), Finished(1, "length"), UsageReported(1, Usage(output=9, reasoning=0, cached=2))],
        [ResponseEnded(2)],
    ],
    "a pause": [[TextDelta(0, 0, "x")], [Finished(1, "pause", "pause_turn"), ResponseEnded(1)]],
    "a refusal": [
        [RefusalDelta(0, 0, "I "), RefusalDelta(0, 0, "won't"), Finished(0, "stop", "stop")],
        [ResponseEnded(1)],
    ],
    "cut in arguments": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, '{"city": "Os')],
        [StreamTruncated(1)],
    ],
    "failure after text": [
        [UsageReported(0, Usage(3)), TextDelta(0, 0, "so f")],
        [TextDelta(1, 0, "ar"), StreamFailed(1, Failure("Overloaded", "overloaded_error"))],
    ],
    "a call of the result's tool": [
        [PartStart(0, 0, "tool-call", id="c1", name="Report"), ArgumentsDelta(0, 0, "{}")],
        [TextDelta(1, 1, "x"), ResponseEnded(1)],
    ],
}
"""Every stream ends as a decoder's do: well, cut, or failed."""


def native_of(steps: Steps, request: Request = ASKED) -> Native:
    """Runs the adapter and records what came out, through JSON text, as the harness does."""
    adapter = DESIGN.start(request)
    events: list[Any] = []
    raised = None
    frame = -1
    try:
        for step in steps:
            frame = step[-1].frame if step else frame
            for event in adapter.receive(step):
                events.append((frame, DESIGN.event_json(event)))  # noqa: PERF401 - what came before a raise is kept
    except NativeRaise as error:
        raised = Raised(error.type, str(error), frame)
    message, stored, shown = json.loads(json.dumps([adapter.message(), adapter.stored(), events]))
    return Native(
        events=tuple((at, event) for at, event in shown),
        raised=raised,
        message=message,
        stored=stored,
        restored=DESIGN.restore(stored, request),
        request=DESIGN.resume(DESIGN.history(request), stored, FOLLOW),
        last_frame=frame,
    )
