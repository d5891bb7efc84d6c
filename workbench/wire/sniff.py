"""Which framing the first bytes of a body have.

The rules, in this order; the first that fits decides. A byte order mark and white space before the first character
count for nothing.

1. Bytes 8 to 11 are the CRC-32 of the eight before them: `event-stream`.
2. Nothing is left: `empty`.
3. The first character is `<`: `html`, which stands for any markup.
4. The first character is `{` and a later line, the first that is not blank, starts with `{` as well: `ndjson`. No JSON
   document has such a second line.
5. The first character is `[`: `json-array`.
6. The first character is `{` or `"`: `json`. An NDJSON body of one line is among these: it cannot be told apart.
7. Some line is a comment (starts with `:`) or an SSE field, with or without a colon: `sse`.
8. Anything else: `unknown`.

A longer prefix may give another answer where the shorter one did not reach the line that decides; from 4 KB on that is
rare. The media type of a response is for its reader to weigh; this looks at bytes alone.
"""

from __future__ import annotations

import re
import zlib
from typing import Final, Literal

from workbench.wire.decoder import BOM

Sniffed = Literal["sse", "ndjson", "json-array", "event-stream", "json", "html", "empty", "unknown"]

_SPACE: Final = b" \t\r\n"
_LENGTHS: Final = 8
"""Bytes of the two lengths with which a message of an event stream begins; their checksum follows."""
_SSE_LINE: Final = re.compile(rb"(?:\A|[\r\n])(?::|(?:data|event|id|retry)(?::|[\r\n]|\Z))")


def sniff(prefix: bytes) -> Sniffed:
    """Tells the framing of a body from its first bytes.

    Args:
        prefix: the first bytes of the body, or all of them.

    Returns:
        One of the names in the module's rules.
    """
    if len(prefix) >= _LENGTHS + 4 and zlib.crc32(prefix[:_LENGTHS]) == int.from_bytes(prefix[_LENGTHS : _LENGTHS + 4]):
        return "event-stream"
    text = prefix.removeprefix(BOM).lstrip(_SPACE)
    first = text[:1]
    if not first:
        return "empty"
    if first == b"<":
        return "html"
    if first == b"{":
        rest = text.partition(b"\n")[2].lstrip(_SPACE)
        return "ndjson" if rest[:1] == b"{" else "json"
    if first == b"[":
        return "json-array"
    if first == b'"':
        return "json"
    return "sse" if _SSE_LINE.search(text) else "unknown"
