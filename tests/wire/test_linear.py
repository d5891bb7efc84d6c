"""Work grows in line with the body, shown by counting and not by a clock.

Two counts: bytes handed to the methods that look through them, and lines of Python executed. A third cost, that of a
buffer which grows, is `bytearray.__iadd__`'s, in place. Benchmarks show the times.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from workbench.wire import Decoder, NdjsonDecoder, SseDecoder, by_bytes

KINDS = {"sse": SseDecoder, "ndjson": NdjsonDecoder}
LOOKS = ("find", "rfind", "index", "count", "split", "splitlines", "partition", "strip", "rstrip", "decode", "replace")


class Meter:
    """Counts the bytes that were looked at."""

    def __init__(self) -> None:
        self.looked_at = 0

    def watched(self, base: type) -> Callable[[bytes], Any]:
        """Returns a kind of bytes or bytearray that reports what its methods look at, as do its slices and pieces."""
        meter = self

        def look(name: str) -> Callable[..., Any]:
            def method(self: Any, *args: Any, **options: Any) -> Any:
                meter.looked_at += len(self)
                found = getattr(base, name)(self, *args, **options)
                if isinstance(found, list):
                    return [Watched(piece) for piece in found]
                return Watched(found) if isinstance(found, base) else found

            return method

        class Watched(base):  # type: ignore[misc]
            def __getitem__(self, key: Any) -> Any:
                found = super().__getitem__(key)
                meter.looked_at += len(found) if isinstance(found, base) else 1
                return Watched(found) if isinstance(found, base) else found

            def __contains__(self, item: Any) -> bool:
                meter.looked_at += len(self)
                return super().__contains__(item)

            def __bytes__(self) -> bytes:
                meter.looked_at += len(self)
                return bytes(memoryview(self))

        for name in LOOKS:
            setattr(Watched, name, look(name))
        return Watched


def _looked_at(decoder: Decoder, chunks: list[bytes]) -> int:
    """Returns how many bytes a decoder looked at, in chunks and in its line buffer."""
    meter = Meter()
    watched = meter.watched(bytes)
    decoder._line = meter.watched(bytearray)(b"")  # type: ignore[attr-defined]
    for chunk in chunks:
        decoder.receive(watched(chunk))
    decoder.finish()
    return meter.looked_at


@contextmanager
def _counting_lines() -> Iterator[list[int]]:
    """Counts lines executed inside `workbench.wire`."""
    count = [0]

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if "wire" not in frame.f_code.co_filename:
            return None
        count[0] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


def _lines_run(kind: type[Decoder], chunks: list[bytes]) -> int:
    """Returns how many lines of Python a decoder ran."""
    decoder = kind()
    with _counting_lines() as count:
        for chunk in chunks:
            decoder.receive(chunk)
        decoder.finish()
    return count[0]


BODIES: dict[str, Callable[[int], bytes]] = {
    "one-long-line": lambda size: b"data: " + b"x" * size + b"\n\n",
    "one-long-crlf-line": lambda size: b"data: " + b"x" * size + b"\r\n\r\n",
    "one-long-line-that-never-ends": lambda size: b"data: " + b"x" * size,
    "one-long-comment": lambda size: b":" + b"x" * size,
    "data-lines-in-one-block": lambda size: b"data: x\n" * (size // 8) + b"\n",
    "comments": lambda size: b": x\n" * (size // 4),
    "blank-lines": lambda size: b"\n" * size,
    "carriage-returns": lambda size: b"\r" * size,
    "plain-blocks": lambda size: b"data: x\n\n" * (size // 9),
    "plain-crlf-blocks": lambda size: b"data: x\r\n\r\n" * (size // 11),
    "mixed-line-ends": lambda size: b"data: x\n\r\n" * (size // 10),
    "bad-text": lambda size: b"data: \xff\n\n" * (size // 9),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BODIES)
def test_bytes_looked_at_are_a_small_multiple_of_the_body(name: str, kind: str) -> None:
    """However long a line or block, each of its bytes is looked at a bounded number of times."""
    body = BODIES[name](40_000)
    for size in (100, 1_000, 50_000):
        assert 12 * len(body) > _looked_at(KINDS[kind](), by_bytes(size)(body))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BODIES)
def test_four_times_the_body_runs_four_times_the_lines(name: str, kind: str) -> None:
    """The Python that is run grows in line with the body."""
    small, large = (_lines_run(KINDS[kind], by_bytes(100)(BODIES[name](size))) for size in (5_000, 20_000))
    assert 4.2 * small + 100 > large


def test_the_meter_sees_a_quadratic_buffer() -> None:
    """A decoder that looked through its line buffer at every read would be found out."""

    class Rescanning(SseDecoder):
        def _hold(self, piece: bytes) -> None:
            super()._hold(piece)
            self._line.find(b"\n")

    body = BODIES["one-long-line"](40_000)
    assert 12 * len(body) < _looked_at(Rescanning(), by_bytes(100)(body))
