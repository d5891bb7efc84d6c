"""Amazon's event stream: binary messages, each with a length, headers, a payload and two checksums.

Bedrock answers so. A message is: its length and that of its headers, four bytes each, big-endian; a CRC-32 of those
eight bytes; the headers; the payload; a CRC-32 of all before it. A header is a name, a type and a value.

Rules:
1. A message is one frame, complete with its last byte. Its `kind` is the header `:message-type`, its `event` the header
   `:event-type`, `:exception-type` or `:error-code`, whichever its kind has; its `data` is the payload, or the header
   `:error-message` where the kind is `error` and there is no payload.
2. Lengths are trusted only after their checksum fits. If it does not, nobody knows where the next message begins: one
   `bad-checksum`, and nothing more is read.
3. A message whose own checksum does not fit gives `bad-checksum` and no frame. Reading goes on after it.
4. What the body's end leaves is `unterminated-tail`; there is no frame in it, as a message cannot be read before its
   end.
5. Of headers only strings are read; the others are skipped by their length. A header that ends outside its message
   makes the message unreadable, like rule 3, as `bad-header`.
6. A message longer than the limit is skipped, and leaves one `over-limit`.

Source: https://smithy.io/2.0/aws/amazon-eventstream.html; botocore reads the same (`tests/wire/test_event_stream.py`).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from struct import Struct
from typing import Final

from workbench.wire.decoder import DEFAULT_LIMIT_BYTES, Decoder, lossy_text
from workbench.wire.frames import Diagnostic, Frame, Tail

PRELUDE_BYTES: Final = 12
CHECKSUM_BYTES: Final = 4
SMALLEST_BYTES: Final = PRELUDE_BYTES + CHECKSUM_BYTES
_WORDS: Final = Struct(">II")
_WORD: Final = Struct(">I")
_SHORT: Final = Struct(">H")
_STRING: Final = 7
_FIXED: Final[Mapping[int, int]] = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Type of a header to the bytes of its value; the types 6 and 7, bytes and text, say their own length."""

_NAMES: Final = {"event": ":event-type", "exception": ":exception-type", "error": ":error-code"}


class EventStreamDecoder(Decoder):
    """Turns the bytes of an event stream into frames."""

    def __init__(self, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Starts a body; see `Decoder`."""
        super().__init__(limit_bytes=limit_bytes)
        self._opening = None  # a binary body has no byte order mark
        self._held = bytearray()  # the message that has not ended
        self._start = 0  # where it began
        self._skip_bytes = 0  # of a message over the limit that are still to come
        self._dead = False

    def _feed(self, chunk: bytes) -> list[Frame]:
        frames: list[Frame] = []
        self._at += len(chunk)
        if self._dead:
            return frames
        if self._skip_bytes:
            skipped = min(self._skip_bytes, len(chunk))
            self._skip_bytes -= skipped
            self._start += skipped
            chunk = chunk[skipped:]
        self._held += chunk
        place = 0
        while (size := self._size(place)) and len(self._held) - place >= size:
            with memoryview(self._held) as view:
                self._read(bytes(view[place : place + size]), frames)
            place += size
            self._start += size
        if place:
            del self._held[:place]
        return frames

    def _size(self, place: int) -> int:
        """Length of the message at a place; 0 where it cannot be told, yet or at all."""
        if self._dead or len(self._held) - place < PRELUDE_BYTES:
            return 0
        size, headers = _WORDS.unpack_from(self._held, place)
        checksum = _WORD.unpack_from(self._held, place + 8)[0]
        if zlib.crc32(self._held[place : place + 8]) != checksum or headers + SMALLEST_BYTES > size:
            self._dead = True
            where = self._start
            self.diagnostics.append(
                Diagnostic("bad-checksum", where, where + PRELUDE_BYTES, "of the lengths: nothing more can be read")
            )
            return 0
        if size > self.limit_bytes:
            self.diagnostics.append(
                Diagnostic("over-limit", self._start, self._start + size, f"{self.limit_bytes} bytes")
            )
            there = min(size, len(self._held) - place)
            del self._held[place : place + there]
            self._start += there
            self._skip_bytes = size - there
            return self._size(place) if not self._skip_bytes else 0
        return int(size)

    def _read(self, message: bytes, frames: list[Frame]) -> None:
        start, end = self._start, self._start + len(message)
        if zlib.crc32(message[:-CHECKSUM_BYTES]) != _WORD.unpack_from(message, len(message) - CHECKSUM_BYTES)[0]:
            self.diagnostics.append(Diagnostic("bad-checksum", start, end, "of the message"))
            return
        body = PRELUDE_BYTES + int(_WORDS.unpack_from(message)[1])
        headers = read_headers(message[PRELUDE_BYTES:body])
        if headers is None:
            self.diagnostics.append(Diagnostic("bad-header", start, end, "a header ends outside its message"))
            return
        kind = headers.get(":message-type", "")
        text, flaw = lossy_text(message[body:-CHECKSUM_BYTES], start + body)
        if flaw is not None:
            self.diagnostics.append(Diagnostic(flaw.code, flaw.start, flaw.end, flaw.detail, self._index))
        if kind == "error" and not text:
            text = headers.get(":error-message", "")
        event = headers.get(_NAMES.get(kind, ":event-type"), "")
        frames.append(Frame(self._index, event, text, start, end, kind=kind))
        self._index += 1

    def _end(self) -> list[Frame]:
        if (self._held or self._skip_bytes) and not self._dead:
            self.tail = Tail(self._start, self._at, "")
            what = f"{self._at - self._start} bytes of a message"
            self.diagnostics.append(Diagnostic("unterminated-tail", self._start, self._at, what))
        return []


def read_headers(data: bytes) -> dict[str, str] | None:
    """Reads the headers of a message that are strings; None where one of them ends outside."""
    headers: dict[str, str] = {}
    place = 0
    while place < len(data):
        name_end = place + 1 + data[place]
        if name_end >= len(data):
            return None
        kind, value = data[name_end], name_end + 1
        if kind in _FIXED:
            end = value + _FIXED[kind]
        elif kind in (_STRING, _STRING - 1) and value + 2 <= len(data):
            value, end = value + 2, value + 2 + int(_SHORT.unpack_from(data, value)[0])
        else:
            return None
        if end > len(data):
            return None
        if kind == _STRING:
            headers[data[place + 1 : name_end].decode("utf-8", "replace")] = data[value:end].decode("utf-8", "replace")
        place = end
    return headers


def event_stream_message(payload: bytes, headers: Mapping[str, str]) -> bytes:
    """Writes one message.

    Args:
        payload: its body, usually JSON.
        headers: name to value, such as `:message-type`; all are written as strings.

    Raises:
        ValueError: if a name has more than 255 bytes or a value more than 65,535: the format cannot carry them.
    """
    written = b""
    for name, value in headers.items():
        raw_name, raw_value = name.encode(), value.encode()
        if len(raw_name) > 0xFF or len(raw_value) > 0xFFFF:
            raise ValueError(f"a header's name has at most 255 bytes and its value 65,535: {name[:80]!r}")
        written += bytes([len(raw_name)]) + raw_name + bytes([_STRING]) + _SHORT.pack(len(raw_value)) + raw_value
    lengths = _WORDS.pack(SMALLEST_BYTES + len(written) + len(payload), len(written))
    message = lengths + _WORD.pack(zlib.crc32(lengths)) + written + payload
    return message + _WORD.pack(zlib.crc32(message))
