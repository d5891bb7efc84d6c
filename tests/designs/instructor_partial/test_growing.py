"""The growing JSON equals jiter's partial mode after every piece, however the text is cut and whatever is in it."""

from __future__ import annotations

import base64
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path

import jiter
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from workbench.designs.instructor_partial.growing import MAX_DEPTH, Growing
from workbench.designs.instructor_partial.tokens import MalformedError
from workbench.transcript import Json

RAISES = "raises"


def by_jiter(text: str) -> tuple[Json, bool]:
    """What jiter makes of a text: its partial value, and whether the text is JSON."""
    try:
        value = jiter.from_json(text.encode(), partial_mode="trailing-strings")
    except ValueError:
        return RAISES, False
    try:
        jiter.from_json(text.encode())
    except ValueError:
        return value, False
    return value, True


def by_growing(pieces: Sequence[str]) -> list[tuple[Json, bool]]:
    """What the growing JSON shows after each piece; it ends after what is malformed."""
    growing = Growing()
    shown: list[tuple[Json, bool]] = []
    for piece in pieces:
        try:
            growing.receive(piece)
        except MalformedError:
            return [*shown, (RAISES, False)]
        value = growing.value()
        shown.append((RAISES, False) if value is UNSET else (value, growing.complete))
        assert growing.begun == (value is not UNSET)
    return shown


def same(one: object, other: object) -> bool:
    """Equality that tells 1 from 1.0 and True, and knows that NaN is NaN; order of keys counts."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and str(one) == str(other)


def hold_against_jiter(pieces: Sequence[str]) -> None:
    """Fails on the first piece after which the two differ."""
    for index, shown in enumerate(by_growing(pieces)):
        text = "".join(pieces[: index + 1])
        expected = by_jiter(text)
        assert same(expected, shown), f"after {text!r}: jiter has {expected!r}, we have {shown!r}"


def cut(text: str, places: Sequence[int]) -> list[str]:
    """Cuts a text at the given places, which may repeat and lie beyond it."""
    edges = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in itertools.pairwise(edges)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
places = st.lists(st.integers(min_value=0, max_value=10_000), max_size=12)
SCRAPS = [
    *'{}[],:" \\-+.eE01',
    "true",
    "nul",
    "NaN",
    "Infinity",
    "-Infinity",
    '"a"',
    "\\u",
    "d83d",
    "\\ude00",
    "\\n",
    "0041",
]


@given(json_values, st.booleans(), st.sampled_from([None, 1]), places)
def test_json_in_any_pieces_shows_what_jiter_shows(
    value: Json, ascii_only: bool, indent: int | None, where: list[int]
) -> None:
    """JSON of any shape, cut anywhere, shows after each piece what jiter parses of the text so far."""
    hold_against_jiter(cut(json.dumps(value, ensure_ascii=ascii_only, indent=indent), where))


@given(json_values, st.booleans())
def test_json_in_single_characters_shows_what_jiter_shows(value: Json, ascii_only: bool) -> None:
    """Every prefix of a JSON text shows what jiter parses of it."""
    hold_against_jiter(list(json.dumps(value, ensure_ascii=ascii_only)))


@given(st.lists(st.sampled_from(SCRAPS), max_size=14).map("".join))
def test_scraps_of_json_show_or_raise_what_jiter_does(text: str) -> None:
    """Text made of JSON's own tokens in any order shows, is ignored or is malformed exactly as jiter has it."""
    hold_against_jiter(list(text))


@given(json_values, st.sampled_from(SCRAPS), st.integers(min_value=0, max_value=10_000), places)
def test_a_scrap_in_the_middle_of_json_does_what_it_does_in_jiter(
    value: Json, scrap: str, at: int, where: list[int]
) -> None:
    """JSON with one foreign token in it shows, is ignored or is malformed exactly as jiter has it."""
    text = json.dumps(value)
    at %= len(text) + 1
    hold_against_jiter(cut(text[:at] + scrap + text[at:], where))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1])
def test_depth_has_the_limit_that_jiter_has(opening: str, depth: int) -> None:
    """As many containers within each other as jiter reads are read, and one more is malformed."""
    hold_against_jiter([opening * depth])


@pytest.mark.parametrize("number", ["1" * 4300, "1" * 4301, "-" + "1" * 4299, "-" + "1" * 4300, "1." + "1" * 5000])
def test_long_numbers_have_the_limit_that_jiter_has(number: str) -> None:
    """Integers of up to 4300 characters are read, longer ones are malformed, fractions have no limit."""
    hold_against_jiter([f"[{number}"])
    hold_against_jiter([f"[{number[:100]}", f"{number[100:]},"])


@pytest.mark.parametrize("piece", ["\x01", "\n", "\x7f", "\x85", "\u2028", "é…😀", "\ufffe", "b\tc", " "])
@pytest.mark.parametrize("before", ['"a', '{"k": "a', '["x", "'])
def test_a_piece_within_a_string_shows_or_raises_what_it_does_in_jiter(before: str, piece: str) -> None:
    """Whether a piece that lies within a string may stand there is for jiter to say: control characters may not."""
    hold_against_jiter([before, piece, "z"])


def test_outside_cases_show_what_jiter_shows(shared: Path) -> None:
    """Each case of partial JSON that was collected from other libraries shows what jiter shows, prefix by prefix."""
    read = 0
    for line in (shared / "cases" / "partial-json-cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        raw = base64.b64decode(case["input_b64"]) if "input_b64" in case else case["input"].encode()
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            continue  # Instructor hands over text, never bytes
        hold_against_jiter(list(text) if len(text) < 1000 else [text[:300], text[300:]])
        read += 1
    assert read >= 100


def test_outside_cases_in_jiters_own_mode_have_the_value_that_they_expect(shared: Path) -> None:
    """Where a case states what jiter's mode for trailing strings gives, that is what is shown."""
    stated = []
    for line in (shared / "cases" / "partial-json-cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["mode"] == "trailing-strings" and "input_b64" not in case:
            growing = Growing()
            growing.receive(case["input"])
            stated.append((case["name"], case["expected"]["value"], growing.value()))
    assert [(name, expected) for name, expected, _ in stated] == [(name, shown) for name, _, shown in stated]
    assert len(stated) >= 3
