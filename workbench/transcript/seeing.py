"""One pass over sightings: what they amount to, and when each thing was known.

Theory of operation. `see` walks the sightings once. It keeps one growing record per part: the pieces of its text, the
frames after which they were there, what was known of it when. Pieces are joined once, at the end. Snapshots of a part
replace what was known; where a snapshot extends the last one, it counts as growth, otherwise as a revision.
So a trace is walked once however many clauses read it.

Rules:
1. Work grows in line with the sightings and their text.
2. A part that gets a piece without a start is taken to have begun with that piece.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from msgspec import UNSET, UnsetType

from workbench.transcript.deltas import (
    FRAGMENT_OF,
    ArgumentsDelta,
    CallNamed,
    Finished,
    Fragment,
    OpaqueDelta,
    PartEnd,
    PartSnapshot,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    Sighting,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    UsageReported,
)
from workbench.transcript.parts import (
    Form,
    Json,
    Kind,
    Part,
    ReasoningPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    kind_of,
)
from workbench.transcript.seen import Raised, Seen, SeenPart

_KIND_OF: dict[type, Kind] = {cls: kind for kind, cls in FRAGMENT_OF.items()}


class _Growing:
    """One part while it is being seen."""

    __slots__ = (
        "arrivals",
        "data",
        "end_stated",
        "ended",
        "error",
        "form",
        "id",
        "kind",
        "length",
        "message",
        "name",
        "named",
        "partial",
        "pieces",
        "redacted",
        "revisions",
        "server",
        "signature",
        "start_stated",
        "started",
        "typed",
        "value",
    )

    def __init__(self, kind: Kind, frame: int) -> None:
        self.kind: Kind = kind
        self.started = frame
        self.start_stated = False
        self.message = 0
        self.pieces: list[str] = []
        self.length = 0
        self.value: Json | UnsetType = UNSET
        self.id: str | None = None
        self.name: str | None = None
        self.form: Form = "raw"
        self.signature: list[str] | None = None
        self.redacted = False
        self.data: str | None = None
        self.server = False
        self.error = False
        self.named: int | None = None
        self.ended: int | None = None
        self.end_stated = False
        self.arrivals: list[tuple[int, int]] = []
        self.revisions = 0
        self.partial = False
        self.typed: int | None = None

    def add(self, frame: int, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.length += len(text)
            self.arrivals.append((frame, self.length))

    def name_it(self, frame: int, identity: str | None, name: str | None) -> None:
        if identity is not None:
            self.id = identity
        if name is not None:
            self.name = name
            if self.named is None:
                self.named = frame

    def replace(self, frame: int, text: str) -> None:
        """Takes a snapshot's text: growth where it extends what was there, a revision otherwise."""
        known = "".join(self.pieces)
        if text == known:
            return
        if not text.startswith(known):
            self.revisions += 1
        self.pieces = [text]
        self.length = len(text)
        self.arrivals.append((frame, self.length))

    def frozen(self) -> SeenPart:
        return SeenPart(
            self.kind,
            self.message,
            "".join(self.pieces),
            self.value,
            self.id,
            self.name,
            self.form,
            None if self.signature is None else "".join(self.signature),
            self.redacted,
            self.data,
            self.server,
            self.error,
            self.started,
            self.start_stated,
            self.named,
            self.ended,
            self.end_stated,
            tuple(self.arrivals),
            self.revisions,
            self.partial,
            self.typed,
        )


def _text_of(part: Part) -> str:
    match part:
        case ToolCallPart():
            return part.arguments
        case ToolResultPart():
            return part.output
        case _:
            return part.text


class _Seeing:
    """The walk: one record per part, and what was said of the response as a whole.

    `TAKERS` says which method takes which kind of sighting, so that a step costs one look-up and one call.
    """

    def __init__(self) -> None:
        self.growing: dict[int, _Growing] = {}
        self.turns: list[int] = []
        self.usage: Usage | None = None
        self.usage_at: list[int] = []
        self.known: dict[str, Any] = {}

    def part(self, index: int, kind: Kind, frame: int) -> _Growing:
        found = self.growing.get(index)
        if found is None:
            found = self.growing[index] = _Growing(kind, frame)
        return found

    def fragment(self, sighting: Fragment) -> None:
        index = sighting.part
        found = self.growing.get(index)
        if found is None:
            found = self.part(index, _KIND_OF[type(sighting)], sighting.frame)
        found.add(sighting.frame, sighting.text)
        if not self.turns or self.turns[-1] != index:
            self.turns.append(index)

    def start(self, sighting: PartStart) -> None:
        part = self.part(sighting.part, sighting.kind, sighting.frame)
        part.start_stated = sighting.stated
        part.message = sighting.message
        part.form = sighting.form
        part.redacted = sighting.redacted
        part.server = sighting.server
        part.error = sighting.error
        part.name_it(sighting.frame, sighting.id, sighting.name)

    def call_named(self, sighting: CallNamed) -> None:
        self.part(sighting.part, "tool-call", sighting.frame).name_it(sighting.frame, sighting.id, sighting.name)

    def end(self, sighting: PartEnd) -> None:
        part = self.growing.get(sighting.part)
        if part is not None and part.ended is None:
            part.ended = sighting.frame
            part.end_stated = sighting.stated

    def signature(self, sighting: SignatureDelta) -> None:
        part = self.part(sighting.part, "reasoning", sighting.frame)
        if part.signature is None:
            part.signature = []
        part.signature.append(sighting.text)

    def opaque(self, sighting: OpaqueDelta) -> None:
        self.part(sighting.part, "reasoning", sighting.frame).data = sighting.data

    def snapshot(self, sighting: PartSnapshot) -> None:
        _take_snapshot(self.part(sighting.part, kind_of(sighting.seen), sighting.frame), sighting)

    def info(self, sighting: ResponseInfo) -> None:
        if sighting.id is not None:
            self.known["response_id"] = sighting.id
        if sighting.model is not None:
            self.known["model"] = sighting.model

    def finished(self, sighting: Finished) -> None:
        self.known.update(finish=sighting.reason, finish_raw=sighting.raw, finished=sighting.frame)

    def usage_reported(self, sighting: UsageReported) -> None:
        self.usage = _merge_usage(self.usage, sighting.usage)
        self.usage_at.append(sighting.frame)

    def ended(self, sighting: ResponseEnded) -> None:
        self.known["ended"] = sighting.frame

    def failed(self, sighting: StreamFailed) -> None:
        self.known.update(failure=sighting.failure, failed=sighting.frame)

    def truncated(self, sighting: StreamTruncated) -> None:
        self.known["truncated"] = sighting.frame

    TAKERS: ClassVar[dict[type, Callable[..., None]]] = {
        TextDelta: fragment,
        ReasoningDelta: fragment,
        ArgumentsDelta: fragment,
        ResultDelta: fragment,
        RefusalDelta: fragment,
        PartStart: start,
        CallNamed: call_named,
        PartEnd: end,
        SignatureDelta: signature,
        OpaqueDelta: opaque,
        PartSnapshot: snapshot,
        ResponseInfo: info,
        Finished: finished,
        UsageReported: usage_reported,
        ResponseEnded: ended,
        StreamFailed: failed,
        StreamTruncated: truncated,
    }


def see(sightings: Iterable[Sighting], *, raised: Raised | None = None) -> Seen:
    """Walks sightings once and says what they amount to.

    Args:
        sightings: deltas and snapshots in the order in which they were sighted.
        raised: the exception that ended the iteration, if one did.

    Returns:
        The parts in the order in which they began, and all that was said about the response.
    """
    seeing = _Seeing()
    takers = seeing.TAKERS
    for sighting in sightings:
        takers[type(sighting)](seeing, sighting)
    return Seen(
        parts=tuple(part.frozen() for part in seeing.growing.values()),
        turns=tuple(seeing.turns),
        usage=seeing.usage,
        usage_at=tuple(seeing.usage_at),
        raised=raised,
        **seeing.known,
    )


def _take_snapshot(part: _Growing, sighting: PartSnapshot) -> None:
    seen = sighting.seen
    frame = sighting.frame
    part.message = seen.message
    part.partial = sighting.partial
    if sighting.value is not UNSET:
        if part.value is UNSET or part.value != sighting.value:
            part.arrivals.append((frame, len(part.arrivals) + 1))
        if part.value is not UNSET and not extends(part.value, sighting.value):
            part.revisions += 1
        if part.typed is None:
            part.typed = frame
        part.value = sighting.value
    else:
        part.replace(frame, _text_of(seen))
    match seen:
        case ReasoningPart():
            part.form = seen.form
            part.signature = None if seen.signature is None else [seen.signature]
            part.redacted = seen.redacted
            part.data = seen.data
            part.id = seen.id
        case ToolCallPart():
            part.server = seen.server
            part.name_it(frame, seen.id, seen.name or None)
        case ToolResultPart():
            part.server = seen.server
            part.error = seen.error
            part.name_it(frame, seen.call, seen.name or None)
        case _:
            pass


def extends(old: Json, new: Json) -> bool:
    """Says whether a value takes nothing back of an earlier one.

    Null may become anything, text may grow at its end, objects and lists may gain members, and what a member held is
    extended in turn; a member that was null may go. Any other scalar stays as it was.
    """
    if old is None:
        return True
    if isinstance(old, str) and isinstance(new, str):
        return new.startswith(old)
    if isinstance(old, dict) and isinstance(new, dict):
        return all(extends(value, new[key]) if key in new else value is None for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return len(old) <= len(new) and all(extends(a, b) for a, b in zip(old, new, strict=False))
    return type(old) is type(new) and bool(old == new)


def _merge_usage(known: Usage | None, new: Usage) -> Usage:
    """Later non-null counts win, field by field."""
    if known is None:
        return new
    return Usage(
        input=new.input if new.input is not None else known.input,
        output=new.output if new.output is not None else known.output,
        reasoning=new.reasoning if new.reasoning is not None else known.reasoning,
        cached=new.cached if new.cached is not None else known.cached,
    )
