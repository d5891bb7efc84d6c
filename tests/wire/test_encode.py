"""Frames as bytes."""

from __future__ import annotations

import pytest

from workbench.wire import ndjson_line, sse_frame


def test_data_alone() -> None:
    """A block of one line and a blank one."""
    assert b'data: {"a":1}\n\n' == sse_frame('{"a":1}')


def test_event_and_id_come_first() -> None:
    """The order is event, id, data."""
    assert b"event: e\nid: 7\ndata: a\n\n" == sse_frame("a", event="e", id="7")


def test_empty_fields_are_written() -> None:
    """Empty is not the same as absent."""
    assert b"event: \nid: \ndata: \n\n" == sse_frame("", event="", id="")


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"], ids=repr)
def test_data_is_split_at_line_ends(line_end: str) -> None:
    """Each line of the data is a data line; a line end that closes the data gives an empty one."""
    assert b"data: a\ndata: b\ndata: \n\n" == sse_frame(f"a{line_end}b{line_end}")


def test_other_separators_stay() -> None:
    """U+2028 is no line end."""
    assert "data: a\u2028b\n\n".encode() == sse_frame("a\u2028b")


@pytest.mark.parametrize("fields", [{"event": "a\nb"}, {"event": "a\rb"}, {"id": "a\nb"}, {"id": "a\0b"}], ids=repr)
def test_what_the_format_cannot_carry_is_refused(fields: dict[str, str]) -> None:
    """A line end in an event or id, or a NUL in an id, would be read back as something else."""
    with pytest.raises(ValueError, match=r"cannot hold|can hold neither"):
        sse_frame("x", **fields)


def test_ndjson_line() -> None:
    """A line and its LF."""
    assert '{"é":1}\n'.encode() == ndjson_line('{"é":1}')


@pytest.mark.parametrize("text", ["", " \t", "1\n", "1\r2"], ids=repr)
def test_bad_ndjson_lines_are_refused(text: str) -> None:
    """A blank line is no frame, and a line end would make two of one."""
    with pytest.raises(ValueError, match="is not blank and holds no line end"):
        ndjson_line(text)


def test_lone_surrogates_do_not_raise() -> None:
    """A lone surrogate is written as U+FFFD, and two that make a pair as the character they mean."""
    assert "data: a\ufffdb\ufeff😀\n\n".encode() == sse_frame("a\ud83db\ufeff\ud83d\ude00")
    assert '"\ufffd"\n'.encode() == ndjson_line('"\ude00"')
