"""What benchmarks share: a design's adapter driven over shared steps to the final message.

Rules:
1. The steps come decoded and are never changed; a design that stands over another is fed with that one's events.
2. Every event that a user would be handed is taken and counted.
3. A design that raises at its user on a workload cannot be timed on it: it is left out, with what it raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.benchmarks.knowing import wrong_message
from workbench.benchmarks.model import Body, Task
from workbench.design import Design, NativeRaise
from workbench.jsontext import digest, read_json, write_json
from workbench.transcript import Delta, Json, Request

Steps = Sequence[tuple[int, Sequence[Delta]]]
Driven = tuple[Json, int]
"""A design's message and the number of events that came out before it."""


def drive(design: Design, request: Request, steps: Steps, under: Design | None = None) -> Driven:
    """Drives an adapter over a body's steps.

    Returns:
        The message as the design gives it, and how many events its user was handed.
    """
    if under is not None:
        return _drive_over(design, under, request, steps)
    adapter = design.start(request)
    receive = adapter.receive
    events = 0
    for _, step in steps:
        for _event in receive(step):
            events += 1
    for _event in adapter.finish():
        events += 1
    return adapter.message(), events


def _drive_over(design: Design, under: Design, request: Request, steps: Steps) -> Driven:
    adapter, lower = design.start(request), under.start(request)
    events = 0
    feeds: list[Any] = [tuple(lower.receive(step)) for _, step in steps]
    for fed in [*feeds, tuple(lower.finish())]:
        for _event in adapter.receive(fed):
            events += 1
    for _event in adapter.finish():
        events += 1
    return adapter.message(), events


def why_not(design: Design, body: Body, designs: Mapping[str, Design]) -> str | None:
    """Says why a design cannot be timed on a body; None when it can.

    Args:
        design: what would be timed.
        body: what it would be timed on; it is driven over it once.
        designs: by id, for one that stands over another.
    """
    if body.decoded is None:
        return "bare bytes have no deltas"
    if "final" not in design.phases:
        return "the design has no assembled message"
    reason = design.applies(body.made.request)
    if reason is not None:
        return reason
    try:
        drive(design, body.made.request, body.decoded.steps, designs[design.over] if design.over else None)
    except NativeRaise as error:
        return f"the design raises at its user on this stream: {error.type}"
    return None


def message_task(design: Design, body: Body, run: Any) -> Task:
    """Makes the task of a benchmark whose `run` returns a message and a count of events."""

    def fault(driven: Driven) -> str | None:
        return wrong_message(body.made.known, design, read_json(write_json(driven[0])))

    return Task(
        run,
        digest=lambda driven: digest(driven[0]),
        fault=fault,
        pin=f"message[{design.id}]/{body.id}",
        events=lambda driven: driven[1],
    )
