"""Server-sent events, read by the rules of the WHATWG text.

Theory of operation. Two readers share one state:

* The **line machine** (`_read_lines`, `_take_line`, `_take_field`) reads anything: any line ends, any fields, lines cut
  anywhere.
* The **block reader** (`_read_blocks`) reads a run of whole blocks. It knows two shapes, `data: …` and `event: …`
  before `data: …`, with LF or CRLF throughout, and hands any other block to the line machine. Nearly every body that a
  provider sends is made of these shapes, and most of its blocks open alike. So a long run is split at the opening that
  is usual in it: between two of them stands the data of one block, or, where a line end shows it, that and other
  blocks. These, and short runs, are scanned with a compiled pattern (`_scan_blocks`).

`_feed` decides: while a block is open, the line machine reads up to its blank line; what then remains of the chunk, up
to its last blank line, is the block reader's; the rest is the line machine's. The two are equal on every input
(`tests/properties/test_wire.py`).

Rules, beyond the WHATWG text:
1. A line that ends in CR is complete at once; one LF is swallowed if it comes next. It belongs to no range.
2. A block starts with its first line that sets a field. Comments and ignored lines before that stand alone; inside a
   block they are remarked when it ends. So `: ping` and a blank line make a comment, not a `dataless-block`.
3. Every byte lies in a frame, in a diagnostic's range or in the tail, except the line ends of empty lines between
   blocks, and the LF of rule 1.
4. A block that the body's end leaves open gives no frame: it becomes `tail`. Its last line, if that is cut, sets
   nothing outside the tail.
5. A line or block longer than the limit is skipped up to the next blank line, and leaves one `over-limit`. An id in it
   does not count.
6. A retry of more than 18 digits is ignored like one that is no number.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

from workbench.wire.decoder import DEFAULT_LIMIT_BYTES, Decoder, lossy_text
from workbench.wire.frames import Diagnostic, Frame, Tail, excerpt
from workbench.wire.sniff import sniff

_FIELDS: Final = frozenset((b"data", b"event", b"id", b"retry"))
_CR: Final = 0x0D
_LF: Final = 0x0A
_MAX_RETRY_DIGITS: Final = 18
_NONE: Final = -1  # for offsets

# These are matched against Latin-1 text, one character for each byte. The last alternative takes any other block.
_LF_BLOCK: Final = re.compile(r"(?:event: ?+([ -~]*+)\n)?+data: ?+([^\n]*+)\n\n|(?s:.*?)\n\n")
_CRLF_BLOCK: Final = re.compile(r"(?:event: ?+([ -~]*+)\r\n)?+data: ?+([^\r]*+)\r\n\r\n|(?s:.*?)\r\n\r\n")
_BLANK_LINE: Final = re.compile(rb"\n\n|[\r\n]\r\n?")


class SseDecoder(Decoder):
    """Turns the bytes of a `text/event-stream` body into frames.

    Attributes:
        last_event_id: the last event ID as of the last blank line.
        retry: the reconnection time in milliseconds that was set last; None if none was.
    """

    _LONG_RUN: ClassVar[int] = 8192  # bytes from which on it pays to split a run

    def __init__(self, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Starts a body; see `Decoder`."""
        super().__init__(limit_bytes=limit_bytes)
        self.last_event_id = ""
        self.retry: int | None = None
        self._after_cr = False  # the last byte was a CR that ended a line
        self._line = bytearray()  # the line that has not ended; a mere mark that there is one while skipping
        self._skip = _NONE  # where the block or line that is too long started
        self._id = ""  # the last event ID buffer, which the next blank line makes last_event_id
        self._reset()

    def _reset(self) -> None:
        """Forgets the block, keeping what outlives it."""
        self._block = _NONE  # where the open block started
        self._lines: list[bytes] = []
        self._data: list[str] = []
        self._event = ""
        self._event_line = False
        self._id_line = False
        self._block_retry: int | None = None
        self._remarks: list[Diagnostic] = []

    def _feed(self, chunk: bytes) -> list[Frame]:
        frames: list[Frame] = []
        if not chunk:
            return frames
        begin = 0
        if self._after_cr:
            self._after_cr = False
            if chunk[0] == _LF:
                begin = 1
                self._at += 1
        crlf = b"\r" in chunk
        if not crlf and b"\n" not in chunk:
            self._at += len(chunk)
            self._hold(chunk)
            return frames
        if begin < len(chunk) and (self._line or self._block >= 0 or self._skip >= 0):
            stop = self._blank_line(chunk, begin, crlf)
            self._read_lines(chunk[begin:stop], frames)
            begin = stop
        blank = b"\r\n\r\n" if crlf else b"\n\n"
        cut = chunk.rfind(blank, begin)
        if cut >= 0:
            stop = cut + len(blank)
            self._read_blocks(chunk[begin:stop], crlf, frames)
            begin = stop
        if begin < len(chunk):
            self._read_lines(chunk[begin:], frames)
        return frames

    def _blank_line(self, chunk: bytes, begin: int, crlf: bool) -> int:
        """Returns where the chunk's first blank line ends, both bytes of a CRLF included, or the chunk's length."""
        if not self._line and chunk[begin : begin + 1] in (b"\r", b"\n"):
            return begin + (2 if chunk[begin : begin + 2] == b"\r\n" else 1)
        if not crlf:
            found = chunk.find(b"\n\n", begin)
            return len(chunk) if found < 0 else found + 2
        match = _BLANK_LINE.search(chunk, begin)
        return len(chunk) if match is None else match.end()

    # -- the block reader

    def _read_blocks(self, run: bytes, crlf: bool, frames: list[Frame]) -> None:
        """Reads whole blocks, starting between blocks and ending in a blank line."""
        mixed = crlf and not run.count(b"\r") == run.count(b"\n") == run.count(b"\r\n")
        if mixed or len(run) > self.limit_bytes:
            self._read_lines(run, frames)
            return
        text = run.decode("latin-1")
        usual = _usual_opening(text, crlf) if len(run) >= self._LONG_RUN else None
        if usual is None:
            self._scan_blocks(text, crlf, frames)
            return
        opening, event = usual
        blank = "\r\n\r\n" if crlf else "\n\n"
        name, has_line = event or "message", event is not None
        size = len(opening) + len(blank)
        first, *pieces = text.split(blank + opening)
        pieces[-1] = pieces[-1].removesuffix(blank)
        self._scan_blocks(first + blank, crlf, frames)
        at, index, last_id = self._at, self._index, self.last_event_id
        for piece in pieces:
            data = piece if piece.isascii() else _from_latin(piece)
            if data is None or "\n" in piece:
                self._at, self._index = at, index
                self._scan_blocks(opening + piece + blank, crlf, frames)
                at, index, last_id = self._at, self._index, self.last_event_id
                continue
            stop = at + size + len(piece)
            frames.append(Frame(index, name, data, at, stop - 1 if crlf else stop, has_line, last_id))
            index += 1
            at = stop
        self._at, self._index = at, index

    def _scan_blocks(self, text: str, crlf: bool, frames: list[Frame]) -> None:
        """Reads whole blocks one by one, starting between blocks and ending in a blank line.

        Args:
            text: the blocks as Latin-1 text.
            crlf: their lines end in CRLF, otherwise in LF.
            frames: those that are read are added here.
        """
        at, index, last_id = self._at, self._index, self.last_event_id
        begin = at  # offset of the text
        for match in (_CRLF_BLOCK if crlf else _LF_BLOCK).finditer(text):
            event, data = match.groups()
            stop = begin + match.end()
            if data is not None and not data.isascii():
                data = _from_latin(data)
            if data is None:
                self._at, self._index = at, index
                self._read_lines(match[0].encode("latin-1"), frames)
                index, last_id = self._index, self.last_event_id
            else:
                end = stop - 1 if crlf else stop
                frames.append(Frame(index, event or "message", data, at, end, event is not None, last_id))
                index += 1
            at = stop
        self._at, self._index = at, index
        if at - begin < len(text):  # one line end is left where their number in a row was odd
            self._read_lines(text[at - begin :].encode("latin-1"), frames)

    # -- the line machine

    def _read_lines(self, run: bytes, frames: list[Frame]) -> None:
        """Reads bytes cut anywhere, at least one."""
        self._after_cr = run[-1] == _CR
        for piece in run.splitlines(keepends=True):  # of bytes: CR, LF and CRLF only
            line = piece.rstrip(b"\r\n")
            if len(line) == len(piece):
                self._at += len(piece)
                self._hold(piece)
                return
            end = self._at + len(line) + 1
            self._at += len(piece)
            if self._line:
                self._line += line
                line = bytes(self._line)
                self._line = bytearray()
            self._take_line(line, end, frames)

    def _hold(self, piece: bytes) -> None:
        """Keeps a line that has not ended."""
        if self._skip >= 0:
            self._line[:] = b"?"
            return
        self._line += piece
        start = self._block if self._block >= 0 else self._at - len(self._line)
        if self._at - start > self.limit_bytes:
            self._give_up(start)
            self._line = bytearray(b"?")

    def _give_up(self, start: int) -> None:
        """Drops the block or line that started there, and what follows, up to the next blank line."""
        self._reset()
        self._skip = start
        self._id = self.last_event_id

    def _take_line(self, line: bytes, end: int, frames: list[Frame]) -> None:
        """Takes a line without its line end, the first byte of which is the one before `end`."""
        if self._skip < 0:
            start = self._block if self._block >= 0 else end - 1 - len(line)
            if end - start > self.limit_bytes:
                self._give_up(start)
        if self._skip >= 0:
            if not line:
                self._remark_limit(end)
        elif line:
            self._take_field(line, end - 1 - len(line))
        elif self._block >= 0:
            self._end_block(end, frames)

    def _take_field(self, line: bytes, start: int, *, cut: bool = False) -> None:
        """Takes a line that is not empty; `cut` if the body's end cut it, so that it may be another line's start."""
        colon = line.find(b":")
        name = line if colon < 0 else line[:colon]
        value_at = len(line) if colon < 0 else colon + 2 if line[colon + 1 : colon + 2] == b" " else colon + 1
        value = line[value_at:]
        if name not in _FIELDS or (name == b"id" and b"\0" in value) or (name == b"retry" and not _is_retry(value)):
            text, flaw = lossy_text(line, start)
            code = "ignored-line" if name else "comment"
            if not cut:
                shown = text if name else text[value_at:]
                self._remark(Diagnostic(code, start, start + len(line) + 1, excerpt(shown)))
        else:
            if self._block < 0:
                self._block = start
            text, flaw = lossy_text(value, start + value_at)
            if name == b"data":
                self._data.append(text)
            elif name == b"event":
                self._event, self._event_line = text, True
            elif name == b"id":
                self._id, self._id_line = text, True
            else:
                self._block_retry = int(value)
                if not cut:
                    self.retry = self._block_retry
        if flaw is not None:
            self._remark(flaw)
        if self._block >= 0:
            self._lines.append(line)

    def _end_block(self, end: int, frames: list[Frame]) -> None:
        """Does what a blank line does."""
        self.last_event_id = self._id
        if self._data:
            frames.append(self._frame(end))
            self._publish(self._index)
            self._index += 1
        else:
            fields = [f"event: {self._event}"] if self._event_line else []
            fields += [f"id: {self._id}"] if self._id_line else []
            fields += [] if self._block_retry is None else [f"retry: {self._block_retry}"]
            self.diagnostics.append(Diagnostic("dataless-block", self._block, end, excerpt("; ".join(fields))))
            self._publish(None)
        self._reset()

    def _frame(self, end: int) -> Frame:
        return Frame(
            self._index,
            self._event or "message",
            "\n".join(self._data),
            self._block,
            end,
            self._event_line,
            self._id,
            self._block_retry,
        )

    # -- remarks, and the end

    def _remark(self, remark: Diagnostic) -> None:
        (self.diagnostics if self._block < 0 else self._remarks).append(remark)

    def _publish(self, frame: int | None) -> None:
        """Hands out what was remarked inside the block."""
        for remark in self._remarks:
            self.diagnostics.append(Diagnostic(remark.code, remark.start, remark.end, remark.detail, frame))

    def _remark_limit(self, end: int) -> None:
        self.diagnostics.append(Diagnostic("over-limit", self._skip, end, f"{self.limit_bytes} bytes"))
        self._skip = _NONE

    def _end(self) -> list[Frame]:
        if self._skip >= 0:
            self._remark_limit(self._at)
        elif self._line or self._block >= 0:
            self._end_in_tail()
        if self._index == 0:
            self._suspect_framing()
        return []

    def _end_in_tail(self) -> None:
        line = bytes(self._line)
        start = self._block if self._block >= 0 else self._at - len(line)
        text = "\n".join(lossy_text(held, 0)[0] for held in [*self._lines, line])
        mark = len(self.diagnostics)
        if line:
            self._take_field(line, self._at - len(line), cut=True)
        self.tail = Tail(start, self._at, text, self._frame(self._at) if self._data else None)
        self.diagnostics.insert(mark, Diagnostic("unterminated-tail", start, self._at, excerpt(text)))
        self._publish(None)

    def _suspect_framing(self) -> None:
        """Says what the body looks like if it gave no frame."""
        strange = [remark for remark in self.diagnostics if remark.code in ("ignored-line", "unterminated-tail")][:2]
        framing = sniff("\n".join(remark.detail for remark in strange).encode())
        if framing in ("ndjson", "json", "html"):
            self.diagnostics.append(Diagnostic("wrong-framing", strange[0].start, strange[0].end, framing))


def _is_retry(value: bytes) -> bool:
    return value.isdigit() and len(value) <= _MAX_RETRY_DIGITS  # bytes.isdigit knows ASCII digits only


def _usual_opening(text: str, crlf: bool) -> tuple[str, str | None] | None:
    """Says how most blocks of a run open, going by three of them.

    Args:
        text: the run as Latin-1 text.
        crlf: its lines end in CRLF, otherwise in LF.

    Returns:
        All before the data, and the event if there is one; None where none of the three has a shape that is known.
    """
    pattern, blank = (_CRLF_BLOCK, "\r\n\r\n") if crlf else (_LF_BLOCK, "\n\n")
    found: list[tuple[str, str | None]] = []
    for quarter in (1, 2, 3):
        begin = text.find(blank, len(text) * quarter // 4) + len(blank)
        match = pattern.match(text, begin)
        # An opening without its space could stand before data that opens with one, which is no data.
        if match is not None and match[2] is not None and text[match.start(2) - 1] == " ":
            found.append((text[begin : match.start(2)], match[1]))
    return max(found, key=found.count, default=None)


def _from_latin(text: str) -> str | None:
    """Reads bytes that stand as Latin-1 text for UTF-8; None if they are none."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
