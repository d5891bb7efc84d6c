"""The ways to cut a body."""

from __future__ import annotations

import pytest

from workbench.wire import PARTITIONS, at, by_bytes, by_frames, by_lines, every_byte, seeded, whole

BODY = b"\n: hi\r\ndata: a\r\n\r\ndata: b\r\rdata: c\n\n\nid: 1"


@pytest.mark.parametrize("body", [b"", b"x", b"\r", BODY, BODY * 200], ids=["empty", "byte", "cr", "body", "long"])
@pytest.mark.parametrize("name", PARTITIONS)
def test_chunks_joined_are_the_body(name: str, body: bytes) -> None:
    """Nothing is lost or added, and no chunk is empty."""
    chunks = PARTITIONS[name](body)
    assert body == b"".join(chunks)
    assert b"" not in chunks


def test_whole() -> None:
    """One chunk."""
    assert [b"abc"] == whole(b"abc")


def test_every_byte() -> None:
    """A chunk for each byte."""
    assert [b"a", b"b", b"c"] == every_byte(b"abc")


def test_by_bytes() -> None:
    """Chunks of one size and a rest."""
    assert [b"ab", b"cd", b"e"] == by_bytes(2)(b"abcde")


def test_by_lines() -> None:
    """A line keeps its line end, both bytes of a CRLF."""
    assert [b"a\r\n", b"b\r", b"c\n", b"d"] == by_lines(b"a\r\nb\rc\nd")


def test_by_frames() -> None:
    """A chunk for each block, and one for each blank line that ends none."""
    expected = [b"\n", b": hi\r\ndata: a\r\n\r\n", b"data: b\r\r", b"data: c\n\n", b"\n", b"id: 1"]
    assert expected == by_frames(BODY)


def test_at() -> None:
    """Cuts may come in any order and twice; those outside the body cut nothing."""
    assert [b"a", b"bc", b"d"] == at([3, 1, 3, 0, 4, 9, -1])(b"abcd")


def test_seeded_is_the_same_each_time() -> None:
    """A seed means these cuts, on every Python."""
    assert [3, 4, 4, 2, 7] == [len(chunk) for chunk in seeded(1, mean_bytes=4)(b"x" * 20)]


def test_seeded_sizes_are_about_the_mean() -> None:
    """Sizes go from 1 to twice the mean, less 1."""
    sizes = [len(chunk) for chunk in seeded(5, mean_bytes=10)(b"x" * 20_000)][:-1]
    assert (1, 19) == (min(sizes), max(sizes))
    assert 9 < sum(sizes) / len(sizes) < 11


def test_seeds_differ() -> None:
    """Other seeds, 0 and negative ones among them, give other cuts."""
    assert 4 == len({tuple(seeded(seed)(b"x" * 500)) for seed in (-1, 0, 1, 2)})


@pytest.mark.parametrize("make", [lambda: by_bytes(0), lambda: seeded(1, mean_bytes=0)], ids=["by_bytes", "seeded"])
def test_sizes_below_one_are_refused(make: object) -> None:
    """A chunk has at least one byte."""
    with pytest.raises(ValueError, match="give at least 1"):
        make()  # type: ignore[operator]
