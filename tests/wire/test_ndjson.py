"""The rules of `workbench.wire.ndjson`."""

from __future__ import annotations

import pytest

from workbench.wire import Diagnostic, Frame, NdjsonDecoder, Partition, Tail, by_bytes, every_byte, seeded, whole

WAYS: dict[str, Partition] = {
    "whole": whole,
    "byte-by-byte": every_byte,
    "cut-in-threes": by_bytes(3),
    "cut-anywhere": seeded(3, mean_bytes=5),
}

LINES: dict[str, tuple[bytes, list[str], list[str]]] = {
    "lf": (b'{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], []),
    "crlf": (b'{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}'], []),
    "only-one-cr-goes": (b"1\r\r\n", ["1\r"], []),
    "lone-cr-is-data": (b"1\r2\n", ["1\r2"], []),
    "blank-lines": (b"\n \t\r\n1\n\n\r\n2\n", ["1", "2"], []),
    "white-space-around-stays": (b" 1 \n", [" 1 "], []),
    "form-feed-is-data": (b"\x0c\n", ["\x0c"], []),
    "unicode-line-ends-are-data": ('"\u2028\x85"\n'.encode(), ['"\u2028\x85"'], []),
    "bom": (b"\xef\xbb\xbf1\n", ["1"], ["bom"]),
    "second-bom-is-data": (b"\xef\xbb\xbf\xef\xbb\xbf1\n", ["\ufeff1"], ["bom"]),
    "bad-text": (b'"\xff"\n2\n', ['"\ufffd"', "2"], ["invalid-utf8"]),
    "multibyte-text": ('"é…😀"\n'.encode(), ['"é…😀"'], []),
    "last-line-without-lf": (b"1\n2", ["1", "2"], ["unterminated-tail"]),
    "cut-character-at-the-end": (b"\xe2\x82", ["\ufffd"], ["unterminated-tail", "invalid-utf8"]),
    "blank-rest": (b"1\n \r", ["1"], []),
    "empty-body": (b"", [], []),
    "sse": (b'data: {"a":1}\n\n', ['data: {"a":1}'], ["wrong-framing"]),
    "html": (b"<html>\n", ["<html>"], ["wrong-framing"]),
}


def _read(body: bytes, cut: Partition = whole, **options: int) -> tuple[list[Frame], NdjsonDecoder]:
    """Returns the frames of a body and the decoder that has finished it."""
    decoder = NdjsonDecoder(**options)
    frames = [frame for chunk in cut(body) for frame in decoder.receive(chunk)]
    return frames + decoder.finish(), decoder


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", LINES)
def test_lines(name: str, way: str) -> None:
    """The body gives these lines and remarks, however it is cut."""
    body, data, codes = LINES[name]
    frames, decoder = _read(body, WAYS[way])
    assert data == [frame.data for frame in frames]
    assert codes == [remark.code for remark in decoder.diagnostics]
    assert [(index, "", False, "", None) for index in range(len(data))] == [
        (frame.index, frame.event, frame.event_line, frame.id, frame.retry) for frame in frames
    ]


@pytest.mark.parametrize("way", WAYS)
def test_ranges_hold_the_line_end(way: str) -> None:
    """A frame's range is its line with both bytes of a CRLF; blank lines lie in no range."""
    frames, _ = _read(b"\xef\xbb\xbf1\r\n\r\n22\n3", WAYS[way])
    assert [(3, 6), (8, 11), (11, 12)] == [(frame.start, frame.end) for frame in frames]


def test_frame_comes_with_its_lf() -> None:
    """A line is out with the byte that completes it."""
    decoder = NdjsonDecoder()
    assert [] == decoder.receive(b"1\r")
    assert [Frame(0, "", "1", 0, 3)] == decoder.receive(b"\n")


def test_first_read_may_be_shorter_than_a_byte_order_mark() -> None:
    """Two bytes that are no start of a byte order mark are not held back."""
    assert [Frame(0, "", "1", 0, 2)] == NdjsonDecoder().receive(b"1\n")


def test_last_line_is_handed_out_at_the_end() -> None:
    """What no LF ended is a frame all the same, remarked, and not offered a second time."""
    decoder = NdjsonDecoder()
    assert 1 == len(decoder.receive(b"1\n23"))
    assert [Frame(1, "", "23", 2, 4)] == decoder.finish()
    assert [Diagnostic("unterminated-tail", 2, 4, "23", 1)] == decoder.diagnostics
    assert Tail(2, 4, "23") == decoder.tail
    assert decoder.tail_data is None


def test_bad_text_is_found_to_the_byte() -> None:
    """Bad text has its offset in the body and its frame's index."""
    _, decoder = _read(b'1\n"\xff"\n')
    assert [Diagnostic("invalid-utf8", 3, 4, "ff; sequences in the line: 1", 1)] == decoder.diagnostics


@pytest.mark.parametrize("way", WAYS)
def test_line_over_the_limit_is_skipped(way: str) -> None:
    """A line may have as many bytes as the limit, its LF included; one more and it is skipped, it alone."""
    frames, decoder = _read(b"1234\n12345\n1\n", WAYS[way], limit_bytes=5)
    assert ["1234", "1"] == [frame.data for frame in frames]
    assert [Diagnostic("over-limit", 5, 11, "5 bytes")] == decoder.diagnostics


@pytest.mark.parametrize("way", WAYS)
def test_rest_over_the_limit_is_skipped(way: str) -> None:
    """A last line over the limit is no frame."""
    frames, decoder = _read(b"1\n123456", WAYS[way], limit_bytes=5)
    assert ["1"] == [frame.data for frame in frames]
    assert [Diagnostic("over-limit", 2, 8, "5 bytes")] == decoder.diagnostics
    assert decoder.tail is None


def test_wrong_framing_names_what_it_looks_like() -> None:
    """The remark lies on the first line and says which framing that has."""
    _, decoder = _read(b"event: e\ndata: 1\n\n")
    assert [Diagnostic("wrong-framing", 0, 9, "sse", 0)] == decoder.diagnostics
