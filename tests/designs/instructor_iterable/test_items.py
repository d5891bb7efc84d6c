"""The items that are found in a text: rules, and that the text is read once, however it is cut."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from workbench.designs.instructor_iterable import items as module
from workbench.designs.instructor_iterable.items import Items


def found(pieces: Sequence[str]) -> list[list[str]]:
    """The items that each piece finishes."""
    items = Items()
    return [list(items.receive(piece)) for piece in pieces]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (['{"tasks": [{"a": 1}, {"a": 2}]}'], [['{"a": 1}', '{"a": 2}']]),
        (['{"tas', 'ks": [{"a"', ": 1", "}", ', {"a": 2', "}]}"], [[], [], [], ['{"a": 1}'], [], ['{"a": 2}']]),
        (['{"a": 1}', ' {"a": 2}'], [['{"a": 1}'], ['{"a": 2}']]),
        (['{"a": {"b": {}}}'], [['{"a": {"b": {}}}']]),
        (['[{"a": "}{"}', ', {"b": "\\"}"}]'], [['{"a": "}{"}'], ['{"b": "\\"}"}']]),
        (['[{"a": "\\', '"}', '"}]'], [[], [], ['{"a": "\\"}"}']]),
        (['[{"a": "\\\\', '"}]'], [[], ['{"a": "\\\\"}']]),
        (['[{"a": 1', ""], [[], []]),
        (["[]", "null", ""], [[], [], []]),
    ],
)
def test_items_are_found_when_their_last_brace_comes(pieces: list[str], expected: list[list[str]]) -> None:
    """With or without a list around them, nested, with braces and escapes in strings, however they are cut."""
    assert expected == found(pieces)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (['{"a": 1}{"a": 2}, {"a": 3}'], [['{"a": 1}']]),
        (['[{"a": 1}, }{"a": 2}, {"a": 3}'], [['{"a": 1}']]),
        (['["{", {"a": 1}]'], [['{", {"a": 1}']]),
        (['{"n": "x["', ', {"a": 1}'], [[], []]),
        (['{"l": [{"a": 1}, {"a": 2}], "n": 1}'], [['{"a": 1}', '{"a": 2}']]),
        (['{"n": 1, "l": ', '[{"a": 1}]}'], [[], ['{"a": 1}']]),
        (['[{"a": 1}]', '[{"a": 2}]'], [['{"a": 1}'], ['{"a": 2}']]),
        (['[{"a": 1}]}', '[{"a": 2}]'], [['{"a": 1}'], []]),
    ],
    ids=[
        "no comma",
        "brace too many",
        "brace in a string",
        "bracket in a string",
        "list within",
        "list within, later",
        "second list",
        "second list after the object's end",
    ],
)
def test_what_is_found_is_not_always_meant(pieces: list[str], expected: list[list[str]]) -> None:
    """Braces are counted and no JSON is read, so what looks like an item is one, and what does not is lost."""
    assert expected == found(pieces)


class Counted:
    """Counts how many characters are looked at."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.seen = 0

    def search(self, text: str, at: int) -> re.Match[str] | None:
        """Searches, and counts what lies between the start and the hit."""
        hit = self.pattern.search(text, at)
        self.seen += (hit.end() if hit else max(at, len(text))) - at
        return hit


def test_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The characters that are looked at grow with the text, and not with the number of pieces times the text."""
    text = json.dumps([{"name": "x" * 50} for _ in range(20)])
    counts: list[int] = []
    for pieces in (list(text), [text]):
        patterns: dict[str, Any] = {name: Counted(getattr(module, name)) for name in ("_INSIDE", "_OUTSIDE")}
        with monkeypatch.context() as patched:
            for name, one in patterns.items():
                patched.setattr(module, name, one)
            assert 20 == sum(len(items) for items in found(pieces))
        counts.append(sum(one.seen for one in patterns.values()))
    assert max(counts) <= len(text)
