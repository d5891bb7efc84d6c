"""Messages of an event stream, written by hand."""

from __future__ import annotations

import struct
import zlib


def message(headers: bytes, payload: bytes = b"") -> bytes:
    """A message whose headers are these bytes, whatever they are, with lengths and checksums that fit."""
    lengths = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    written = lengths + struct.pack(">I", zlib.crc32(lengths)) + headers + payload
    return written + struct.pack(">I", zlib.crc32(written))
