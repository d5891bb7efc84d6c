"""`PartialJson` against jiter: the same refusal at the same piece, the same value, each character seen once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import accumulate, pairwise

import jiter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import json_values
from workbench.designs.anthropic_messages import partial
from workbench.designs.anthropic_messages.partial import PartialJson

ODD = (
    '{"a": 1}x',
    "[1 2]",
    '{"a" 1}',
    "[01]",
    "[-]",
    "[1.]",
    "[1.e3]",
    "[1e]",
    "[.5]",
    "[NaN, Infinity, -Infinity]",
    '["\\ud83d\\ude00"]',
    '["\\ud83d"]',
    '["\\x"]',
    '["\\u12g4"]',
    '["a\nb"]',
    "[tru]",
    "[nul1]",
    "[1,]",
    '{"a": 1,}',
    "{1: 2}",
    "]",
    "[}",
    "12",
    '"abc"',
    "  ",
    "[" * 250 + "]" * 250,
    '{"b": ' + "1" * 6000 + "}",
    '{"a": {"b": [1, {"c": "d"}]}}',
    '["\\u0041\\"\\\\\\/\\b"]',
)

damaged = st.one_of(
    st.sampled_from(ODD),
    st.builds(json.dumps, json_values),
    st.builds(lambda value: json.dumps({"a": value}, ensure_ascii=False, indent=1), json_values),
    st.builds(
        lambda value, at, piece: _put(json.dumps([value]), at, piece), json_values, st.integers(0, 99), st.text()
    ),
    st.text('{}[]:,"\\ue1-.tfn \n', max_size=12),
)


def _put(text: str, at: int, piece: str) -> str:
    return text[: at % (len(text) + 1)] + piece + text[at % (len(text) + 1) :]


def read(text: str) -> str:
    """What jiter says of a text, or how it refuses it; `{}` where there is none, as in a block's start."""
    try:
        return repr(jiter.from_json(text.encode(), partial_mode=True)) if text else "{}"
    except ValueError as error:
        return f"raises {error}"


def grown(pieces: Sequence[str]) -> list[str]:
    """What `PartialJson` says after each piece, up to a refusal; written out, since NaN equals nothing."""
    growing = PartialJson()
    said: list[str] = []
    for piece in pieces:
        try:
            growing.add(piece)
        except ValueError as error:
            return [*said, f"raises {error}"]
        said.append(repr(growing.value(len(growing))))
    return said


def expected(pieces: Sequence[str]) -> list[str]:
    """What jiter says of every prefix, up to a refusal."""
    said: list[str] = []
    for text in accumulate(pieces):
        said.append(read(text))
        if said[-1].startswith("raises "):
            break
    return said


@given(damaged, st.lists(st.integers(0, 200), max_size=12))
def test_it_says_what_jiter_says(text: str, cuts: list[int]) -> None:
    """However a text is cut, sound or damaged: the value after each piece, and the piece that is refused."""
    edges = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[start:end] for start, end in pairwise(edges)]
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert expected(pieces) == grown(pieces)


@pytest.mark.parametrize("text", ODD, ids=[text[:12] for text in ODD])
def test_it_says_what_jiter_says_character_by_character(text: str) -> None:
    """The hardest partition, over texts that are hard to tell."""
    pieces = list(text[:600])
    assert expected(pieces) == grown(pieces)


def test_an_empty_piece_is_no_text() -> None:
    """The first delta of a call has no text; nothing can be read of it and nothing is refused."""
    assert ["{}", "{}", "{'a': 1}"] == grown(["", "", '{"a": 1'])


def test_jiter_is_not_asked_while_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound text of any length is looked at once; jiter reads it when its value is asked for."""
    asked: list[int] = []
    monkeypatch.setattr(partial.jiter, "from_json", lambda data, partial_mode: asked.append(len(data)))
    growing = PartialJson()
    text = json.dumps({"a": [1.5, -2e3, True, None, "é\n\u2028"] * 50, "b": {"c": {}, "d": []}})
    for piece in (text[at : at + 3] for at in range(0, len(text), 3)):
        growing.add(piece)
    assert [] == asked
    growing.value(len(growing))
    assert [len(text)] == asked
