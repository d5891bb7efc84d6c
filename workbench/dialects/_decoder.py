"""What the decoders of JSON-over-SSE dialects share: two ways to read a frame, remarks, and the end of the body.

Theory of operation. `receive` parses a frame with `msgspec` into a small struct and hands it to `_take`, which a
dialect writes. A frame that `msgspec` refuses is read again by `_receive_carefully`: `json.loads`, then the dialect's
`_shape` builds the *same* struct from plain values, leaving out and remarking what does not fit. So there are two
readers and one meaning; `tests/properties/test_dialects.py` and `tests/dialects/test_recordings.py` hold both equal.
Only refused frames are parsed twice.

Rules:
1. No bytes make a decoder raise.
2. After the dialect's own end, or after an error, nothing more is read.
3. Of a field that nobody reads the fast reader says nothing; the careful one remarks `json-not-strict` even there.
4. While half a surrogate pair is held back, all frames are read carefully.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from workbench.dialect import DeltaDecoder
from workbench.dialects._arguments import fault_of
from workbench.dialects._failures import failure_of
from workbench.dialects._json import NOT_JSON, REFUSALS, read_json, refuse
from workbench.dialects._surrogates import Mender
from workbench.transcript import Delta, Failure, Json, StreamFailed, StreamTruncated
from workbench.wire import Diagnostic, Frame
from workbench.wire.frames import excerpt

E = TypeVar("E")
Flaw = Callable[[str, str], None]
"""Called with a code and a detail for what a frame has wrong."""

Step = tuple[int, tuple[Delta, ...]]
"""Index of a frame, and the deltas that it holds."""

NO_FRAME = Frame(-1, "message", "", 0, 0)


class JsonEventDecoder(DeltaDecoder, Generic[E]):
    """A decoder of one body's frames.

    Attributes:
        diagnostics: remarks so far, in the order of frames.
    """

    def __init__(self, parse: Callable[[str], E], *, careful: bool = False) -> None:
        """Starts a body.

        Args:
            parse: the fast reader of the dialect.
            careful: read every frame carefully; for tests.
        """
        self.diagnostics: list[Diagnostic] = []
        self._fast: Callable[[str], E] = refuse if careful else parse
        self._parse = self._fast
        self._mender = Mender()
        self._said: set[str] = set()
        self._last = NO_FRAME
        self._over = False
        self._parts = 0

    # -- what a dialect writes

    def _take(self, event: E, frame: Frame) -> list[Delta]:
        """Turns one event into deltas."""
        raise NotImplementedError

    def _shape(self, value: dict[str, Any], flaw: Flaw) -> E | None:
        """Builds the event from plain values; None when there is nothing to take."""
        raise NotImplementedError

    def _end(self, tail: str | None, frame: Frame) -> list[Delta] | None:
        """Ends the body; returns deltas if the tail ends it well, or None."""
        raise NotImplementedError

    # -- the contract

    def receive(self, frame: Frame) -> list[Delta]:
        """Returns the deltas of one frame, in order; an empty list when it holds none."""
        self._last = frame
        try:
            event = self._parse(frame.data)
        except REFUSALS:
            return self._receive_carefully(frame)
        return self._take(event, frame)

    def finish(self, tail: str | None) -> list[Delta]:
        """Ends the body; returns what only the end tells."""
        if self._over:
            return []
        ended = self._end(tail, self._last)
        if ended is not None:
            return self._mend(ended, self._last)
        self._over = True
        if self._last is not NO_FRAME:
            self.remark("terminal-missing", self._last)
        return self._mend([StreamTruncated(self._last.index)], self._last)

    # -- for dialects

    def remark(self, code: str, frame: Frame, detail: str = "") -> None:
        """Attaches a diagnostic to a frame."""
        index = frame.index if frame.index >= 0 else None
        self.diagnostics.append(Diagnostic(code, frame.start, frame.end, excerpt(detail), index))

    def remark_once(self, code: str, frame: Frame, detail: str = "") -> None:
        """Attaches a diagnostic the first time that there is a reason for it."""
        if code not in self._said:
            self._said.add(code)
            self.remark(code, frame, detail)

    def _new_part(self) -> int:
        part = self._parts
        self._parts = part + 1
        return part

    def _fail(self, failure: Failure, frame: Frame) -> StreamFailed:
        self._over = True
        self.remark("in-band-error", frame, failure.message)
        return StreamFailed(frame.index, failure)

    def _check_arguments(self, pieces: list[str], name: str | None, frame: Frame, *, cut: bool) -> None:
        code = fault_of("".join(pieces), cut=cut)
        if code is not None:
            self.remark(code, frame, name or "")

    # -- the careful path

    def _receive_carefully(self, frame: Frame) -> list[Delta]:
        if self._over:
            self._take_late(frame)
            return []
        value, strict = read_json(frame.data)
        if value is NOT_JSON:
            if frame.event == "error":
                return self._mend([self._fail(Failure(frame.data), frame)], frame)
            self.remark("chunk-not-json", frame, frame.data)
            return []
        if not strict:
            self.remark("json-not-strict", frame)
        if not isinstance(value, dict):
            self.remark("chunk-not-object", frame, frame.data)
            return []
        event = self._shape(value, lambda code, detail: self.remark(code, frame, detail))
        return [] if event is None else self._mend(self._take(event, frame), frame)

    def _mend(self, deltas: list[Delta], frame: Frame) -> list[Delta]:
        mended = self._mender.mend(deltas)
        self._parse = refuse if self._mender.holding else self._fast
        for code in self._mender.codes:
            self.remark(code, frame)
        self._mender.codes.clear()
        return mended

    def _take_late(self, frame: Frame) -> None:
        """Takes a frame after the end."""
        self.remark("data-after-terminal", frame)

    def _failure_in(self, frame: Frame) -> Failure | None:
        """Reads a frame that has none of the dialect's fields as an error, if it is one."""
        value: Json = read_json(frame.data)[0]
        return failure_of(value, event=frame.event) if isinstance(value, dict) else None
