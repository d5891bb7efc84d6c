"""What a decoder hands out: frames, the tail that never became one, and diagnostics.

Rules:
1. Values are frozen. What was handed out never changes.
2. Offsets count bytes from the start of the body, the byte order mark included; `end` is exclusive.
3. A range that closes with a line end closes after the byte that completed the line. For CRLF that is the CR, because a
   line that ends in CR is complete at once and nobody can know yet whether an LF follows. So a range is the same for
   every partition of the body, and no frame waits for a byte that it does not need. (NDJSON lines end in LF alone, so
   there the range holds both bytes of a CRLF.)
4. A broken stream is data. A decoder never raises because of what it reads: it remarks, by a code of `WIRE_CODES`.

Dialect decoders reuse `Diagnostic` with codes of their own.
"""

from __future__ import annotations

from typing import Final

import msgspec

WIRE_CODES: Final[dict[str, str]] = {
    "bom": "One byte order mark opened the body and was removed.",
    "comment": "An SSE line that opens with a colon; detail: its text.",
    "ignored-line": "An SSE line that set nothing: unknown field, prose, id with NUL, retry that is no number; or what "
    "follows a JSON array; detail: the line.",
    "dataless-block": "An SSE block with fields but without data, which gives no frame; detail: its fields.",
    "invalid-utf8": "Bytes that are not UTF-8 became U+FFFD; the range is the first such sequence of its line, "
    "detail: its bytes and how many sequences the line has.",
    "unterminated-tail": "The body ended inside a block, line, element, array or message; detail: what was left.",
    "over-limit": "A block, line, element or message longer than the limit was skipped; detail: the limit.",
    "bad-checksum": "A checksum of an event stream does not fit; detail: whose. That of the lengths ends the reading.",
    "bad-header": "A header of an event stream's message cannot be read, so the message was skipped; detail: why.",
    "wrong-framing": "The body looks like another framing; the range is where that showed, detail: which one.",
}
"""Every code that a decoder of this package remarks, with its meaning."""

EXCERPT_CHARS: Final = 120
"""The most characters of a body that a diagnostic's detail quotes."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One SSE event, one NDJSON line, one element of a JSON array, or one message of an event stream.

    Attributes:
        index: position among the frames of the body, from 0.
        event: SSE event type, `message` where the block names none; the type that a message of an event stream names;
            empty for NDJSON and arrays, which have no types.
        data: SSE data, lines joined by LF; the NDJSON line without its line end; the element; the payload.
        start: offset of its first byte. For SSE that is the first line with a field: comments before it stand outside.
        end: offset after the byte that completed its blank line (SSE) or its line (NDJSON).
        event_line: True if the block had an `event` field, even an empty one.
        id: last event ID as of this frame; SSE keeps it from frame to frame.
        retry: reconnection time in milliseconds that this very block set; None if it set none.
        kind: of a message of an event stream: `event`, `exception` or `error`; empty otherwise.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """

    index: int
    event: str
    data: str
    start: int
    end: int
    event_line: bool = False
    id: str = ""
    retry: int | None = None
    kind: str = ""


class Tail(msgspec.Struct, frozen=True, gc=False):
    """What a body held after its last complete block or line.

    Attributes:
        start: offset of its first byte.
        end: offset after its last byte, which is the length of the body.
        text: its lines, joined by LF.
        frame: the frame that a blank line would have made of it, which was *not* handed out, so that a dialect can
            accept a terminal such as `[DONE]`. None where there is no data in it, and for NDJSON, where `finish` hands
            it out.
    """

    start: int
    end: int
    text: str
    frame: Frame | None = None


class Diagnostic(msgspec.Struct, frozen=True, gc=False):
    """What a decoder remarks, by code; never an exception.

    Attributes:
        code: kebab-case and stable; those of this package are the keys of `WIRE_CODES`.
        start: offset of the first byte that it is about.
        end: offset after the last one.
        detail: what a reader needs beside the code; text of the body is cut at `EXCERPT_CHARS`.
        frame: index of the frame inside which it lies; None where it lies in no frame.
    """

    code: str
    start: int
    end: int
    detail: str = ""
    frame: int | None = None


def excerpt(text: str) -> str:
    """Returns the first `EXCERPT_CHARS` characters of a text, with an ellipsis where it was cut."""
    return text if len(text) <= EXCERPT_CHARS else text[: EXCERPT_CHARS - 1] + "…"
