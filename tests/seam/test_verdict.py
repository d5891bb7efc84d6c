"""Evidence is the first divergence."""

from __future__ import annotations

import pytest

from workbench.transcript import Json
from workbench.verdict import compare


@pytest.mark.parametrize(
    ("sent", "seen", "where", "pair"),
    [
        ("Hello world", "Hello there", "text from character 6", ("world", "there")),
        ("abc", "ab", "text from character 2", ("c", "")),
        ({"a": [1, 2]}, {"a": [1]}, "text.a[1], missing", (2, None)),
        ([1], [1, 5], "text[1], one too many", (None, 5)),
        ({"a": 1}, {"a": 1, "b": 2}, "text.b, one too many", (None, 2)),
        (1, 1.0, "text", (1, 1.0)),
        (True, 1, "text", (True, 1)),
        (None, "", "text", (None, "")),
    ],
)
def test_the_first_divergence_is_named(sent: Json, seen: Json, where: str, pair: tuple[Json, Json]) -> None:
    """Place, what was sent and what was seen stand in the evidence."""
    judgement = compare(sent, seen, "text")

    assert not judgement.passed
    assert judgement.evidence is not None
    assert (where, pair) == (judgement.evidence.where, (judgement.evidence.sent, judgement.evidence.seen))


def test_equal_values_pass() -> None:
    """Nothing differs, so there is no evidence."""
    assert compare({"a": ["x", {"b": None}]}, {"a": ["x", {"b": None}]}).passed
