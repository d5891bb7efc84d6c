"""The rules of `workbench.wire.sse`, one fact for each case; `test_sse_outside_cases.py` has the outside cases."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from workbench.errors import WireError
from workbench.wire import Diagnostic, Frame, Partition, SseDecoder, Tail, at, by_bytes, every_byte, seeded, whole

WAYS: dict[str, Partition] = {
    "whole": whole,
    "byte-by-byte": every_byte,
    "cut-in-threes": by_bytes(3),
    "cut-anywhere": seeded(3, mean_bytes=5),
}


def _read(body: bytes, cut: Partition = whole, **options: int) -> tuple[list[Frame], SseDecoder]:
    """Returns the frames of a body and the decoder that has finished it."""
    decoder = SseDecoder(**options)
    frames = [frame for chunk in cut(body) for frame in decoder.receive(chunk)]
    return frames + decoder.finish(), decoder


@dataclass(frozen=True)
class Case:
    """A body, what each frame is (event, data, id, retry), and the codes that are remarked."""

    id: str
    body: bytes
    frames: list[tuple[str, str, str, int | None]]
    codes: list[str] = field(default_factory=list)


def _message(*data: str) -> list[tuple[str, str, str, int | None]]:
    """Returns frames of type message with no id."""
    return [("message", text, "", None) for text in data]


CASES = [
    # line ends
    Case("lf", b"data: a\n\n", _message("a")),
    Case("cr", b"data: a\r\r", _message("a")),
    Case("crlf", b"data: a\r\n\r\n", _message("a")),
    Case("cr-before-crlf-is-two-line-ends", b"data: a\r\r\n", _message("a")),
    Case("lf-before-cr-is-two-line-ends", b"data: a\n\rdata: b\n\r", _message("a", "b")),
    Case("all-line-ends-in-one-block", b"data: a\rdata: b\ndata: c\r\n\n", _message("a\nb\nc")),
    Case(
        "crlf-body", b"event: e\r\ndata: a\r\n\r\ndata: b\r\n\r\n", [("e", "a", "", None), ("message", "b", "", None)]
    ),
    Case("one-crlf-among-lf", b"data: a\r\ndata: b\n\ndata: c\n\n", _message("a\nb", "c")),
    Case(
        "vt-ff-nel-ls-ps-are-data",
        "data: a\x0bb\x0cc\x85d\u2028e\u2029f\n\n".encode(),
        _message("a\x0bb\x0cc\x85d\u2028e\u2029f"),
    ),
    Case("one-lf-block-among-crlf", b"data: a\r\n\r\ndata: b\n\ndata: c\r\n\r\n", _message("a", "b", "c")),
    Case("blank-lines-alone", b"\n\r\n\r\n\n", []),
    # fields
    Case("one-space-after-colon-goes", b"data:  a \n\n", _message(" a ")),
    Case("no-space-after-colon", b"data:a\n\n", _message("a")),
    Case("tab-after-colon-stays", b"data:\ta\n\n", _message("\ta")),
    Case("value-may-hold-colons", b"data: a: b\n\n", _message("a: b")),
    Case("field-without-colon-is-empty", b"data\n\n", _message("")),
    Case("empty-data-is-a-frame", b"data:\n\ndata: \n\n", _message("", "")),
    Case("two-empty-data-lines", b"data\ndata\n\n", _message("\n")),
    Case("data-lines-join-with-lf", b"data: a\ndata:\ndata: b\n\n", _message("a\n\nb")),
    Case("names-are-case-sensitive", b"Data: a\ndata: b\n\n", _message("b"), ["ignored-line"]),
    Case("space-before-colon-is-part-of-the-name", b"data : a\ndata: b\n\n", _message("b"), ["ignored-line"]),
    Case("leading-space-is-part-of-the-name", b" data: a\ndata: b\n\n", _message("b"), ["ignored-line"]),
    Case("nul-in-data-stays", b"data: a\0b\n\n", _message("a\0b")),
    # event
    Case("event-names-the-type", b"event: e\ndata: a\n\n", [("e", "a", "", None)]),
    Case("event-after-data", b"data: a\nevent: e\n\n", [("e", "a", "", None)]),
    Case("last-event-line-counts", b"event: e\nevent: f\ndata: a\n\n", [("f", "a", "", None)]),
    Case("empty-event-is-message", b"event: e\nevent\ndata: a\n\nevent:\ndata: b\n\n", _message("a", "b")),
    Case(
        "event-does-not-outlive-its-block", b"event: e\ndata: a\n\ndata: b\n\n", [("e", "a", "", None), *_message("b")]
    ),
    Case("event-does-not-outlive-a-dataless-block", b"event: e\n\ndata: b\n\n", _message("b"), ["dataless-block"]),
    Case("event-may-be-any-text", "event: é\ndata: a\n\n".encode(), [("é", "a", "", None)]),
    # id
    Case(
        "id-stays-for-later-frames",
        b"id: 1\ndata: a\n\ndata: b\n\n",
        [("message", "a", "1", None), ("message", "b", "1", None)],
    ),
    Case("empty-id-resets", b"id: 1\ndata: a\n\nid\ndata: b\n\n", [("message", "a", "1", None), *_message("b")]),
    Case("id-of-a-dataless-block-counts", b"id: 1\n\ndata: a\n\n", [("message", "a", "1", None)], ["dataless-block"]),
    Case("id-with-nul-is-ignored", b"id: 1\nid: 2\0\ndata: a\n\n", [("message", "a", "1", None)], ["ignored-line"]),
    # retry
    Case(
        "retry-belongs-to-its-block", b"retry: 10\ndata: a\n\ndata: b\n\n", [("message", "a", "", 10), *_message("b")]
    ),
    Case("retry-may-have-leading-zeros", b"retry: 007\ndata: a\n\n", [("message", "a", "", 7)]),
    Case(
        "bad-retry-keeps-the-one-before",
        b"retry: 5\nretry: 6x\ndata: a\n\n",
        [("message", "a", "", 5)],
        ["ignored-line"],
    ),
    *[
        Case(f"retry-{name}-is-ignored", b"retry:" + value + b"\ndata: a\n\n", _message("a"), ["ignored-line"])
        for name, value in {
            "empty": b"",
            "plus": b"+5",
            "minus": b"-1",
            "underscore": b"1_0",
            "point": b"1.0",
            "two-spaces": b"  5",
            "trailing-space": b"5 ",
            "arabic-digit": "٣".encode(),
            "19-digits": b"9" * 19,
            "5000-digits": b"9" * 5000,
        }.items()
    ],
    # no data, comments, other lines
    Case("no-data-no-frame", b"event: ping\n\nid: 1\n\nretry: 5\n\n", [], ["dataless-block"] * 3),
    Case("comment-between-blocks", b": ping\n\ndata: a\n\n", _message("a"), ["comment"]),
    Case("comment-inside-a-block", b"data: a\n:\ndata: b\n\n", _message("a\nb"), ["comment"]),
    Case("unknown-field-and-prose", b"foo: 1\nbar\ndata: a\n\n", _message("a"), ["ignored-line"] * 2),
    # byte order mark
    Case("one-bom-goes", b"\xef\xbb\xbfdata: a\n\n", _message("a"), ["bom"]),
    Case("second-bom-is-part-of-the-name", b"\xef\xbb\xbf" * 2 + b"data: a\n\n", [], ["bom", "ignored-line"]),
    Case("later-bom-is-part-of-the-name", b"data: a\n\n\xef\xbb\xbfdata: b\n\n", _message("a"), ["ignored-line"]),
    Case("bom-in-data-stays", b"data: \xef\xbb\xbf\n\n", _message("\ufeff")),
    Case("bom-alone", b"\xef\xbb\xbf", [], ["bom"]),
    Case("half-a-bom-is-bad-text", b"\xef\xbb\n\ndata: a\n\n", _message("a"), ["ignored-line", "invalid-utf8"]),
    # UTF-8
    Case("multibyte-text", "data: é…😀\n\n".encode(), _message("é…😀")),
    Case("bad-byte", b"data: a\xffb\n\n", _message("a\ufffdb"), ["invalid-utf8"]),
    Case("cut-character-before-line-end", b"data: a\xe2\x82\ndata: b\n\n", _message("a\ufffd\nb"), ["invalid-utf8"]),
    Case("encoded-surrogates", b"data: \xed\xa0\xbd\xed\xb8\x80\n\n", _message("\ufffd" * 6), ["invalid-utf8"]),
    Case("genuine-replacement-character", "data: \ufffd\n\n".encode(), _message("\ufffd")),
    Case("bad-byte-in-event", b"event: \xff\ndata: a\n\n", [("\ufffd", "a", "", None)], ["invalid-utf8"]),
    Case("bad-byte-in-comment", b":\xff\ndata: a\n\n", _message("a"), ["comment", "invalid-utf8"]),
    # ends
    Case("empty-body", b"", []),
    Case("no-blank-line-no-frame", b"data: a\n\ndata: b\n", _message("a"), ["unterminated-tail"]),
    Case("done-without-line-end", b"data: a\n\ndata: [DONE]", _message("a"), ["unterminated-tail"]),
    Case("comment-line-ends-the-body", b"data: a\n\n: bye\n", _message("a"), ["comment"]),
    Case("crlf-cut-after-its-cr-ends-the-body", b"data: a\r\n\r", _message("a")),
    # other framings
    Case("ndjson", b'{"a":1}\n{"a":2}\n', [], ["ignored-line", "ignored-line", "wrong-framing"]),
    Case("json", b'{"error":{}}', [], ["unterminated-tail", "wrong-framing"]),
    Case("html", b"<!DOCTYPE html>\n<p>502\n\n", [], ["ignored-line", "ignored-line", "wrong-framing"]),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, way: str) -> None:
    """The body gives these frames and remarks, however it is cut."""
    frames, decoder = _read(case.body, WAYS[way])
    assert case.frames == [(frame.event, frame.data, frame.id, frame.retry) for frame in frames]
    assert case.codes == [remark.code for remark in decoder.diagnostics]
    assert list(range(len(frames))) == [frame.index for frame in frames]


class TestWhatwgExamples:
    """The examples of the WHATWG text, transcribed."""

    def test_introduction_messages(self) -> None:
        """The three messages of the introduction; its last one lacks the blank line here as it does there."""
        body = (
            b"data: This is the first message.\n\n"
            b"data: This is the second message, it\ndata: has two lines.\n\n"
            b"data: This is the third message.\n\n"
        )
        expected = _message(
            "This is the first message.",
            "This is the second message, it\nhas two lines.",
            "This is the third message.",
        )
        assert expected == [(frame.event, frame.data, frame.id, frame.retry) for frame in _read(body)[0]]

    def test_introduction_event_types(self) -> None:
        """Three events of the types add, remove and add."""
        body = b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n"
        expected = [("add", "73857293"), ("remove", "2153"), ("add", "113411")]
        assert expected == [(frame.event, frame.data) for frame in _read(body)[0]]

    def test_stock_lines(self) -> None:
        """One event whose data is three lines."""
        assert ["YHOO\n+2\n10"] == [frame.data for frame in _read(b"data: YHOO\ndata: +2\ndata: 10\n\n")[0]]

    def test_four_blocks(self) -> None:
        """A comment, an event with id 1, one that resets the id, and a third that is discarded at the end."""
        body = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"
        frames, decoder = _read(body)
        assert [("first event", "1"), ("second event", "")] == [(frame.data, frame.id) for frame in frames]
        assert " third event" == decoder.tail_data

    def test_two_events_of_empty_lines(self) -> None:
        """The first block has empty data, the second one LF; the last is discarded."""
        frames, decoder = _read(b"data\n\ndata\ndata\n\ndata:")
        assert ["", "\n"] == [frame.data for frame in frames]
        assert "" == decoder.tail_data

    def test_space_after_the_colon_is_ignored(self) -> None:
        """Two identical events."""
        first, second = _read(b"data:test\n\ndata: test\n\n")[0]
        assert "test" == first.data == second.data


class TestPromptness:
    """A frame is out with the byte that completes it."""

    @pytest.mark.parametrize("blank", [b"\n\n", b"\r\r", b"\r\n\r", b"\n\r"], ids=repr)
    def test_frame_comes_with_its_last_byte(self, blank: bytes) -> None:
        """Nothing comes before the byte that completes the blank line, and all of it comes with that byte."""
        *before, last = every_byte(b"data: a" + blank)
        decoder = SseDecoder()
        assert [] == [frame for chunk in before for frame in decoder.receive(chunk)]
        assert ["a"] == [frame.data for frame in decoder.receive(last)]

    def test_line_end_in_a_chunk_of_its_own(self) -> None:
        """A chunk that starts with the end of a held line starts with no blank line."""
        decoder = SseDecoder()
        chunks = [b"data: a", b"\ndata: b\n\n", b"data: c", b"\r\ndata: d\r\n\r\n"]
        assert [[], ["a\nb"], [], ["c\nd"]] == [[frame.data for frame in decoder.receive(chunk)] for chunk in chunks]

    def test_lf_after_a_cr_makes_no_second_blank_line(self) -> None:
        """The LF of a CRLF is swallowed even when it comes in a chunk of its own."""
        decoder = SseDecoder()
        assert 1 == len(decoder.receive(b"data: a\r\n\r"))
        assert [] == decoder.receive(b"\n")
        assert ["b"] == [frame.data for frame in decoder.receive(b"data: b\n\n")]


class TestRanges:
    """Where frames and remarks lie in the body."""

    def test_frames_are_back_to_back(self) -> None:
        """A frame ends after its blank line, where the next one starts."""
        frames, _ = _read(b"data: a\n\nevent: e\ndata: b\n\n")
        assert [(0, 9), (9, 27)] == [(frame.start, frame.end) for frame in frames]

    @pytest.mark.parametrize("way", WAYS)
    def test_range_ends_after_the_cr_of_a_crlf(self, way: str) -> None:
        """The last LF of a CRLF body lies in no frame, whether the decoder saw it in time or not."""
        frames, _ = _read(b"data: a\r\n\r\ndata: b\r\n\r\n", WAYS[way])
        assert [(0, 10), (11, 21)] == [(frame.start, frame.end) for frame in frames]

    def test_blank_lines_between_blocks_count(self) -> None:
        """A third line end in a row lies in no frame, and the next frame starts after it."""
        body = b"data: a\n\n\ndata: b\n\n\n\ndata: c\n\n"
        for cut in (whole, at([10])):
            frames, _ = _read(body, cut)
            assert [(0, 9), (10, 19), (21, 30)] == [(frame.start, frame.end) for frame in frames]

    def test_bom_counts(self) -> None:
        """Offsets count the byte order mark."""
        frames, decoder = _read(b"\xef\xbb\xbfdata: a\n\n")
        assert Frame(0, "message", "a", 3, 12) == frames[0]
        assert [Diagnostic("bom", 0, 3)] == decoder.diagnostics

    def test_multibyte_text_counts_in_bytes(self) -> None:
        """Offsets are bytes, not characters."""
        frames, _ = _read("data: é\n\ndata: b\n\n".encode())
        assert [(0, 10), (10, 19)] == [(frame.start, frame.end) for frame in frames]

    def test_comment_before_a_block_stands_alone(self) -> None:
        """A frame starts with its first field; what came before is in no frame."""
        frames, decoder = _read(b": hi\ndata: a\n\n")
        assert (5, 14) == (frames[0].start, frames[0].end)
        assert [Diagnostic("comment", 0, 5, "hi", None)] == decoder.diagnostics

    def test_remark_inside_a_block_names_its_frame(self) -> None:
        """What lies in a frame has that frame's index."""
        _, decoder = _read(b"data: a\n\ndata: b\nfoo\n\n")
        assert [Diagnostic("ignored-line", 17, 21, "foo", 1)] == decoder.diagnostics

    def test_dataless_block_comes_before_what_it_holds(self) -> None:
        """An enclosing range is remarked first, and what it holds has no frame."""
        _, decoder = _read(b"event: ping\n: hi\nid: 3\nretry: 4\n\n")
        expected = [
            Diagnostic("dataless-block", 0, 33, "event: ping; id: 3; retry: 4"),
            Diagnostic("comment", 12, 17, "hi"),
        ]
        assert expected == decoder.diagnostics

    def test_bad_text_is_found_to_the_byte(self) -> None:
        """The range is the first bad sequence of the line; the detail counts the others, but no genuine U+FFFD."""
        _, decoder = _read(b"data: \xef\xbf\xbd\xe2\x82z\xff\n\n")
        assert [Diagnostic("invalid-utf8", 9, 11, "e2 82; sequences in the line: 2", 0)] == decoder.diagnostics

    def test_long_text_is_cut_in_a_detail(self) -> None:
        """A detail quotes 120 characters, however long the line."""
        _, decoder = _read(b":" + b"x" * 1000 + b"\n")
        assert "x" * 119 + "…" == decoder.diagnostics[0].detail


class TestTail:
    """What the body's end leaves open."""

    def test_tail_holds_the_frame_that_would_have_been(self) -> None:
        """A terminal without its blank line can be read from the tail, which was not handed out."""
        frames, decoder = _read(b"data: a\n\nevent: e\ndata: [DONE]")
        assert 1 == len(frames)
        assert Tail(9, 30, "event: e\ndata: [DONE]", Frame(1, "e", "[DONE]", 9, 30, True)) == decoder.tail
        assert "[DONE]" == decoder.tail_data
        assert [Diagnostic("unterminated-tail", 9, 30, "event: e\ndata: [DONE]")] == decoder.diagnostics

    def test_tail_without_data_has_no_frame(self) -> None:
        """A cut field name sets nothing."""
        _, decoder = _read(b"dat")
        assert Tail(0, 3, "dat", None) == decoder.tail
        assert decoder.tail_data is None

    def test_clean_end_has_no_tail(self) -> None:
        """After a blank line nothing is left."""
        assert _read(b"data: a\n\n")[1].tail is None

    def test_tail_changes_nothing_outside(self) -> None:
        """An id in the tail is not the last event ID, and a retry that was cut is not the reconnection time."""
        _, decoder = _read(b"retry: 3\nid: 1\ndata: a\n\nid: 2\nretry: 40")
        assert ("1", 3) == (decoder.last_event_id, decoder.retry)

    def test_cut_character_in_the_tail(self) -> None:
        """A character that the end cut is bad text, found to the byte and shown as U+FFFD."""
        _, decoder = _read(b"data: a\xe2\x82")
        expected = [
            Diagnostic("unterminated-tail", 0, 9, "data: a\ufffd"),
            Diagnostic("invalid-utf8", 7, 9, "e2 82; sequences in the line: 1"),
        ]
        assert expected == decoder.diagnostics
        assert "a\ufffd" == decoder.tail_data

    def test_tail_is_remarked_before_what_it_holds(self) -> None:
        """Bad text in a cut line that sets nothing comes after the tail."""
        codes = [remark.code for remark in _read(b"data: a\n\nx\xff")[1].diagnostics]
        assert ["unterminated-tail", "invalid-utf8"] == codes

    def test_cut_line_is_not_judged(self) -> None:
        """The last line may be the start of another one, so neither `ignored-line` nor `comment` is said of it."""
        assert ["unterminated-tail"] == [remark.code for remark in _read(b": pin")[1].diagnostics]

    def test_half_a_byte_order_mark(self) -> None:
        """Two bytes of a byte order mark and the end are a tail."""
        _, decoder = _read(b"\xef\xbb", every_byte)
        assert Tail(0, 2, "\ufffd") == decoder.tail


class TestLimit:
    """Lines and blocks that are too long."""

    @pytest.mark.parametrize("way", WAYS)
    def test_block_of_exactly_the_limit_is_read(self, way: str) -> None:
        """A block may have as many bytes as the limit, its blank line included."""
        frames, decoder = _read(b"data: abc\n\n", WAYS[way], limit_bytes=11)
        assert ["abc"] == [frame.data for frame in frames]
        assert [] == decoder.diagnostics

    @pytest.mark.parametrize("way", WAYS)
    def test_longer_block_is_skipped(self, way: str) -> None:
        """A block over the limit gives no frame, its id does not count, and reading goes on after it."""
        body = b"data: a\n\nid: 7\ndata: abcdefgh\n: hi\n\ndata: b\n\n"
        frames, decoder = _read(body, WAYS[way], limit_bytes=16)
        assert [("a", ""), ("b", "")] == [(frame.data, frame.id) for frame in frames]
        assert [0, 1] == [frame.index for frame in frames]
        assert [Diagnostic("over-limit", 9, 36, "16 bytes")] == decoder.diagnostics

    @pytest.mark.parametrize("way", WAYS)
    def test_longer_comment_is_skipped_up_to_the_blank_line(self, way: str) -> None:
        """A line over the limit takes what follows with it, up to the next blank line."""
        frames, decoder = _read(b": abcdefghi\ndata: x\n\ndata: y\n\n", WAYS[way], limit_bytes=10)
        assert ["y"] == [frame.data for frame in frames]
        assert [Diagnostic("over-limit", 0, 21, "10 bytes")] == decoder.diagnostics

    @pytest.mark.parametrize("way", WAYS)
    def test_body_that_ends_over_the_limit_has_no_tail(self, way: str) -> None:
        """What was dropped cannot be shown."""
        frames, decoder = _read(b"data: abcdefghi", WAYS[way], limit_bytes=10)
        assert [] == frames
        assert [Diagnostic("over-limit", 0, 15, "10 bytes")] == decoder.diagnostics
        assert decoder.tail is None

    def test_limit_is_of_the_block_and_not_of_its_last_line(self) -> None:
        """A cut line that is short itself may still be what takes its block over the limit."""
        _, decoder = _read(b"data: a\ndata: b", limit_bytes=12)
        assert [Diagnostic("over-limit", 0, 15, "12 bytes")] == decoder.diagnostics
        assert decoder.tail is None

    def test_what_is_over_the_limit_is_not_kept(self) -> None:
        """Memory does not grow with a line that is being skipped."""
        decoder = SseDecoder(limit_bytes=100)
        for _ in range(1000):
            decoder.receive(b"data: " + b"x" * 94)
        assert 100 >= len(decoder._line)
        assert 100_000 == decoder.offset

    def test_limit_below_one_is_refused(self) -> None:
        """A limit of 0 could read nothing."""
        with pytest.raises(ValueError, match="limit_bytes is 0: give at least 1"):
            SseDecoder(limit_bytes=0)


class TestUse:
    """How a decoder is used."""

    def test_event_line_tells_whether_the_type_was_named(self) -> None:
        """A frame of type message that says so differs from one that says nothing."""
        frames, _ = _read(b"event: message\ndata: a\n\ndata: b\n\nevent:\ndata: c\n\n")
        assert ["message"] * 3 == [frame.event for frame in frames]
        assert [True, False, True] == [frame.event_line for frame in frames]

    def test_empty_chunks_change_nothing(self) -> None:
        """An empty read is no news, wherever it comes."""
        decoder = SseDecoder()
        chunks = [b"", b"data: a\r", b"", b"\n\r", b"", b"\n", b""]
        assert ["a"] == [frame.data for chunk in chunks for frame in decoder.receive(chunk)]

    def test_offset_counts_what_was_received(self) -> None:
        """The offset is exact even while a byte order mark is in doubt."""
        decoder = SseDecoder()
        offsets = []
        for chunk in every_byte(b"\xef\xbb\xbfda"):
            decoder.receive(chunk)
            offsets.append(decoder.offset)
        assert [1, 2, 3, 4, 5] == offsets

    @pytest.mark.parametrize("body", [b"", b"\xef", b"data: a\n\n"], ids=["empty", "half-bom", "frame"])
    def test_receive_after_finish_is_refused(self, body: bytes) -> None:
        """A decoder reads one body; the error says at which byte that ended."""
        _, decoder = _read(body)
        with pytest.raises(WireError, match=rf"start a new decoder for a new body \(at byte {len(body)}\)"):
            decoder.receive(b"x")

    def test_finish_twice_is_harmless(self) -> None:
        """The second call gives nothing and remarks nothing."""
        _, decoder = _read(b"data: a")
        assert [] == decoder.finish()
        assert 1 == len(decoder.diagnostics)

    def test_common_blocks_take_the_fast_reader(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Plain blocks, with an event or without, LF or CRLF, never reach the line machine."""
        monkeypatch.setattr(SseDecoder, "_read_lines", None)
        body = 'event: e\ndata: {"é": 1}\n\ndata: b\n\ndata:c\n\n'.encode()
        for variant in (body, body.replace(b"\n", b"\r\n")):
            assert ['{"é": 1}', "b", "c"] == [frame.data for frame in SseDecoder().receive(variant)]
