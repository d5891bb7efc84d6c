"""Canonical values: equal exactly when users see the same thing; and what is found in what."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from workbench.clauses._finding import Growth, as_whole, contained, each, frame_of, free_of, search
from workbench.clauses._reading import (
    SAFE_INTEGER,
    arguments,
    canonical_value,
    folded,
    parse_arguments,
    seen_of,
)
from workbench.transcript import (
    ArgumentsDelta,
    Json,
    PartSnapshot,
    PartStart,
    SeenPart,
    TextDelta,
    ToolCallPart,
    see,
)
from workbench.transcript.seeing import extends
from workbench.verdict import PASSED, Evidence, Judgement, compare


def call(text: str = "", value: Json = UNSET, *, partial: bool = False) -> SeenPart:
    """Makes a call that was seen as text, as a value, or both."""
    snapshots = [PartSnapshot(0, 0, ToolCallPart(None, "f", ""), value, partial)] if value is not UNSET else []
    return see([PartStart(0, 0, "tool-call"), ArgumentsDelta(0, 0, text), *snapshots]).parts[0]


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (call('{"b": 1, "a": [1.0, null]}'), {"value": {"a": [1, None], "b": 1}}),
        (call(value={"b": 1, "a": [1.0, None]}), {"value": {"a": [1, None], "b": 1}}),
        (call(value={"a": 1}, partial=True), {"partial": {"a": 1}}),
        (call('{"a": 1}', {"a": 2}, partial=True), {"value": {"a": 1}}),
        (call(""), {"value": {}}),
        (call(" \n"), {"value": {}}),
        (call('{"a": '), {"malformed": '{"a": '}),
        (call("{'a': 1}"), {"malformed": "{'a': 1}"}),
        (call('{"a": NaN}'), {"malformed": '{"a": NaN}'}),
        (call('{"a": 1, "a": 2}'), {"malformed": '{"a": 1, "a": 2}'}),
        (call('{"a": 1}{"b": 2}'), {"malformed": '{"a": 1}{"b": 2}'}),
        (call('"{}"'), {"value": "{}"}),
        (call("[" * 100_000), {"malformed": "[" * 100_000}),
        (call('{"id": 2512292042121000001}'), {"value": {"id": {"number": "2512292042121000001"}}}),
        (call(value={"id": 2512292042121000001}), {"value": {"id": {"number": "2512292042121000001"}}}),
        (call(f"[{'9' * 5000}]"), {"value": [{"number": "9" * 5000}]}),
        (call("[1e999]"), {"value": [{"number": "inf"}]}),
        (call("[0.1, -0.0, true]"), {"value": [0.1, 0, True]}),
    ],
)
def test_arguments_are_shown_as_a_value_or_as_the_text_that_is_none(part: SeenPart, shown: Json) -> None:
    """Text and value of equal meaning are shown alike; what has no one value is shown as text."""
    assert shown == arguments(part)
    assert type(shown) is type(arguments(part))


def test_integers_at_the_edge_of_what_every_reader_keeps() -> None:
    """The largest safe integer is shown as a number, the next one by its digits."""
    assert SAFE_INTEGER == canonical_value(SAFE_INTEGER)
    assert {"number": str(SAFE_INTEGER + 1)} == canonical_value(SAFE_INTEGER + 1)
    assert {"number": str(-SAFE_INTEGER - 1)} == canonical_value(-SAFE_INTEGER - 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_text_and_value_of_any_json_are_shown_alike(value: Json) -> None:
    """A value that was written and read again is shown as it was before."""
    assert canonical_value(value) == canonical_value(parse_arguments(json.dumps(value)))


def parts(*texts: str) -> tuple[SeenPart, ...]:
    """Makes text parts, each of whose characters comes in a frame of its own."""
    frame = iter(range(10_000))
    deltas = [TextDelta(next(frame), index, character) for index, text in enumerate(texts) for character in text]
    return see(deltas).parts


@given(st.lists(st.text("ab", min_size=1, max_size=4), max_size=4), st.text("abc", max_size=20))
def test_pieces_are_found_exactly_when_they_can_be(pieces: list[str], text: str) -> None:
    """A search finds all pieces when any way of placing them exists; what is left is the text without them."""

    def can_be(left: list[str], at: int) -> bool:
        if not left:
            return True
        starts = (i for i in range(at, len(text)) if text.startswith(left[0], i))
        return any(can_be(left[1:], i + len(left[0])) for i in starts)

    found = search(pieces, text)
    assert can_be(pieces, 0) == (found.missing is None) == contained(parts(*pieces), text, "x").passed
    if found.missing is None:
        rebuilt = dict(found.rest) | dict(zip(found.starts, pieces, strict=True))
        assert text == "".join(rebuilt[at] for at in sorted(rebuilt))


@pytest.mark.parametrize(
    ("texts", "seen", "evidence"),
    [
        (["one", "two"], "one", Evidence("x 2, from character 0", "two", None, 3)),
        (["one", "two"], "one-tw", Evidence("x 2, from character 2", "o", None, 5)),
        (["one", "two"], "one txo", Evidence("x 2, from character 1", "wo", "xo", 4)),
        (["one"], "", Evidence("x 1, from character 0", "one", None, 0)),
    ],
)
def test_what_is_missing_is_pointed_at(texts: list[str], seen: str, evidence: Evidence) -> None:
    """Evidence holds what was sent from the first lost character on, what stands there, and its frame."""
    assert Judgement(False, evidence) == contained(parts(*texts), seen, "x")


@pytest.mark.parametrize(
    ("own", "foreign", "seen", "extra"),
    [
        (["ab"], [], "ab", None),
        (["ab"], [], "abc", "c"),
        (["ab"], [], "-ab", "-"),
        ([], [], "x", "x"),
        (["ab"], [" hm "], "a hm", "hm"),
        (["ab"], ["hm"], "a", None),
        (["ab hm"], ["hm"], "a hm", None),
        (["ab"], ["  "], "a  ", None),
    ],
)
def test_what_is_too_much_is_pointed_at(own: list[str], foreign: list[str], seen: str, extra: str | None) -> None:
    """Whole pieces leave a rest; where they are damaged, only what is known to be foreign counts."""
    judged = free_of(own, foreign, seen, "x")
    assert extra == (judged.evidence.seen if judged.evidence else None)


def test_lists_are_compared_item_by_item() -> None:
    """The first item that differs is named, with the frame of what was sent."""
    assert PASSED == each(["a", 1], ["a", 1], "item")
    assert Evidence("item 2, missing", 1, None, 7) == each(["a", 1], ["a"], "item", [3, 7]).evidence
    assert Evidence("item 2, one too many", None, 1) == each(["a"], ["a", 1], "item", [3]).evidence
    assert Evidence("item 1", "abc", "abd", 3) == each(["abc"], ["abd"], "item", [3], by=as_whole).evidence


def test_a_frame_is_known_for_every_character_that_arrived() -> None:
    """Positions map to frames, positions past the end to none, and parts that were never on a wire to none."""
    (part,) = see([TextDelta(4, 0, "ab"), TextDelta(6, 0, "c")]).parts
    assert [4, 4, 6, None] == [frame_of(part, position) for position in range(4)]
    assert frame_of(seen_of([ToolCallPart("c", "f", "{}")]).parts[0], 0) is None


def test_growth_says_when_a_length_was_reached() -> None:
    """Frames are those by which all characters up to a length could be read, in whatever order pieces came."""
    growth = Growth([(3, "ab"), (5, "c"), (4, "d")])
    assert [3, 3, 5, 5, None] == [growth.frame_at(length) for length in range(1, 6)]


def test_runs_are_folded() -> None:
    """Equal neighbours become one, equal tokens apart stay."""
    assert ["a", "b", "a"] == folded("aabba")


# ------------------------------------------------------------------------------------- what this area asks of others


@pytest.mark.parametrize(
    ("old", "new", "grown"),
    [
        (None, {"a": 1}, True),
        ({"a": "x"}, {"a": "xy", "b": None}, True),
        ({"a": [1, "x"]}, {"a": [1, "xy", 2]}, True),
        ({"a": 2}, {"a": 25}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": "x"}, {"a": "y"}, False),
        ([1, 2], [1], False),
        (1, True, False),
        ("x", None, False),
    ],
)
def test_a_value_grows_or_takes_back(old: Json, new: Json, grown: bool) -> None:
    """Null becomes anything, text and containers grow at their end, and every other scalar stays."""
    assert grown is extends(old, new)


def test_values_are_seen_with_their_first_frame_and_their_revisions() -> None:
    """A part knows when its value could first be read, and how often a value took something back."""
    seen = ToolCallPart(None, "", "")
    values = [(3, {"a": 2}), (4, {"a": 25}), (5, {"a": 25, "b": 1})]
    (part,) = see([ArgumentsDelta(1, 0, "{"), *(PartSnapshot(f, 0, seen, v, partial=True) for f, v in values)]).parts
    assert (3, 1) == (part.typed, part.revisions)
    assert see([ArgumentsDelta(1, 0, "{")]).parts[0].typed is None


def test_comparing_tells_null_from_nothing() -> None:
    """A key that is there with null and one that is not there are different, on either side."""
    assert Evidence("x.a, missing", None, None) == compare({"a": None}, {}, "x").evidence
    assert Evidence("x.a, one too many", None, None) == compare({}, {"a": None}, "x").evidence
