"""Camps are made of what was shown; wording tells keeping from losing."""

from __future__ import annotations

import pytest

from workbench.agreement import Agreement, Agreements
from workbench.results import ResultSet, pack
from workbench.transcript import Json
from workbench.verdict import Cell, Verdict

Row = tuple[Verdict, Json]


def _results(**subjects: list[Row]) -> ResultSet:
    """One clause, one body per column."""
    packed = {}
    shared: dict[str, Json] = {}
    for name, rows in subjects.items():
        cells = [Cell(name, f"f{i}", 0, "d", "C", verdict, shown) for i, (verdict, shown) in enumerate(rows)]
        packed[name], values = pack(
            cells, subject=name, design=name, way="as designed", release=None, corpus="c", profile="p"
        )
        shared |= values
    return ResultSet(packed, shared, {}, {}, {})


@pytest.mark.parametrize(
    ("rows", "wording"),
    [
        ([("pass", 1), ("pass", 1)], "all keep it"),
        ([("fail", 0), ("fail", 0)], "all lose it"),
        ([("fail", 0), ("inexpressible", None)], "all lose it"),
        ([("inexpressible", None), ("inexpressible", None)], "nobody can express it"),
        ([("pass", 1), ("fail", 0)], "they differ"),
        ([("pass", 1), ("not-applicable", None)], "only one"),
        ([("crash", None), ("not-run", None)], "none"),
    ],
)
def test_wording_tells_keeping_from_losing(rows: list[Row], wording: str) -> None:
    """The same agreement is worded by what was agreed on."""
    agreements = Agreements(_results(**{f"s{i}": [row] for i, row in enumerate(rows)}))

    assert wording == agreements.wording("C", "f0/1@d")


def test_two_that_fail_in_different_ways_are_in_different_camps() -> None:
    """Verdicts do not make camps; shown values do."""
    agreements = Agreements(_results(a=[("fail", "x")], b=[("fail", "y")], c=[("fail", "x")]))

    assert [("a", "c"), ("b",)] == [camp.subjects for camp in agreements.camps("C", "f0/1@d")]
    assert ["b"] == agreements.dissenters("C", "f0/1@d")


def test_agreement_counts_comparable_cells_only() -> None:
    """Not applicable, not run and crash leave the count; inexpressible stays in it."""
    one: list[Row] = [("pass", 1), ("pass", 2), ("not-applicable", None), ("inexpressible", None), ("crash", None)]
    two: list[Row] = [("pass", 1), ("fail", 3), ("pass", 1), ("fail", None), ("pass", 1)]
    agreements = Agreements(_results(a=one, b=two))

    assert Agreement(2, 3) == agreements.between("a", "b")
    assert Agreement(2, 3) == agreements.between("b", "a")
    assert Agreement(3, 3) == agreements.between("a", "a")
    assert Agreement(0, 0) == agreements.between("a", "b", clause="other")
    assert agreements.between("a", "b", clause="other").share is None


def test_the_most_disputed_clause_comes_first_with_its_counts() -> None:
    """A clause counts the bodies on which at least two were judged, and those on which they part."""
    agreements = Agreements(
        _results(a=[("pass", 1), ("pass", 1), ("pass", 1)], b=[("pass", 1), ("fail", 0), ("crash", 0)])
    )

    assert [("C", 1, 2)] == agreements.disputed()


def test_bodies_are_grouped_by_how_they_part_the_subjects() -> None:
    """The commonest partition comes first, with its bodies."""
    rows: dict[str, list[Row]] = {
        "a": [("pass", 1), ("pass", 1), ("pass", 1)],
        "b": [("pass", 1), ("fail", 0), ("fail", 2)],
    }

    assert [
        ((("a",), ("b",)), ["f1/1@d", "f2/1@d"]),
        ((("a", "b"),), ["f0/1@d"]),
    ] == Agreements(_results(**rows)).partition("C")
