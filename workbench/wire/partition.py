"""Ways to cut a body into chunks, for showing that the cuts do not matter.

Rules:
1. The chunks joined are the body, and no chunk is empty; an empty body has none.
2. A partition is a pure function of the body. Those that take a parameter are made by a function: `by_bytes(7)`.
3. `seeded` uses a generator of its own (xorshift, 64 bits), so a seed means the same cuts on every Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

Partition = Callable[[bytes], list[bytes]]

_BLANK_LINE: Final = re.compile(rb"(?:\A|(?<=[\r\n]))(?:\r\n|(?<!\r)\n|\r)")
_WORD: Final = 2**64 - 1


def whole(body: bytes) -> list[bytes]:
    """Cuts nothing."""
    return [body] if body else []


def every_byte(body: bytes) -> list[bytes]:
    """Cuts after every byte."""
    return by_bytes(1)(body)


def by_lines(body: bytes) -> list[bytes]:
    """Cuts after every line end: CR, LF or CRLF."""
    return body.splitlines(keepends=True)


def by_frames(body: bytes) -> list[bytes]:
    """Cuts after every blank line, that is, after every SSE block; cut NDJSON with `by_lines`."""
    return at(match.end() for match in _BLANK_LINE.finditer(body))(body)


def by_bytes(size_bytes: int) -> Partition:
    """Makes a partition into chunks of one size; the last may be smaller.

    Raises:
        ValueError: if the size is below 1.
    """
    if size_bytes < 1:
        raise ValueError(f"a chunk of {size_bytes} bytes: give at least 1")

    def cut(body: bytes) -> list[bytes]:
        return [body[start : start + size_bytes] for start in range(0, len(body), size_bytes)]

    return cut


def at(cuts: Iterable[int]) -> Partition:
    """Makes a partition that cuts at given offsets.

    Args:
        cuts: offsets in bytes, in any order; one that is repeated, or not inside the body, cuts nothing.
    """
    chosen = sorted(set(cuts))

    def cut(body: bytes) -> list[bytes]:
        inside = [offset for offset in chosen if 0 < offset < len(body)]
        chunks = [body[start:end] for start, end in zip([0, *inside], [*inside, len(body)], strict=True)]
        return chunks if body else []

    return cut


def seeded(seed: int, *, mean_bytes: int = 16) -> Partition:
    """Makes a partition whose sizes look random and are not.

    Args:
        seed: any integer; the same one gives the same cuts.
        mean_bytes: about the mean size of a chunk; sizes are from 1 to twice that, less 1.

    Raises:
        ValueError: if the mean is below 1.
    """
    if mean_bytes < 1:
        raise ValueError(f"chunks of {mean_bytes} bytes on average: give at least 1")

    def cut(body: bytes) -> list[bytes]:
        state = (seed * 0x9E3779B97F4A7C15 & _WORD) or 1
        start = 0
        chunks = []
        while start < len(body):
            state ^= state << 13 & _WORD
            state ^= state >> 7
            state ^= state << 17 & _WORD
            size = 1 + (state >> 11) % (2 * mean_bytes - 1)
            chunks.append(body[start : start + size])
            start += size
        return chunks

    return cut


PARTITIONS: Final[dict[str, Partition]] = {
    "whole": whole,
    "every-byte": every_byte,
    "by-lines": by_lines,
    "by-frames": by_frames,
    "by-bytes-7": by_bytes(7),
    "by-bytes-4096": by_bytes(4096),
    "seeded-1": seeded(1),
    "seeded-2": seeded(2, mean_bytes=200),
}
"""Partitions by name: those that a body is commonly shown under."""
