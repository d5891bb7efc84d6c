"""The decoder of Amazon's event stream, beside botocore's, which reads and refuses the same messages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.eventstream import ChecksumMismatch, EventStreamBuffer

from tests.wire.messages import message
from workbench.wire import EventStreamDecoder, Frame, event_stream_message

EVENT = {":message-type": "event", ":event-type": "contentBlockDelta", ":content-type": "application/json"}
ONE = event_stream_message(b'{"delta":{"text":"caf\xc3\xa9"}}', EVENT)
TWO = event_stream_message(b"{}", {**EVENT, ":event-type": "messageStop"})
FAULT = event_stream_message(b'{"message":"slow"}', {":message-type": "exception", ":exception-type": "throttling"})
ERROR = event_stream_message(b"", {":message-type": "error", ":error-code": "500", ":error-message": "broke"})


def read(body: bytes, size: int | None = None, **how: int) -> tuple[list[Frame], EventStreamDecoder]:
    """Reads a body in pieces of a size."""
    decoder = EventStreamDecoder(**how)
    frames = []
    for at in range(0, len(body), size or max(1, len(body))):
        frames += decoder.receive(body[at : at + (size or len(body))])
    return frames + decoder.finish(), decoder


def codes(decoder: EventStreamDecoder) -> list[str]:
    """What was remarked."""
    return [remark.code for remark in decoder.diagnostics]


@pytest.mark.parametrize("size", [1, 3, 11, 64, None])
def test_messages_come_out_whole_however_the_body_is_cut(size: int | None) -> None:
    """Type, payload and place of each message; the kinds that are no event have a type, too."""
    frames, decoder = read(ONE + TWO + FAULT + ERROR, size)
    assert [
        ("event", "contentBlockDelta", '{"delta":{"text":"café"}}'),
        ("event", "messageStop", "{}"),
        ("exception", "throttling", '{"message":"slow"}'),
        ("error", "500", "broke"),
    ] == [(frame.kind, frame.event, frame.data) for frame in frames]
    assert [0, len(ONE), len(ONE + TWO), len(ONE + TWO + FAULT)] == [frame.start for frame in frames]
    assert ([], None) == (codes(decoder), decoder.tail)


def test_what_is_written_is_read_by_botocore() -> None:
    """The official reader takes our messages, with the same headers and payload."""
    buffer = EventStreamBuffer()
    buffer.add_data(ONE + FAULT)
    first, second = list(buffer)
    assert (EVENT, b'{"delta":{"text":"caf\xc3\xa9"}}') == (first.headers, first.payload)
    assert "throttling" == second.headers[":exception-type"]


def test_headers_of_every_type_are_skipped_by_their_length() -> None:
    """Only strings are read, and what stands behind the others is found."""
    values = {
        0: b"", 1: b"", 2: b"\x01", 3: b"\x00\x02", 4: b"\x00" * 4, 5: b"\x00" * 8,
        6: b"\x00\x03abc", 8: b"\x00" * 8, 9: b"\x00" * 16,
    }  # fmt: skip
    odd = b"".join(b"\x01x" + bytes([kind]) + value for kind, value in values.items())
    frames, decoder = read(message(odd + b"\x0b:event-type\x07\x00\x02hi", b"{}"))
    assert ([("hi", "{}")], []) == ([(frame.event, frame.data) for frame in frames], codes(decoder))


@pytest.mark.parametrize("headers", [b"\x05ab", b"\x01x\x07\x00\x09hi", b"\x01x\x63", b"\x01x\x04\x00"])
def test_a_header_that_ends_outside_makes_its_message_unreadable(headers: bytes) -> None:
    """The message is skipped with a remark, and the next one is read."""
    frames, decoder = read(message(headers, b"{}") + TWO)
    assert (["messageStop"], ["bad-header"]) == ([frame.event for frame in frames], codes(decoder))


def flipped(whole: bytes, at: int) -> bytes:
    """A message with one byte changed."""
    return whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]


def test_a_message_whose_checksum_does_not_fit_is_skipped() -> None:
    """Reading goes on after it; botocore gives up there."""
    damaged = flipped(ONE, len(ONE) - 6)
    frames, decoder = read(damaged + TWO)
    assert (["messageStop"], ["bad-checksum"]) == ([frame.event for frame in frames], codes(decoder))
    buffer = EventStreamBuffer()
    buffer.add_data(damaged)
    with pytest.raises(ChecksumMismatch):
        next(buffer)


@pytest.mark.parametrize("at", [0, 3, 5, 9])
def test_lengths_that_do_not_fit_end_the_reading(at: int) -> None:
    """Nobody knows where the next message begins; what came before is kept."""
    frames, decoder = read(TWO + flipped(ONE, at) + TWO, 7)
    assert (["messageStop"], ["bad-checksum"]) == ([frame.event for frame in frames], codes(decoder))
    assert len(TWO) == decoder.diagnostics[0].start


@pytest.mark.parametrize("left", [1, 11, 12, len(ONE) - 1])
def test_a_message_that_is_cut_is_remarked(left: int) -> None:
    """There is no frame in it."""
    frames, decoder = read(TWO + ONE[:left])
    assert (["messageStop"], ["unterminated-tail"]) == ([frame.event for frame in frames], codes(decoder))
    assert decoder.tail is not None
    assert (len(TWO), len(TWO) + left) == (decoder.tail.start, decoder.tail.end)


@pytest.mark.parametrize("size", [1, 10, None])
def test_a_message_over_the_limit_is_skipped(size: int | None) -> None:
    """One remark, and the next message is read."""
    long = event_stream_message(b"x" * 300, EVENT)
    frames, decoder = read(TWO + long + TWO, size, limit_bytes=200)
    assert (["messageStop"] * 2, ["over-limit"]) == ([frame.event for frame in frames], codes(decoder))
    assert [0, len(TWO + long)] == [frame.start for frame in frames]


def test_recordings_are_read_as_botocore_reads_them(shared: Path) -> None:
    """Every recorded body gives the messages that the official reader finds in it."""
    paths = sorted((shared / "recordings" / "bedrock").glob("*.eventstream"))
    assert paths
    for path in paths:
        body = path.read_bytes()
        buffer = EventStreamBuffer()
        buffer.add_data(body)
        theirs = [(one.headers.get(":event-type", ""), one.payload) for one in buffer]
        frames, decoder = read(body, 1000)
        assert theirs == [(frame.event, frame.data.encode()) for frame in frames], path.name
        assert [] == codes(decoder)
        assert all(isinstance(json.loads(frame.data), dict) for frame in frames)
