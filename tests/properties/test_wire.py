"""What holds of every body: the two stream properties, and that nothing is lost.

`reference` and `reference_lines` are independent oracles: they see a whole body at once, follow the text of the
standard step by step, and care for nothing but frames.
"""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.wire import (
    FRAMINGS,
    PARTITIONS,
    WIRE_CODES,
    Decoder,
    Diagnostic,
    Frame,
    NdjsonDecoder,
    Sniffed,
    SseDecoder,
    at,
    event_stream_message,
    every_byte,
    ndjson_line,
    seeded,
    sniff,
    sse_frame,
)

BOM = b"\xef\xbb\xbf"
Seen = tuple[str, str, str, int | None]

# ------------------------------------------------------------------------------------------------------------- oracles


def reference(body: bytes) -> list[Seen]:
    """Interprets a whole event stream as the WHATWG text says; a last line or block that is open gives nothing."""
    text = body.removeprefix(BOM).decode("utf-8", "replace")
    *lines, _ = re.split("\r\n|\r|\n", text)
    events: list[Seen] = []
    data, event, last_id, retry = "", "", "", None
    for line in lines:
        if line == "":
            if data != "":
                events.append((event or "message", data.removesuffix("\n"), last_id, retry))
            data, event, retry = "", "", None
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data += value + "\n"
        elif name == "event":
            event = value
        elif name == "id" and "\0" not in value:
            last_id = value
        elif name == "retry" and re.fullmatch("[0-9]{1,18}", value):
            retry = int(value)
    return events


def reference_lines(body: bytes, *, ended: bool = False) -> list[Seen]:
    """Splits a whole NDJSON body into its lines; what follows the last LF is one only if the body has ended."""
    *lines, rest = body.removeprefix(BOM).split(b"\n")
    complete = [line.removesuffix(b"\r") for line in lines] + [rest] * ended
    return [("", line.decode("utf-8", "replace"), "", None) for line in complete if line.strip(b" \t\r")]


class LineMachine(SseDecoder):
    """The decoder without its fast reader."""

    def _read_blocks(self, run: bytes, crlf: bool, frames: list[Frame]) -> None:
        del crlf
        self._read_lines(run, frames)


class Splitter(SseDecoder):
    """The decoder that takes short runs for long ones."""

    _LONG_RUN = 32


# -------------------------------------------------------------------------------------------------------------- bodies

NASTY = [
    *(BOM, b"\r", b"\n", b"\r\n", b"\n\n", b":", b" ", b"\0", b"\xff", b"\xe2\x82", b"\xed\xa0\xbd", b"\xef\xbb"),
    *(b"data", b"data:", b"data: ", b"event", b"event: e", b"id", b"id: 1", b"id: 1\0", b"retry: 5", b"retry: 5x"),
    *(
        "…😀".encode(),
        "\u2028\x85\x0b\x0c\ufffd".encode(),
        b"x",
        b"{",
        b"<p>",
        b"[DONE]",
        b'{"a":1}',
        b": hi",
        b"foo: 1",
    ),
]
BLOCKS = [
    *(b"data: a\n\n", b"data:b\n\n", b"data: a\r\n\r\n", b"data\n\n", b"data: a\ndata: b\n\n", b"\n", b"\r\n", b"\r"),
    *(
        b"event: e\ndata: a\n\n",
        b"event:e\r\ndata:a\r\n\r\n",
        b"data: a\nevent: e\n\n",
        b"event: e\n\n",
        b"data: a\r\r",
    ),
    *(
        "data: é…\n\n".encode(),
        "event: é\ndata: a\n\n".encode(),
        b"data: \xff\n\n",
        b"event: e\ndata: \xe2\x82\r\n\r\n",
    ),
    *(
        b": hi\n\n",
        b": hi\ndata: a\n\n",
        b"data: a\n:\n\n",
        b"id: 1\ndata: a\n\n",
        b"id: 2\n\n",
        b"retry: 5\ndata: a\n\n",
    ),
    *(b"event: e\nevent: f\ndata: a\n\n", b"foo\ndata: a\n\n", b"data: [DONE]", BOM + b"data: a\n\n", b"data: a\r\n\n"),
]
COMMON = [
    *([b"data: a\n\n", b"event: e\ndata: a\n\n"] * 3),
    *(b"data:a\n\n", b"data:  a\n\n", b"event:e\ndata:a\n\n", b"data: \n\n", b"data:\n\n", b"event:\ndata: a\n\n"),
    *("data: é…\n\n".encode(), b"data: \xff\n\n", b": hi\n\n", b"data: a\ndata: b\n\n", b"id: 1\ndata: a\n\n", b"\n"),
]
LINES = [
    b"1\n",
    b"{}\r\n",
    b"\n",
    b" \r\n",
    b"\t",
    b"\xff\n",
    "é\n".encode(),
    b"\r",
    b"\n\n",
    BOM,
    b"data: 1\n",
    b"<p>",
]

nasty = st.lists(st.sampled_from(NASTY), max_size=30).map(b"".join)
plausible = st.lists(st.sampled_from(BLOCKS), max_size=12).map(b"".join)
bodies = st.one_of(nasty, plausible, st.lists(st.sampled_from(NASTY + BLOCKS), max_size=12).map(b"".join))
repetitive = st.lists(st.sampled_from(COMMON), min_size=6, max_size=16).map(b"".join)
repetitive |= repetitive.map(lambda body: body.replace(b"\n", b"\r\n"))
bodies = bodies | st.tuples(st.just(BOM), bodies).map(b"".join) | repetitive
ELEMENTS = [
    *(b"[", b"]", b"{", b"}", b",", b'"', b"\\", b" ", b"\n", b'{"a":[1,"]"]}', b'"x\\""', b"12", b"null", b"\xff"),
    *("é".encode(), BOM, b'[{"a":1}\n,\n', b'{"b":{}}]'),
]
MESSAGE = event_stream_message(b'{"a":"\xc3\xa9"}', {":message-type": "event", ":event-type": "e"})
MESSAGES = [
    *(MESSAGE, event_stream_message(b"", {}), event_stream_message(b"\xff", {":event-type": "x" * 30})),
    *(MESSAGE[:5], MESSAGE[:-1], MESSAGE[:-1] + b"\0", b"\0", MESSAGE[:9] + b"\0" + MESSAGE[10:]),
]
array_bodies = st.lists(st.sampled_from(ELEMENTS), max_size=24).map(b"".join)
array_bodies |= array_bodies.map(lambda body: b"[" + body)
message_bodies = st.lists(st.sampled_from(MESSAGES), max_size=8).map(b"".join)
line_bodies = st.lists(st.sampled_from(LINES + NASTY), max_size=20).map(b"".join)
cuts = st.one_of(
    st.sets(st.integers(1, 120)).map(at),
    st.just(every_byte),
    st.integers().map(lambda seed: seeded(seed, mean_bytes=6)),
)
limits = st.sampled_from([64 * 2**20] * 3 + [1, 2, 5, 9, 12, 20, 40])

DECODERS = pytest.mark.parametrize("kind", [SseDecoder, NdjsonDecoder], ids=["sse", "ndjson"])
EVERY = pytest.mark.parametrize("kind", FRAMINGS.values(), ids=FRAMINGS)


def _seen(frames: list[Frame]) -> list[Seen]:
    """Returns what the oracles give of frames."""
    return [(frame.event, frame.data, frame.id, frame.retry) for frame in frames]


def _everything(decoder: Decoder, chunks: list[bytes]) -> dict[str, object]:
    """Reads a body to its end and returns all that can be asked of the decoder."""
    frames = [frame for chunk in chunks for frame in decoder.receive(chunk)]
    last = decoder.finish()
    return {
        "frames": frames,
        "last": last,
        "diagnostics": decoder.diagnostics,
        "tail": decoder.tail,
        "offset": decoder.offset,
        "last_event_id": getattr(decoder, "last_event_id", None),
        "retry": getattr(decoder, "retry", None),
    }


# ---------------------------------------------------------------------------------------------------------- properties


@EVERY
@given(body=bodies | line_bodies | array_bodies | message_bodies, cut=cuts, limit=limits)
@example(body=b"data: a\r\n\r\ndata: b\r\n\r\n", cut=every_byte, limit=20)
@example(body=b"data: a\r\r\n\ndata: b\n\r\n", cut=every_byte, limit=20)
def test_any_partition_gives_the_same(kind: type[Decoder], body: bytes, cut: object, limit: int) -> None:
    """Frames, diagnostics, tail and state do not depend on how the body was cut."""
    expected = _everything(kind(limit_bytes=limit), [body])
    assert expected == _everything(kind(limit_bytes=limit), cut(body))  # type: ignore[operator]


@given(body=bodies)
def test_frames_are_those_of_the_standard(body: bytes) -> None:
    """The decoder gives the frames of the oracle."""
    decoder = SseDecoder()
    assert reference(body) == _seen(decoder.receive(body) + decoder.finish())


@given(body=line_bodies | bodies)
def test_lines_are_those_of_the_oracle(body: bytes) -> None:
    """The NDJSON decoder gives the lines of the oracle."""
    decoder = NdjsonDecoder()
    assert reference_lines(body, ended=True) == _seen(decoder.receive(body) + decoder.finish())


@given(body=bodies, cut=cuts)
def test_each_prefix_has_given_what_it_completes(body: bytes, cut: object) -> None:
    """After every chunk, all frames that the bytes so far complete are out, and no others."""
    decoder = SseDecoder()
    frames: list[Frame] = []
    prefix = b""
    for chunk in cut(body):  # type: ignore[operator]
        frames += decoder.receive(chunk)
        prefix += chunk
        assert reference(prefix) == _seen(frames)


@given(body=line_bodies, cut=cuts)
def test_each_prefix_has_given_its_lines(body: bytes, cut: object) -> None:
    """After every chunk, all lines that the bytes so far complete are out, and no others."""
    decoder = NdjsonDecoder()
    frames: list[Frame] = []
    prefix = b""
    for chunk in cut(body):  # type: ignore[operator]
        frames += decoder.receive(chunk)
        prefix += chunk
        # A lone part of a byte order mark is held back: it may be no part of a line.
        assert (reference_lines(prefix) if prefix not in (BOM[:1], BOM[:2]) else []) == _seen(frames)


@EVERY
@given(body=array_bodies | message_bodies | bodies, cut=cuts)
def test_frames_are_out_as_soon_as_they_are_complete(kind: type[Decoder], body: bytes, cut: object) -> None:
    """After every chunk, the frames are those of the bytes so far, given at once; each frame's range is complete."""
    decoder = kind()
    frames: list[Frame] = []
    prefix = b""
    for chunk in cut(body):  # type: ignore[operator]
        frames += decoder.receive(chunk)
        prefix += chunk
        assert kind().receive(prefix) == frames
        assert all(frame.end <= len(prefix) for frame in frames)


@given(body=bodies, cut=cuts, limit=limits)
def test_fast_reader_equals_line_machine(body: bytes, cut: object, limit: int) -> None:
    """Splitting runs, scanning blocks and reading line by line come to the same, remarks and ranges included."""
    chunks = cut(body)  # type: ignore[operator]
    expected = _everything(LineMachine(limit_bytes=limit), chunks)
    assert expected == _everything(Splitter(limit_bytes=limit), chunks)
    assert expected == _everything(Splitter(limit_bytes=limit), [body])
    assert expected == _everything(SseDecoder(limit_bytes=limit), chunks)
    assert expected == _everything(SseDecoder(limit_bytes=limit), [body])


BLOCK_CODES = {"bom", "dataless-block", "over-limit", "unterminated-tail"}
LINE_CODES = {"comment", "ignored-line"}


def _within(inner: Diagnostic, outer: Frame | Diagnostic) -> bool:
    """Says whether a range lies in another."""
    return outer.start <= inner.start and inner.end <= outer.end


@DECODERS
@given(body=bodies | line_bodies, limit=limits)
def test_every_byte_is_accounted_for(kind: type[Decoder], body: bytes, limit: int) -> None:
    """Ranges do not overlap, except those of lines in blocks; what is left between them is the ends of empty lines."""
    decoder = kind(limit_bytes=limit)
    frames = decoder.receive(body) + decoder.finish()
    remarks = decoder.diagnostics
    spans: list[Frame | Diagnostic] = [*frames]
    if kind is SseDecoder:
        spans += [remark for remark in remarks if remark.code in BLOCK_CODES]
    else:  # where the last line is a frame, and remarked all the same
        spans += [remark for remark in remarks if remark.code in {"bom", "over-limit"}]
    for remark in remarks:
        if remark.code in LINE_CODES and not any(_within(remark, span) for span in spans):
            spans.append(remark)
    spans.sort(key=lambda span: span.start)
    ends = 0
    between = []
    for span in spans:
        assert ends <= span.start < span.end <= len(body)
        between += range(ends, span.start)
        ends = span.end
    between += range(ends, len(body))
    for offset in between:
        if kind is SseDecoder:
            assert body[offset] in b"\r\n"
            assert offset == 0 or body[offset - 1] in b"\r\n" or body[:offset] == BOM
        else:
            assert body[offset] in b" \t\r\n"


@DECODERS
@given(body=bodies | line_bodies, limit=limits)
def test_remarks_are_in_order_and_name_their_frame(kind: type[Decoder], body: bytes, limit: int) -> None:
    """Codes are of the table, starts ascend, an outer range comes first, and a frame is named where one encloses."""
    decoder = kind(limit_bytes=limit)
    frames = decoder.receive(body) + decoder.finish()
    remarks = decoder.diagnostics
    assert {remark.code for remark in remarks} <= set(WIRE_CODES)
    assert "wrong-framing" not in [remark.code for remark in remarks[:-1]]
    ordered = [remark for remark in remarks if remark.code != "wrong-framing"]
    assert sorted(ordered, key=lambda remark: (remark.start, -remark.end)) == ordered
    for remark in remarks:
        enclosing = [frame.index for frame in frames if _within(remark, frame)]
        assert enclosing == ([] if remark.frame is None else [remark.frame])


@given(body=bodies)
def test_range_of_a_frame_is_the_frame(body: bytes) -> None:
    """The bytes of a frame's range, read alone, give the same frame."""
    for frame in SseDecoder().receive(body):
        (alone,) = SseDecoder().receive(body[frame.start : frame.end])
        assert (frame.event, frame.data, frame.retry) == (alone.event, alone.data, alone.retry)
        assert frame.event_line == alone.event_line
        assert (0, frame.end - frame.start) == (alone.start, alone.end)


@given(body=bodies)
def test_tail_is_what_a_blank_line_would_have_given(body: bytes) -> None:
    """The tail's frame is the one that two line ends more would have given, if any."""
    decoder = SseDecoder()
    frames = decoder.receive(body) + decoder.finish()
    more = reference(body + b"\n\n")[len(frames) :]
    tail = decoder.tail
    assert more == ([] if tail is None or tail.frame is None else _seen([tail.frame]))
    if tail is not None:
        assert len(body) == tail.end
        assert re.sub("\r\n?", "\n", body[tail.start :].decode("utf-8", "replace")) in (tail.text, tail.text + "\n")


@DECODERS
@given(body=st.binary(max_size=200), cut=cuts, limit=limits)
def test_any_bytes_can_be_read(kind: type[Decoder], body: bytes, cut: object, limit: int) -> None:
    """Nothing in a body makes a decoder raise."""
    _everything(kind(limit_bytes=limit), cut(body))  # type: ignore[operator]


@given(prefix=bodies | line_bodies | array_bodies | message_bodies | st.binary(max_size=50))
def test_any_bytes_can_be_sniffed(prefix: bytes) -> None:
    """Every prefix has a name, and one byte order mark does not change it: a binary body alone has none."""
    name = sniff(prefix)
    assert name in get_args(Sniffed)
    if not prefix.startswith(BOM) and name != "event-stream":
        assert name == sniff(BOM + prefix)


@given(body=bodies | st.binary(max_size=300), name=st.sampled_from(sorted(PARTITIONS)), cut=cuts)
def test_partitions_lose_nothing(body: bytes, name: str, cut: object) -> None:
    """The chunks joined are the body, and none is empty."""
    for chunks in (PARTITIONS[name](body), cut(body)):  # type: ignore[operator]
        assert body == b"".join(chunks)
        assert all(chunks)


plain = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(
    data=st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])), event=st.none() | plain, id=plain
)
def test_written_frames_are_read_back(data: str, event: str | None, id: str) -> None:  # noqa: A002 - the field's name
    """What `sse_frame` writes gives the same data, event and id."""
    (frame,) = SseDecoder().receive(sse_frame(data, event=event, id=id))
    assert (data, event or "message", event is not None, id) == (frame.data, frame.event, frame.event_line, frame.id)


@given(text=plain.filter(str.strip))
def test_written_lines_are_read_back(text: str) -> None:
    """What `ndjson_line` writes gives the same text, unless that looks like a byte order mark."""
    frames = NdjsonDecoder().receive(b"\n" + ndjson_line(text))
    assert [text] == [frame.data for frame in frames]


@given(text=st.text())
def test_writing_never_raises_for_surrogates(text: str) -> None:
    """Whatever a string holds, a frame can be made of it, and it is UTF-8."""
    sse_frame(text).decode()
