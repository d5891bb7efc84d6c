"""The distance between the two ways: what is held against what, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from workbench.agreement import Agreement
from workbench.distance import Parting, Unheld, distance, pairings
from workbench.results import SubjectResult, pack
from workbench.verdict import Cell, Verdict

Said = tuple[Verdict, str]
"""A verdict, and the value shown or the reason."""


def result(subject: str, way: str, cells: Mapping[tuple[str, str], Said]) -> SubjectResult:
    """Packs cells; each is given by its body and clause."""
    made = []
    for (body, clause), (verdict, text) in cells.items():
        judged = verdict in ("pass", "fail", "inexpressible")
        shown, reason = (text, None) if judged else (None, text)
        made.append(Cell(subject, body, 0, "d", clause, verdict, shown, reason))
    packed, _ = pack(made, subject=subject, design="a", way=way, release=None, corpus="c", profile="p")
    return packed


def held(pairs: Mapping[tuple[str, str], tuple[Said, Said]]) -> tuple[SubjectResult, SubjectResult]:
    """An adapter and a release with the same cells, each given as designed and as shipped."""
    designed = result("a", "as designed", {where: one for where, (one, _) in pairs.items()})
    return designed, result("l@1/w", "as shipped", {where: other for where, (_, other) in pairs.items()})


def test_same_is_an_equal_value() -> None:
    """Equal values are the same and others are not, whatever the verdicts say; a share has its count."""
    pairs: dict[tuple[str, str], tuple[Said, Said]] = {
        ("f", "A"): (("pass", "x"), ("pass", "x")),
        ("f", "B"): (("pass", "x"), ("pass", "y")),
        ("f", "C"): (("pass", "x"), ("fail", "y")),
        ("f", "D"): (("inexpressible", "x"), ("inexpressible", "x")),
        ("g", "A"): (("fail", "x"), ("fail", "x")),
        ("g", "B"): (("pass", "x"), ("fail", "x")),
        ("g", "C"): (("fail", "x"), ("fail", "y")),
        ("g", "D"): (("pass", "x"), ("pass", "x")),
    }
    found = distance(*held(pairs))
    assert (Agreement(5, 8), 2, 2) == (found.agreement, found.alike, found.bodies)


def test_clauses_on_which_verdicts_part_are_listed_with_their_bodies() -> None:
    """One entry per clause and pair of verdicts, in the order of clauses; equal verdicts have none."""
    pairs: dict[tuple[str, str], tuple[Said, Said]] = {
        ("f", "B"): (("pass", "x"), ("fail", "y")),
        ("g", "B"): (("pass", "x"), ("fail", "z")),
        ("f", "A"): (("fail", "x"), ("pass", "y")),
        ("g", "A"): (("pass", "x"), ("pass", "y")),
    }
    expected = (Parting("A", "fail", "pass", ("f/1@d",)), Parting("B", "pass", "fail", ("f/1@d", "g/1@d")))
    assert expected == distance(*held(pairs)).partings


@pytest.mark.parametrize("verdict", ["crash", "flaky"])
def test_a_crash_parts_verdicts_and_compares_no_value(verdict: Verdict) -> None:
    """What gave no result differs in its verdict; it is in no share, and counted with its reason."""
    found = distance(*held({("f", "A"): (("pass", "x"), (verdict, "because"))}))
    assert (Parting("A", "pass", verdict, ("f/1@d",)),) == found.partings
    assert (Agreement(0, 0), (Unheld("as shipped", verdict, "because", 1),)) == (found.agreement, found.unheld)


def test_what_was_not_judged_is_counted_by_side_with_its_reason() -> None:
    """Either side, or both; not one of them parts verdicts."""
    pairs: dict[tuple[str, str], tuple[Said, Said]] = {
        ("f", "A"): (("pass", "x"), ("not-applicable", "no such phase")),
        ("g", "A"): (("pass", "x"), ("not-applicable", "no such phase")),
        ("f", "B"): (("not-applicable", "not declared"), ("pass", "x")),
        ("g", "B"): (("not-applicable", "not sent"), ("not-applicable", "nothing came")),
    }
    found = distance(*held(pairs))
    expected = (
        Unheld("as shipped", "not-applicable", "no such phase", 2),
        Unheld("as designed", "not-applicable", "not declared", 1),
        Unheld("both", "not-applicable", "nothing came", 1),
    )
    assert (expected, ()) == (found.unheld, found.partings)


def test_bodies_and_clauses_of_one_side_compare_nothing() -> None:
    """They are counted, and no cell of them is paired."""
    one = result("a", "as designed", {(body, clause): ("pass", "x") for body in "fg" for clause in "AB"})
    other = result("l@1/w", "as shipped", {(body, clause): ("pass", "x") for body in "ghi" for clause in "BC"})
    found = distance(one, other)
    assert (1, (1, 2), ("A", "C"), Agreement(1, 1)) == (found.bodies, found.alone, found.unshared, found.agreement)
    assert [("g/1@d", "B")] == [(pair.body, pair.clause) for pair in pairings(one, other)]


def test_clauses_are_paired_by_name_and_not_by_place() -> None:
    """A clause that only one has shifts the places of the others."""
    one = result("a", "as designed", {("f", "B"): ("pass", "b"), ("f", "C"): ("fail", "c")})
    other = result(
        "l@1/w", "as shipped", {("f", "A"): ("pass", "a"), ("f", "B"): ("pass", "b"), ("f", "C"): ("fail", "c")}
    )
    assert [("B", "pass", "pass", True), ("C", "fail", "fail", True)] == [
        (pair.clause, pair.one, pair.other, pair.same) for pair in pairings(one, other)
    ]
