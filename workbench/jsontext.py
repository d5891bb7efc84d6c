"""JSON as text: one way to write it, one way to read it, and the digest of a value.

Rules:
1. Any JSON value can be written, lone surrogates and big integers included; the fast writer is used where it can be.
2. `canonical` has sorted keys and no white space, so equal values have equal bytes and digests.
"""

from __future__ import annotations

import hashlib
import json

import msgspec

from workbench.transcript import Json

_write = msgspec.json.Encoder().encode
_write_sorted = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder().decode

DIGEST_CHARACTERS = 16


def write_json(value: object) -> bytes:
    """Writes a value as compact JSON.

    Raises:
        TypeError: it holds something that is not JSON.
    """
    try:
        return _write(value)
    except UnicodeEncodeError:
        # A lone surrogate: legal in a str, in no encoding. The escape keeps the exact code unit.
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def read_json(text: bytes | str) -> Json:
    """Reads JSON text strictly, except that lone surrogates and numbers out of range come through.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return _read(text)
    except msgspec.MsgspecError:
        return json.loads(text)


def canonical(value: object) -> bytes:
    """Writes a value with sorted keys, so that equal values have equal bytes."""
    try:
        return _write_sorted(value)
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode("ascii")


def digest(value: object) -> str:
    """Hashes a JSON value: the first `DIGEST_CHARACTERS` hex digits of SHA-256 over its canonical text."""
    return hashlib.sha256(canonical(value)).hexdigest()[:DIGEST_CHARACTERS]
