"""Newline-delimited JSON: one frame for each line that is not blank.

Rules:
1. A line ends in LF. One CR before it belongs to the line end; any other CR is data.
2. A line of nothing but spaces, tabs and CR is blank and gives no frame. Its bytes lie in no range.
3. What the body's end leaves without LF is a line as well, if it is not blank: `finish` hands it out, with
   `unterminated-tail`, and `tail` has its text. Whether it is whole is for the dialect to say.
4. Whether a line is JSON is for the dialect to say, too. Only the first one is looked at, for `wrong-framing`.
5. A line longer than the limit is skipped, and leaves one `over-limit`.

Source: https://github.com/ndjson/ndjson-spec (version 1.0.0), which leaves blank lines and the last line to the parser.
"""

from __future__ import annotations

from workbench.wire.decoder import DEFAULT_LIMIT_BYTES, Decoder, lossy_text
from workbench.wire.frames import Diagnostic, Frame, Tail, excerpt
from workbench.wire.sniff import sniff

_BLANK = b" \t\r"


class NdjsonDecoder(Decoder):
    """Turns the bytes of an NDJSON body into frames, whose `event` is empty."""

    def __init__(self, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Starts a body; see `Decoder`."""
        super().__init__(limit_bytes=limit_bytes)
        self._line = bytearray()  # the line that has not ended; empty if it is being skipped
        self._line_at = 0  # where it started
        self._skipping = False
        self._suspicion: Diagnostic | None = None

    def _feed(self, chunk: bytes) -> list[Frame]:
        frames: list[Frame] = []
        *lines, rest = chunk.split(b"\n")
        for piece in lines:
            line = piece
            start = self._at
            if self._line or self._skipping:
                start = self._line_at
                self._line += piece
                line = bytes(self._line)
                self._line = bytearray()
            self._at += len(piece) + 1
            if self._skipping or self._at - start > self.limit_bytes:
                self._skipping = False
                self._remark_limit(start)
            elif line.strip(_BLANK):
                frames.append(self._frame(line[:-1] if line[-1] == 0x0D else line, start))
        if rest:
            self._hold(rest)
        return frames

    def _hold(self, piece: bytes) -> None:
        """Keeps a line that has not ended."""
        if not self._line and not self._skipping:
            self._line_at = self._at
        self._at += len(piece)
        if not self._skipping:
            self._line += piece
            if self._at - self._line_at > self.limit_bytes:
                self._skipping = True
                self._line = bytearray()

    def _frame(self, line: bytes, start: int) -> Frame:
        text, flaw = lossy_text(line, start)
        frame = Frame(self._index, "", text, start, self._at)
        if flaw is not None:
            self.diagnostics.append(Diagnostic(flaw.code, flaw.start, flaw.end, flaw.detail, frame.index))
        if frame.index == 0 and (framing := sniff(line[:4096])) in ("sse", "html"):
            self._suspicion = Diagnostic("wrong-framing", start, self._at, framing, 0)
        self._index += 1
        return frame

    def _remark_limit(self, start: int) -> None:
        self.diagnostics.append(Diagnostic("over-limit", start, self._at, f"{self.limit_bytes} bytes"))

    def _end(self) -> list[Frame]:
        frames: list[Frame] = []
        line = bytes(self._line)
        if self._skipping:
            self._remark_limit(self._line_at)
        elif line.strip(_BLANK):
            mark = len(self.diagnostics)
            frames.append(self._frame(line, self._line_at))
            frame = frames[0]
            self.tail = Tail(frame.start, frame.end, frame.data)
            remark = Diagnostic("unterminated-tail", frame.start, frame.end, excerpt(frame.data), frame.index)
            self.diagnostics.insert(mark, remark)
        if self._suspicion is not None:
            self.diagnostics.append(self._suspicion)
        return frames
