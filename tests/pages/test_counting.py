"""What is counted and how it is worded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import sample
from workbench.pages.book import Book
from workbench.pages.charts import Estimate, forest, growth, ticks, undecided
from workbench.pages.matrix import left_out, matrix, totals
from workbench.pages.partition import contests, in_words, pairs, parts, splits, wordings
from workbench.pages.render import percent, plural
from workbench.pages.summary import answer, verdict_of
from workbench.pages.tally import Left, tally
from workbench.verdict import Cell, Verdict


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book over the sample."""
    return Book(sample.results(), tmp_path)


def cells(*verdicts: Verdict) -> list[Cell]:
    """Cells with these verdicts, each with a reason."""
    return [Cell("s", "f", 0, "d", "C", verdict, reason=f"why {verdict}") for verdict in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "state", "short"),
    [
        (["pass", "pass"], "pass", "2/2"),
        (["pass", "fail"], "mixed", "1/2"),
        (["fail"], "fail", "0/1"),
        (["inexpressible", "inexpressible", "not-applicable"], "inexpressible", "2"),
        (["pass", "not-applicable"], "pass", "1/1"),
        (["pass", "fail", "crash"], "crash", "1"),
        (["flaky", "fail"], "flaky", "1"),
        (["not-run", "not-applicable"], "not-run", "1"),
        (["not-applicable"], "not-applicable", "n/a"),
        ([], "not-applicable", "n/a"),
    ],
)
def test_a_group_of_cells_has_one_state(verdicts: list[Verdict], state: str, short: str) -> None:
    """The worst that was judged names the group."""
    found = tally(cells(*verdicts))
    assert (state, short) == (found.state, found.short)


def test_what_was_left_out_has_its_reason() -> None:
    """Every cell that neither passed nor failed is counted with its reason, the commonest first."""
    found = tally([*cells("pass", "fail", "not-applicable", "inexpressible"), *cells("not-applicable")])
    expected = (
        Left("inexpressible", "why inexpressible", 1),
        Left("not-applicable", "why not-applicable", 2),
    )
    assert expected == found.left


def test_words_name_every_count() -> None:
    """A reader who does not see the glyph gets all numbers."""
    found = tally(cells("pass", "fail", "inexpressible", "crash"))
    assert "kept on 1 of 2 bodies; cannot express: 1; crashed: 1" == found.words


def test_nothing_is_counted_twice_or_lost(book: Book) -> None:
    """All cells of all designs are in the sum over verdicts."""
    assert len(sample.DESIGNS) * len(sample.CLAUSES) * len(sample.BODIES) == left_out(book).total
    assert left_out(book).total == sum(row.total for _, _, row in totals(book))


def test_a_phase_that_is_lacking_is_a_band(book: Book) -> None:
    """`gamma` has no stored phase: its column is a band there and nowhere else."""
    bands = {
        (row.clause.id, cell.column.subject)
        for block in matrix(book)
        for row in block.rows
        for cell in row.cells
        if cell.band
    }
    assert {("STORE-IDENTITY", "gamma")} == bands


def test_matrix_has_every_clause_once(book: Book) -> None:
    """Phases come in their order, and each clause stands in its own."""
    found = [(block.phase, [row.clause.id for row in block.rows]) for block in matrix(book)]
    assert [
        ("live", ["REASONING-SEEN", "TEXT-EXACT"]),
        ("final", ["CALL-ARGUMENTS"]),
        ("stored", ["STORE-IDENTITY"]),
    ] == found


def test_splits_name_camps_by_verdict(book: Book) -> None:
    """`beta` loses what `gamma` cannot express and `alpha` keeps: three camps on every body."""
    (found,) = splits(book, "REASONING-SEEN")
    assert [("pass", ("alpha",)), ("fail", ("beta",)), ("inexpressible", ("gamma",))] == sorted(
        ((group.state, group.subjects) for group in found.groups), key=lambda one: one[1]
    )
    assert (3, True) == (len(found.bodies), parts(found))


def test_a_lone_dissenter_is_named(book: Book) -> None:
    """On TEXT-EXACT all pass, and `alpha` alone shows something else."""
    (found,) = splits(book, "TEXT-EXACT")
    assert ("alpha", False) == (found.lone, parts(found))


def test_contested_is_what_some_keep_and_some_do_not(book: Book) -> None:
    """A difference in form alone parts nobody."""
    found = {one.clause: (one.parted, one.forms, one.same, one.compared) for one in contests(book)}
    expected = {
        "REASONING-SEEN": (3, 0, 0, 3),
        "TEXT-EXACT": (0, 3, 0, 3),
        "STORE-IDENTITY": (0, 0, 3, 3),
        "CALL-ARGUMENTS": (0, 0, 3, 3),
    }
    assert expected == found


def test_most_contested_comes_first(book: Book) -> None:
    """Camps at a glance begin with the worst disagreement."""
    assert "REASONING-SEEN" == contests(book)[0].clause


def test_answer_adds_up(book: Book) -> None:
    """The kinds of outcome sum to the cases that can be compared."""
    found = answer(book)
    assert (12, 6, 3, 3) == (found.compared, found.same, found.forms, found.parted)
    assert ("REASONING-SEEN",) == tuple(one.clause for one in found.contested)


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "Largely, yes."), (0.95, "Largely, yes."), (0.949, "In part."), (0.75, "In part."), (0.74, "Not so far.")],
)
def test_answer_follows_its_rule(share: float, words: str) -> None:
    """The words change at the shares that the methodology names."""
    assert words == verdict_of(share)


def test_nothing_comparable_is_said() -> None:
    """Without a comparable case there is no answer."""
    assert "Nothing can be compared yet." == verdict_of(None)


def test_all_lost_is_worded_differently_from_all_kept(book: Book) -> None:
    """The same count gives different sentences for different findings."""
    empty = dict.fromkeys(wordings(book), 0)
    kept = in_words({**empty, "all keep it": 2})
    lost = in_words({**empty, "all lose it": 2})
    nobody = in_words({**empty, "nobody can express it": 1})
    assert "All designs that were judged keep it on 2 bodies." == kept
    assert "All designs that were judged lose it on 2 bodies." == lost
    assert "No design can express it on 1 body." == nobody


def test_pairs_leave_out_what_is_not_comparable(book: Book) -> None:
    """`gamma` crashed on one clause and lacks a phase: three clauses' worth of cells less."""
    found = {(pair.one.subject, pair.other.subject): pair.agreement.cells for pair in pairs(book)}
    assert {("alpha", "beta"): 12, ("alpha", "gamma"): 6, ("beta", "gamma"): 6} == found


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "none comparable"),
        (0.0, "0 %"),
        (0.001, "under 1 %"),
        (0.999, "over 99 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
    ],
)
def test_a_share_never_claims_all_or_nothing_wrongly(share: float | None, words: str) -> None:
    """0 and 100 per cent mean exactly that."""
    assert words == percent(share)


def test_counts_have_their_noun() -> None:
    """One body, two bodies."""
    assert ("1 body", "1,204 bodies") == (plural(1, "body", "bodies"), plural(1204, "body", "bodies"))


def test_ticks_are_round_numbers() -> None:
    """A logarithmic axis has 1, 2 and 5 times powers of ten."""
    assert [0.5, 1, 2, 5, 10] == ticks(0.4, 12)


def test_forest_is_in_the_order_of_names() -> None:
    """No chart is a ranking, and an interval holds its estimate."""
    chart = forest([Estimate("x", "b", 2, 1.5, 3), Estimate("x", "a", 4, 3.5, 5)])
    assert chart is not None
    assert ["a", "b"] == [row.name for row in chart.rows]
    assert [True, True] == [row.low < row.x < row.high for row in chart.rows]


def test_overlapping_intervals_are_undecided() -> None:
    """Only estimates of one family are held against each other."""
    found = undecided([Estimate("x", "a", 2, 1, 3), Estimate("x", "b", 3, 2, 4), Estimate("y", "c", 3, 2, 4)])
    assert [("a", "b")] == found


def test_growth_needs_points() -> None:
    """Nothing is drawn of nothing; lines of one chart share the axes."""
    assert growth([]) is None
    chart = growth([("a", [10, 100], [1.0, 1.0]), ("b", [10, 100], [1.0, 2.0])])
    assert chart is not None
    assert ["b", "a"] == [curve.name for curve in chart.curves]
