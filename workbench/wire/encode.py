"""Writes frames as bytes.

Rules:
1. What is written is read back by this package's decoders: same data, event and id.
2. Line ends are LF. SSE data is split at CR, LF and CRLF alike, as the format has no escape: a reader gets LF for each.
3. Text is UTF-8. A lone surrogate, which UTF-8 cannot carry, is written as U+FFFD; nothing raises because of one.
"""

from __future__ import annotations

import re
from typing import Final

_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def sse_frame(data: str, *, event: str | None = None, id: str | None = None) -> bytes:  # noqa: A002 - the field's name
    """Writes one SSE block: its event and id, if given, its data, and a blank line.

    Args:
        data: any text; empty data is a frame as well.
        event: the event type; None writes no `event` line.
        id: the last event ID; None writes no `id` line.

    Raises:
        ValueError: if the event or id holds a line end, or the id a NUL: the format cannot carry them.
    """
    if event is not None and _LINE_END.search(event):
        raise ValueError(f"an SSE event type cannot hold a line end: {event!r}")
    if id is not None and ("\0" in id or _LINE_END.search(id)):
        raise ValueError(f"an SSE id can hold neither a line end nor NUL: {id!r}")
    lines = [] if event is None else [f"event: {event}"]
    lines += [] if id is None else [f"id: {id}"]
    lines += [f"data: {line}" for line in _LINE_END.split(data)]
    return _utf8("\n".join(lines) + "\n\n")


def ndjson_line(text: str) -> bytes:
    """Writes one NDJSON line.

    Args:
        text: JSON on one line.

    Raises:
        ValueError: if it is blank or holds CR or LF; within JSON strings they are escaped.
    """
    if not text.strip() or _LINE_END.search(text):
        raise ValueError(f"an NDJSON line is not blank and holds no line end: {text[:80]!r}")
    return _utf8(text + "\n")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
