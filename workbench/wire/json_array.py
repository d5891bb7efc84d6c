"""One JSON array over the whole body: one frame for each element, as soon as its last byte is there.

Gemini answers so where a request does not ask for server-sent events.

Rules:
1. An element that is an object, an array or a string is complete with its closing byte; a number or a word with the
   comma, bracket or white space after it.
2. Commas and white space between elements lie in no range, and are not counted: whether an element is JSON, and what a
   missing one means, is for the dialect to say.
3. What the body's end leaves inside an element never becomes a frame: `tail` has its text, with `unterminated-tail`. So
   has an array that is not closed, though each of its elements may be whole.
4. What comes after the closing bracket is remarked once as `ignored-line`; so is what comes before the opening one, as
   `wrong-framing`, and then nothing is read.
5. An element longer than the limit is skipped, and leaves one `over-limit`.

Source: RFC 8259, section 5; https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
"""

from __future__ import annotations

import re
from typing import Final, Literal

from workbench.wire.decoder import DEFAULT_LIMIT_BYTES, Decoder, lossy_text
from workbench.wire.frames import Diagnostic, Frame, Tail, excerpt
from workbench.wire.sniff import sniff

_SPACE: Final = b" \t\r\n"
_NESTING: Final = re.compile(rb'["{}\[\]]')
_IN_STRING: Final = re.compile(rb'[\\"]')
_LOOK_BYTES: Final = 4096
_SCALAR_END: Final = re.compile(rb"[,\] \t\r\n]")

State = Literal["before", "between", "nested", "string", "scalar", "after", "unread"]


class JsonArrayDecoder(Decoder):
    """Turns the bytes of one JSON array into frames, whose `event` is empty."""

    def __init__(self, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Starts a body; see `Decoder`."""
        super().__init__(limit_bytes=limit_bytes)
        self._state: State = "before"
        self._depth = 0  # of brackets inside the element
        self._escaped = False  # the last byte was a backslash within a string
        self._held: list[bytes] = []  # the element that has not ended, in the pieces in which it came
        self._held_bytes = 0
        self._start = 0  # where the element began
        self._skipping = False
        self._opened_at = -1  # where the array began
        self._strange = bytearray()  # the first bytes of what stands outside the array
        self._strange_at = 0

    def _feed(self, chunk: bytes) -> list[Frame]:
        frames: list[Frame] = []
        place = 0
        while place < len(chunk):
            if self._state in ("nested", "string", "scalar"):
                place = self._inside(chunk, place, frames)
            else:
                place = self._outside(chunk, place)
        self._at += len(chunk)
        return frames

    def _outside(self, chunk: bytes, place: int) -> int:
        """Looks for what comes next where no element is open; returns where to go on."""
        if self._state == "unread":
            self._strange += chunk[place : place + _LOOK_BYTES - len(self._strange)]
            return len(chunk)
        rest = chunk[place:]
        found = len(rest) - len(rest.lstrip(_SPACE + b"," if self._state == "between" else _SPACE))
        if found == len(rest):
            return len(chunk)
        place += found
        byte, at = chunk[place : place + 1], self._at + place
        match self._state:
            case "before" if byte == b"[":
                self._state, self._opened_at = "between", at
            case "between" if byte == b"]":
                self._state = "after"
            case "between":
                return self._begin(byte, place)
            case _:
                self._state, self._strange_at = "unread", at
                return place
        return place + 1

    def _begin(self, byte: bytes, place: int) -> int:
        self._start = self._at + place
        self._depth = 0
        self._state = "nested" if byte in (b"{", b"[", b'"') else "scalar"
        return place

    def _inside(self, chunk: bytes, place: int, frames: list[Frame]) -> int:
        """Goes on within an element; returns the place after it, or the end of the chunk."""
        at = place
        while at < len(chunk):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            if self._state == "scalar":
                found = _SCALAR_END.search(chunk, at)
                if found is None:
                    break
                return self._close(chunk, place, found.start(), frames)
            found = (_IN_STRING if self._state == "string" else _NESTING).search(chunk, at)
            if found is None:
                break
            at = found.end()
            self._step(found[0])
            if self._depth == 0 and self._state == "nested":
                return self._close(chunk, place, at, frames)
        self._hold(chunk[place:])
        return len(chunk)

    def _step(self, byte: bytes) -> None:
        """Takes one byte that matters."""
        if byte == b'"':
            self._state = "nested" if self._state == "string" else "string"
        elif byte == b"\\":
            self._escaped = True
        else:
            self._depth += 1 if byte in (b"{", b"[") else -1

    def _hold(self, piece: bytes) -> None:
        self._held_bytes += len(piece)
        if self._held_bytes > self.limit_bytes:
            self._skipping = True
            self._held = []
        if not self._skipping:
            self._held.append(piece)

    def _close(self, chunk: bytes, place: int, end: int, frames: list[Frame]) -> int:
        self._hold(chunk[place:end])
        if self._skipping:
            where = self._at + end
            self.diagnostics.append(Diagnostic("over-limit", self._start, where, f"{self.limit_bytes} bytes"))
        else:
            text, flaw = lossy_text(b"".join(self._held), self._start)
            if flaw is not None:
                self.diagnostics.append(Diagnostic(flaw.code, flaw.start, flaw.end, flaw.detail, self._index))
            frames.append(Frame(self._index, "", text, self._start, self._at + end))
            self._index += 1
        self._held, self._held_bytes, self._skipping = [], 0, False
        self._state = "between"
        return end

    def _end(self) -> list[Frame]:
        if self._state in ("nested", "string", "scalar"):
            text, _ = lossy_text(b"".join(self._held), self._start)
            self.tail = Tail(self._start, self._at, text)
            self.diagnostics.append(Diagnostic("unterminated-tail", self._start, self._at, excerpt(text)))
        elif self._state == "between":
            self.tail = Tail(self._opened_at, self._at, "")
            self.diagnostics.append(
                Diagnostic("unterminated-tail", self._opened_at, self._at, "the array is not closed")
            )
        elif self._state == "unread":
            code, what = "wrong-framing", str(sniff(bytes(self._strange)))
            if self._opened_at >= 0:
                code, what = "ignored-line", excerpt(lossy_text(bytes(self._strange), 0)[0])
            self.diagnostics.append(Diagnostic(code, self._strange_at, self._at, what))
        return []
