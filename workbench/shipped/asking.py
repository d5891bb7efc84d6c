"""What a driver is asked for a body, and what the replay server plays to it.

Rules:
1. The library gets the body's bytes and the neutral request, and nothing else: no truth, no deltas.
2. Where a turn follows another, the driver gets what it stored itself of the turns before.
3. To its next request the server plays a short answer at which nobody looks.
4. Who asks for no stream is played the response that says the same in one document, which the dialect writes of the
   truth. Where there is none, because the stream broke off, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbench.design import Design, NativeRaise
from workbench.dialect import Dialect
from workbench.harness.run import ReadBody
from workbench.native import FramedEvent
from workbench.transcript import (
    NOWHERE,
    Delta,
    Finished,
    PartEnd,
    PartStart,
    ResponseEnded,
    ResponseInfo,
    TextDelta,
    Usage,
    UsageReported,
    see,
    transcript_of,
)
from workbench.upstream.protocol import Earlier, Run, Variant
from workbench.upstream.replay import Script, json_answer, play

NEXT: tuple[Delta, ...] = (
    ResponseInfo(NOWHERE, "resp-next", "model-next"),
    PartStart(NOWHERE, 0, "text"),
    TextDelta(NOWHERE, 0, "Noted."),
    PartEnd(NOWHERE, 0),
    Finished(NOWHERE, "stop"),
    UsageReported(NOWHERE, Usage(1, 1)),
    ResponseEnded(NOWHERE),
)
"""The answer to the next request."""


class Ask(Struct, frozen=True):
    """One question to a driver.

    Attributes:
        script: what is played to it; None in the framework way.
        lockstep: whether frames are sent one by one.
    """

    run: Run
    script: Script | None
    lockstep: bool


def shipped(variant: Variant, body: ReadBody, dialect: Dialect, history: Sequence[Earlier]) -> Ask | None:
    """Asks the library to read a body with its own provider code; None where the variant has nothing to read."""
    paced = body.fixture.lockstep and variant.streamed
    if variant.streamed:
        answers = play(dialect, body.body.data, lockstep=paced), play(dialect, dialect.encode(NEXT))
    else:
        document = dialect.whole(body.truth.projected)
        if document is None:
            return None
        after = dialect.whole(transcript_of(see(NEXT)))
        answers = json_answer(dialect.path, document), json_answer(dialect.path, after or b"{}")
    script = Script(answers)
    run = Run(
        way="shipped",
        variant=variant.id,
        dialect=dialect.id,
        request=body.turn.request,
        follow=body.turn.follow,
        history=tuple(history),
    )
    return Ask(run, script, paced)


def framework(variant: str, body: ReadBody, events: Sequence[FramedEvent]) -> Ask:
    """Asks the library's framework to take our producer events."""
    run = Run(
        way="framework",
        variant=variant,
        dialect=body.address.dialect,
        request=body.turn.request,
        follow=body.turn.follow,
        events=events,
    )
    return Ask(run, None, lockstep=False)


def produced(design: Design, body: ReadBody, under: Design | None = None) -> tuple[FramedEvent, ...] | None:
    """Makes the producer events of a body with the provider half of our adapter.

    Args:
        design: whose framework will take them.
        body: the body.
        under: the design whose events `design` consumes, where it stands over another: those are its producer events.

    Returns:
        Each with its frame; None where the provider half raises: what has no producer events cannot be pushed.
    """
    adapter = (under or design).start(body.turn.request)
    events: list[FramedEvent] = []
    try:
        for frame, step in body.decoded.steps:
            if under is not None:
                events.extend((frame, under.event_json(event)) for event in adapter.receive(step))
                continue
            for event in adapter.produce(step):
                events.append((frame, design.produced_json(event)))
                try:
                    list(adapter.accept(event))  # a plug-in may look at what the framework made of its last event
                except NativeRaise:
                    return tuple(events)  # the framework raises here, so nobody asks the plug-in for more
        if under is not None:
            events.extend((body.decoded.last_frame, under.event_json(event)) for event in adapter.finish())
    except NativeRaise:
        return None
    return tuple(events)
