"""One run's answers: an accumulator that holds their order and form. Sans-IO.

Rules:
1. One line is one JSON object in UTF-8, without NaN and infinities. Unknown keys are a fault.
2. Events and legacy events come first, in any mixture; then message, stored, restored and request, each at most once
   and in this order. What the library raised stands in the place of the answer that it prevented.
3. One of done, declined and failed ends a run. `done` counts the answers, so that one which got lost is missed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from workbench.errors import WorkbenchError
from workbench.native import FramedEvent
from workbench.transcript import Json, Raised
from workbench.upstream.protocol import At, Record, Way

RANKS = {"event": 0, "legacy": 0, "message": 1, "stored": 2, "restored": 3, "request": 4}
"""Answers of one run never go back in this order, and those above 0 come once. `raised` has the rank of its `at`, and
ends it: after it, that rank is over."""

ENDS = ("done", "declined", "failed")


class ProtocolFaultError(WorkbenchError):
    """A driver said what it may not say, or not now."""


class LateAnswerError(ProtocolFaultError):
    """A line that belongs to a run which was over.

    Attributes:
        seq: of that run.
    """

    def __init__(self, seq: int) -> None:
        super().__init__(f"an answer to run {seq} came after that run was over")
        self.seq = seq


class _Raising(Struct, frozen=True, forbid_unknown_fields=True):
    at: At
    type: str
    message: str


class _Failed(Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    message: str
    trace: str = ""


def parse_line(line: bytes) -> dict[str, Json]:
    """Reads one line of a driver.

    Raises:
        ProtocolFaultError: it is not one JSON object.
    """
    try:
        value = msgspec.json.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            value = json.loads(line.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ProtocolFaultError(f"a line is not JSON ({error}): {excerpt(line)}") from None
    if not isinstance(value, dict):
        raise ProtocolFaultError(f"a line is no JSON object: {excerpt(line)}")
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def excerpt(line: bytes) -> str:
    """Quotes the beginning of a line, for a message."""
    return repr(line[:80]) + (f" and {len(line) - 80} bytes more" if len(line) > 80 else "")


class Answers:
    """Gathers the answers of one run: an accumulator.

    State: `receive` either takes a line whole or raises and leaves all as it was.

    Attributes:
        ended: how the run ended; None while it runs.
        failure: what the driver said of a failure of its own.
    """

    def __init__(self, way: Way) -> None:
        self._framework = way == "framework"
        self._rank = 0
        self._over = -1
        self._lines = 0
        self._events: list[FramedEvent] = []
        self._legacy: list[FramedEvent] = []
        self._later: dict[str, Json] = {}
        self._raised: dict[At, Raised] = {}
        self._declined: str | None = None
        self.ended: str | None = None
        self.failure: str | None = None

    def receive(self, kind: str, row: Mapping[str, Json], frame: int) -> None:
        """Takes one answer.

        Args:
            kind: the key that says what it is.
            row: the line, less `seq` and `nonce`.
            frame: the last frame that was sent when it came; in the framework way the driver's own word counts.

        Raises:
            ProtocolFaultError: it is malformed or stands where it may not.
        """
        if kind in {"event", "legacy", "raised"}:
            frame = self._frame(kind, row, frame)
        elif len(row) != 1:
            raise ProtocolFaultError(f"{kind!r} comes with keys that it does not have: {sorted(row)}")
        if kind in ENDS:
            self._end(kind, row[kind])
            return
        if kind == "raised":
            raising = convert(row[kind], _Raising, "raised")
            self._advance(raising.at, over=True)
            self._raised[raising.at] = Raised(raising.type, raising.message, frame)
        else:
            if kind == "request" and not self._framework:
                raise ProtocolFaultError("'request' in the shipped way: the replay server knows it better")
            self._advance(kind, over=kind not in {"event", "legacy"})
            if kind == "event":
                self._events.append((frame, row[kind]))
            elif kind == "legacy":
                self._legacy.append((frame, row[kind]))
            else:
                self._later[kind] = row[kind]
        self._lines += 1

    def _frame(self, kind: str, row: Mapping[str, Json], stamped: int) -> int:
        keys = {kind, "frame"} if self._framework else {kind}
        if set(row) != keys:
            raise ProtocolFaultError(f"{kind!r} needs the keys {sorted(keys)} here, and has {sorted(row)}")
        if not self._framework:
            return stamped
        frame = row["frame"]
        if not isinstance(frame, int) or isinstance(frame, bool) or frame < -1:
            raise ProtocolFaultError(f"not the index of a frame: {frame!r:.80}")
        return frame

    def _advance(self, kind: str, *, over: bool) -> None:
        rank = RANKS[kind]
        if rank < self._rank or rank <= self._over:
            raise ProtocolFaultError(f"{kind!r} came out of order")
        self._rank = rank
        if over:
            self._over = rank

    def _end(self, kind: str, value: Json) -> None:
        if kind == "done":
            if value != self._lines or isinstance(value, bool):
                raise ProtocolFaultError(f"'done' counts {value!r:.40} answers; {self._lines} came")
        elif kind == "declined":
            if not isinstance(value, str) or not value or self._lines:
                raise ProtocolFaultError("'declined' needs a reason and must be the only answer")
            self._declined = value
        else:
            failed = convert(value, _Failed, "failed")
            self.failure = f"{failed.type}: {failed.message}\n{failed.trace}".rstrip()
        self.ended = kind

    def record(self) -> Record:
        """Gives what came so far."""
        return Record(
            events=tuple(self._events),
            legacy=tuple(self._legacy),
            raised=dict(self._raised),
            declined=self._declined,
            **self._later,
        )


def convert(value: Json, kind: type[Any], name: str) -> Any:
    """Reads a value strictly as one of the protocol's structures.

    Raises:
        ProtocolFaultError: it is not one; the message calls it by `name`.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ProtocolFaultError(f"{name!r} is malformed: {error}") from None
