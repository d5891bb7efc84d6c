"""Drives a design's adapter over a decoded body and records what came out, as JSON.

Rules:
1. What is recorded has been through JSON text and back, so nothing but JSON can cross the seam.
2. A `NativeRaise` is the design speaking to its user and is recorded. Any other exception is a fault of the adapter and
   is raised on as `SubjectError`.
3. A stream that raised gives no later phases unless the design's message call still answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from msgspec import UNSET, UnsetType

from workbench.design import Adapter, Design, NativeRaise
from workbench.dialect import Decoded
from workbench.errors import SubjectError
from workbench.jsontext import read_json, write_json
from workbench.native import FramedEvent, Native
from workbench.transcript import NOWHERE, FollowUp, Json, Raised, Request


def through_json(value: object) -> Json:
    """Sends a value through JSON text and back.

    Raises:
        TypeError: it holds something that is not JSON.
    """
    return read_json(write_json(value))


def adapt(
    design: Design,
    decoded: Decoded,
    request: Request,
    follow: FollowUp,
    *,
    history: Json | UnsetType = UNSET,
    under: Design | None = None,
    subject: str | None = None,
    fixture: str = "?",
) -> Native:
    """Runs one adapter over one body.

    Args:
        design: what to run.
        decoded: the body, read once.
        request: what was asked.
        follow: what the caller adds to make the next request.
        history: the request as this design had it, where an earlier turn made it; else the design writes it.
        under: the design whose events `design` consumes, where it stands over another.
        subject: address for error messages; the design's id by default.
        fixture: slug for error messages.

    Returns:
        All phases that the design has and that were reached.

    Raises:
        SubjectError: the adapter raised something that is not a `NativeRaise`.
    """
    try:
        return _adapt(design, decoded, request, follow, history, under)
    except (NativeRaise, SubjectError):
        raise
    except Exception as error:
        raise SubjectError(subject or design.id, fixture, f"raised {type(error).__name__}: {error}") from error


def _adapt(
    design: Design,
    decoded: Decoded,
    request: Request,
    follow: FollowUp,
    history: Json | UnsetType,
    under: Design | None,
) -> Native:
    adapter = design.start(request)
    lower = under.start(request) if under is not None else None
    events: list[FramedEvent] = []
    legacy: list[FramedEvent] = []
    has_legacy = "legacy" in design.phases

    def take(frame: int, produced: object) -> None:
        events.append((frame, design.event_json(produced)))
        if has_legacy:
            legacy.extend((frame, seen) for seen in design.legacy_json(produced))

    raised = _iterate(adapter, lower, decoded, take)
    reached: dict[str, Any] = {}
    if {"final", "stored", "resumed"} & set(design.phases):
        with suppress(NativeRaise):  # a message that cannot be had is absent; `raised` is what iteration raised
            reached["message"] = adapter.message()
    if "message" in reached and {"stored", "resumed"} & set(design.phases):
        reached |= _store(design, adapter, request, follow, history)
    clean = through_json({"events": events, "legacy": legacy, **reached})
    return Native(
        events=tuple((frame, event) for frame, event in clean["events"]),
        legacy=tuple((frame, event) for frame, event in clean["legacy"]),
        raised=raised,
        message=clean.get("message", UNSET),
        stored=clean.get("stored", UNSET),
        restored=clean.get("restored", UNSET),
        request=clean.get("request", UNSET),
        last_frame=decoded.last_frame,
    )


def _iterate(adapter: Adapter, lower: Adapter | None, decoded: Decoded, take: Any) -> Raised | None:
    """Feeds all steps and the end; returns the exception that reached the user, if one did."""
    frame = NOWHERE
    try:
        for frame, step in decoded.steps:
            fed, broken = (step, None) if lower is None else _until_raise(lower.receive(step))
            for produced in adapter.receive(fed):
                take(frame, produced)
            if broken is not None:
                for produced in adapter.fail(broken):
                    take(frame, produced)
                return None
        frame = decoded.last_frame
        for produced in _finish(adapter, lower):
            take(frame, produced)
    except NativeRaise as error:
        return Raised(error.type, str(error), frame)
    return None


def _finish(adapter: Adapter, lower: Adapter | None) -> Iterator[object]:
    fed, broken = ((), None) if lower is None else _until_raise(lower.finish())
    yield from adapter.receive(fed)
    yield from adapter.finish() if broken is None else adapter.fail(broken)


def _until_raise(events: Iterable[object]) -> tuple[Sequence[Any], NativeRaise | None]:
    """Takes what the design below hands out, and the exception that ended it, if one did."""
    taken: list[object] = []
    try:
        taken.extend(events)  # what came before an exception stays
    except NativeRaise as error:
        return taken, error
    return taken, None


def _store(
    design: Design, adapter: Adapter, request: Request, follow: FollowUp, history: Json | UnsetType
) -> dict[str, Json]:
    reached: dict[str, Json] = {}
    stored = through_json(adapter.stored())
    if "stored" in design.phases:
        reached["stored"] = stored
        with suppress(NativeRaise):  # what cannot be read back is absent, as for a user
            reached["restored"] = design.restore(stored, request)
    if "resumed" in design.phases:
        so_far = design.history(request) if history is UNSET else history
        reached["request"] = design.resume(so_far, stored, follow)
    return reached
