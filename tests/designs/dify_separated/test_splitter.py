"""The splitter of a stream, and the one of a whole text; `tests/upstream/drivers/test_graphon.py` has the real ones."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.designs.dify_separated.splitter import Splitter, split_reasoning

WORDS = ["<think>", "</think>", "<THINK a='1'>", "</Think>", "<thi", "nk>", "<", ">", "/", "a", "b c", " ", "\n", "é😀"]
texts = st.lists(st.sampled_from(WORDS), max_size=14).map("".join)


def split(pieces: Iterable[str]) -> list[tuple[str, str]]:
    """All that comes out, the end included."""
    splitter = Splitter()
    found = [one for piece in pieces for one in splitter.feed(piece)]
    return [*found, *splitter.finish()]


def joined(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs of one kind as one."""
    runs: list[tuple[str, str]] = []
    for kind, text in found:
        before = runs.pop()[1] if runs and runs[-1][0] == kind else ""
        runs.append((kind, before + text))
    return runs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>\nHm\n</think>Yes", [("reasoning", "\nHm\n"), ("text", "Yes")]),
        ("  \n<think>Hm</think>\n\nYes ", [("reasoning", "Hm"), ("text", "Yes ")]),
        ("Yes<think>Hm</think> No", [("text", "Yes"), ("reasoning", "Hm"), ("text", " No")]),
        ("<think>a<think>b</think>c</think>d", [("reasoning", "a<think>b"), ("text", "c</think>d")]),
        ("<think>Hm", [("reasoning", "Hm")]),
        ("Yes</think>No", [("text", "Yes</think>No")]),
        ("<ThInK why='so'>Hm</THINK>Yes", [("reasoning", "Hm"), ("text", "Yes")]),
        ("<thinking>Hm</thinking>", [("text", "<thinking>Hm</thinking>")]),
        ("<think/>Yes", [("text", "<think/>Yes")]),
        (f"<think {'a' * 512}>Hm", [("reasoning", "Hm")]),
        (f"<think {'a' * 513}>Hm", [("text", f"<think {'a' * 513}>Hm")]),
        ("a < b <think", [("text", "a < b <think")]),
    ],
    ids=[
        "plain",
        "white-space",
        "middle",
        "nested",
        "unclosed",
        "only-closed",
        "case",
        "longer",
        "empty",
        "512",
        "513",
        "cut",
    ],
)
def test_stream_is_split(text: str, expected: list[tuple[str, str]]) -> None:
    """What a whole text in one piece, and in pieces of one character, is split into."""
    assert expected == joined(split([text]))
    assert expected == joined(split(text))


@given(texts, st.lists(st.integers(0, 60)))
def test_any_cuts_give_the_same(text: str, cuts: list[int]) -> None:
    """Where a text is cut makes no difference to what comes out of it."""
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert joined(split([text])) == joined(split(pieces))


@given(texts)
def test_only_what_may_be_a_tag_is_held_back(text: str) -> None:
    """After each character, what the end of the stream would still bring is nothing, or a tag's beginning."""
    splitter = Splitter()
    for character in text:
        list(splitter.feed(character))
        held = "".join(piece for _, piece in copy.copy(splitter).finish())
        assert re.fullmatch(r"(<(t(h(i(n(k(\s[^<>]*)?)?)?)?)?)?)?|</(t(h(i(n(k)?)?)?)?)?", held, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>\nHm\n</think>Yes", ("Yes", "Hm")),
        ("<think> a </think>\n \n\n<think></think>Yes\n\n\n\nNo<think>b</think>", ("Yes\n\nNo", "a\nb")),
        ("Yes<think>Hm", ("Yes", "Hm")),
        ("<think>a</think>b<think>c<think>d", ("b", "a\nc<think>d")),
        ("<thi<think>a</think>nk>b", ("", "a\nb")),
        ("a</think>b", ("a</think>b", "")),
        ("<think>a<think>b</think>c</think>d", ("c</think>d", "a<think>b")),
        ("", ("", "")),
    ],
    ids=[
        "plain",
        "blank-lines",
        "unclosed",
        "unclosed-twice",
        "made-by-taking-out",
        "only-closed",
        "nested",
        "nothing",
    ],
)
def test_whole_text_is_split(text: str, expected: tuple[str, str]) -> None:
    """The answer and the reasoning of a result."""
    assert expected == split_reasoning(text)


def test_work_grows_with_the_text() -> None:
    """Tags that nothing closes are looked through once, not once for each."""
    text = "<think>" * 20_000
    assert ("", "<think>" * 19_999) == split_reasoning(text)
    assert [("reasoning", "<think>" * 19_999)] == joined(split([text]))
