"""Results as shipped on pages: what is counted, what changed, what stands beside what, and what is said of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.pages import sample
from tests.pages.payloads import PAYLOADS
from tests.pages.shipped_sample import DESIGN_OF, shipped
from tests.pages.test_write import written
from workbench.agreement import COMPARABLE, Agreement
from workbench.errors import ResultError
from workbench.pages.beside import AS_DESIGNED, AS_SHIPPED, beside, sentence
from workbench.pages.book import Book
from workbench.pages.changes import kind_of, steps
from workbench.pages.matrix import left_out
from workbench.pages.outcomes import oddities, outcomes
from workbench.pages.releases import pages
from workbench.pages.summary import answer, as_shipped
from workbench.pages.write import _pages
from workbench.results import ResultSet, pack
from workbench.verdict import Cell, Verdict

CELLS = len(sample.CLAUSES)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A book over both samples."""
    return Book(sample.results(), tmp_path, shipped())


# ------------------------------------------------------------------------------------------------------ what is there


def test_libraries_have_their_releases_in_the_order_of_the_catalogue(book: Book) -> None:
    """What the catalogue does not know is there all the same, under the name in its address."""
    found = {name: [one.version for one in library.releases] for name, library in book.shipped.libraries.items()}
    assert {"lib": ["1.0", "1.1", "1.2", "2.0"], "other": ["0.1"]} == found


def test_ways_are_in_the_order_of_the_driver(book: Book) -> None:
    """Those that the catalogue does not know come last; each has its words."""
    first, *_, last = book.shipped.libraries["lib"].releases
    assert [("sync", "call(Quillfeather)"), ("cli", "lib prompt")] == [(way.variant, way.title) for way in first.ways]
    assert ("mode piped Quillfeather", "store Quillfeather") == first.ways[1].facts
    assert ["sync", "async"] == [way.variant for way in last.ways]


def test_a_release_that_could_not_be_run_keeps_its_reason(book: Book) -> None:
    """It is none of those that ran, and the newest is one that ran."""
    library = book.shipped.libraries["lib"]
    assert [None, None, "not-run since Quillfeather", None] == [one.missing for one in library.releases]
    assert (["1.0", "1.1", "2.0"], "2.0") == ([one.version for one in library.ran], library.newest.version)


def test_shipped_cells_are_in_no_number_as_designed(tmp_path: Path, book: Book) -> None:
    """With and without results as shipped, everything that is counted as designed is the same."""
    alone = Book(sample.results(), tmp_path)
    assert (left_out(alone), answer(alone), alone.columns) == (left_out(book), answer(book), book.columns)


def test_every_shipped_cell_is_counted_once(book: Book) -> None:
    """Each subject has its clauses on its bodies: three on `lib@1.0`, two elsewhere."""
    sizes = {subject: CELLS * (3 if subject.startswith("lib@1.0") else 2) for subject in DESIGN_OF}
    assert sizes == {subject: book.shipped.whole([subject]).total for subject in DESIGN_OF}
    assert sum(sizes.values()) == book.shipped.whole(DESIGN_OF).total


def test_a_tally_has_the_reasons_of_what_was_left_out(book: Book) -> None:
    """A crash is counted with what was captured of it."""
    found = book.shipped.tally("lib@2.0/sync", "CALL-ARGUMENTS")
    assert ("crash", [("crash", "crash since Quillfeather", 2)]) == (
        found.state,
        [(one.verdict, one.reason, one.count) for one in found.left],
    )


# --------------------------------------------------------------------------------------------------------- evidence


def test_every_cell_leads_to_an_outcome_that_holds_it(book: Book) -> None:
    """Each subject is in exactly one outcome of each clause, and all its cells are in that."""
    ways = [way for release in book.shipped.libraries["lib"].releases for way in release.ways]
    for clause in sample.CLAUSES:
        found = outcomes(book.shipped, ways, clause)
        assert sorted(way.subject for way in ways) == sorted(way.subject for one in found for way in one.ways)
        for one in found:
            told = sum(len(part.bodies) for part in (*one.lost, *one.odd, *one.aside)) + one.kept
            assert [one.tally.total] * len(one.ways) == [told for _ in one.ways]


def test_subjects_with_the_same_outcome_stand_together(book: Book) -> None:
    """Both ways of 2.0 keep it, as 1.1 does by the command line; 1.0 did so on a body more."""
    ways = [way for release in book.shipped.libraries["lib"].releases for way in release.ways]
    found = [[way.subject for way in one.ways] for one in outcomes(book.shipped, ways, "TEXT-EXACT")]
    together = ["lib@1.1/sync", "lib@1.1/cli", "lib@2.0/sync", "lib@2.0/async"]
    assert [["lib@1.0/sync"], ["lib@1.0/cli"], together, ["lib@1.2"]] == found


def test_what_was_captured_parts_no_outcomes(tmp_path: Path) -> None:
    """Two ways that gave no result on the same bodies stand together, whatever each left behind."""
    results = shipped()
    for way in ("sync", "async"):
        crash(results, f"lib@2.0/{way}", f"died as {way}")
    book = Book(sample.results(), tmp_path, results)
    (found,) = outcomes(book.shipped, book.shipped.libraries["lib"].newest.ways, "TEXT-EXACT")
    assert ["sync", "async"] == [way.variant for way in found.ways]


def test_a_clause_that_did_not_judge_a_subject_has_no_outcome_of_it(tmp_path: Path) -> None:
    """Its cell in the matrix says so, and leads nowhere."""
    results = shipped()
    crash(results, "lib@2.0/sync", "died", clauses=sample.CLAUSES[1:])
    book = Book(sample.results(), tmp_path, results)
    found = outcomes(book.shipped, book.shipped.libraries["lib"].newest.ways, sample.CLAUSES[0])
    assert [["async"]] == [[way.variant for way in one.ways] for one in found]
    text = (written(tmp_path, releases=results) / "releases" / "lib.md").read_text("utf-8")
    assert 1 == text.count("not judged by this clause")


def test_a_phase_that_the_design_lacks_is_a_band(tmp_path: Path) -> None:
    """`gamma` has no stored phase, so a release that is read as it has none there either, and no count."""
    results = shipped()
    results.subjects["lib@2.0/sync"] = replace(results.subjects["lib@2.0/sync"], design="gamma")
    page = next(one for one in pages(Book(sample.results(), tmp_path, results)) if one.path == "releases/lib")
    rows = [row for _, _, rows in page.values["matrices"][0].blocks for row in rows]
    bands = {(row.clause.id, cell.way.variant) for row in rows for cell in row.cells if cell.band}
    assert {("STORE-IDENTITY", "sync")} == bands


def crash(results: ResultSet, subject: str, reason: str, clauses: Sequence[str] = sample.CLAUSES) -> None:
    """Makes a subject crash on every body; `reason` is followed by the body's dialect."""
    cells = [
        Cell(subject, at.fixture, at.turn, at.dialect, clause, "crash", reason=f"{reason} on {at.dialect}")
        for at in sample.BODIES[:2]
        for clause in clauses
    ]
    packed, _ = pack(cells, subject="s", design="d", way="as shipped", release=None, corpus="c", profile="p")
    fields: dict[str, Any] = {name: getattr(packed, name) for name in ("clauses", "reasons", "values", "bodies")}
    results.subjects[subject] = replace(results.subjects[subject], **fields)


def test_each_cell_of_the_matrix_links_to_its_evidence(tmp_path: Path) -> None:
    """Every link inside the page has its aim, and the aim says what was sent and what was seen."""
    text = (written(tmp_path) / "releases" / "lib.md").read_text("utf-8")
    links = set(re.findall(r'href="#(e-[^"]+)"', text))
    assert links == set(re.findall(r'id="(e-[^"]+)"', text))
    (place,) = set(re.findall(r'href="#(e-[^"]+)" title="lib@1\.1/sync, REASONING-SEEN', text))
    evidence = text.partition(f'id="{place}"')[2].partition("</article>")[0]
    expected = ("part 1 Quillfeather", "sent Quillfeather", "seen Quillfeather", "plain", "lib@1.1/sync")
    assert [] == [words for words in expected if words not in evidence]


def test_a_body_that_is_gone_is_named_and_not_linked(tmp_path: Path) -> None:
    """Results may be of a corpus that had it."""
    text = (written(tmp_path) / "releases" / "lib.md").read_text("utf-8")
    assert ("vanished/1 openai-chat" in text, "fixtures/vanished" in text) == (True, False)


# ---------------------------------------------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("pass", "fail", "regression"),
        ("pass", "inexpressible", "regression"),
        ("fail", "pass", "repair"),
        ("inexpressible", "pass", "repair"),
        ("fail", "inexpressible", "other"),
        ("inexpressible", "fail", "other"),
        ("pass", "crash", "odd"),
        ("crash", "fail", "odd"),
        ("pass", "flaky", "odd"),
        ("flaky", "pass", "odd"),
        ("crash", "not-applicable", "scope"),
        ("not-applicable", "pass", "scope"),
        ("pass", "not-run", "scope"),
    ],
)
def test_regressions_and_repairs_are_told_apart(before: Verdict, after: Verdict, kind: str) -> None:
    """Kept and then not kept is a regression, the opposite a repair; without a judgement it is neither."""
    assert kind == kind_of(before, after)


def test_steps_go_from_release_to_release_that_was_run(book: Book) -> None:
    """The newest step is first, and it names the release that it stepped over."""
    found = [
        (one.before.version, one.after.version, [skipped.version for skipped in one.skipped])
        for one in steps(book.shipped, book.shipped.libraries["lib"])
    ]
    assert [("1.1", "2.0", ["1.2"]), ("1.0", "1.1", [])] == found


def test_a_step_names_what_changed_with_both_sides(book: Book) -> None:
    """From 1.0 to 1.1 by `sync`: one clause is lost and one is kept again."""
    step = steps(book.shipped, book.shipped.libraries["lib"])[1]
    found = {
        kind: [(one.clause, one.before, one.after, one.count) for one in turned] for kind, turned in step.turned.items()
    }
    expected = {
        "regression": [("REASONING-SEEN", "pass", "fail", 2)],
        "repair": [("TEXT-EXACT", "fail", "pass", 2)],
    }
    assert expected == found
    (change,) = step.turned["regression"][0].changes
    assert (["sync"], sorted(sample.BODIES[:2]), "right") == (change.ways, change.bodies, change.before.shown)
    assert change.after.evidence is not None
    assert "seen Quillfeather" == change.after.evidence.seen


def test_a_step_accounts_for_every_cell_that_both_releases_have(book: Book) -> None:
    """Equal verdicts, changes and what was judged in one alone add up."""
    for step in steps(book.shipped, book.shipped.libraries["lib"]):
        changed = sum(step.count(kind) for kind in ("regression", "repair", "other", "odd"))  # type: ignore[arg-type]
        assert step.cells == step.equal + changed + sum(one.count for one in step.scope)
        assert step.cells == 2 * CELLS * len(step.ways)


def test_crashes_are_told_by_body_and_not_by_clause(book: Book) -> None:
    """What gave no result has its reason on the side on which it gave none; the other side was judged."""
    step = steps(book.shipped, book.shipped.libraries["lib"])[1]
    found = [(one.before, one.after, one.ways, len(one.bodies), one.cells) for one in step.odd]
    expected = [
        (None, ("flaky", "flaky since Quillfeather"), ("cli",), 2, 2),
        (("crash", "crash since Quillfeather"), None, ("sync",), 2, 2),
    ]
    assert sorted(map(repr, expected)) == sorted(map(repr, found))


def test_a_crash_of_a_body_is_captured_once(tmp_path: Path) -> None:
    """It spoils every clause there, and what was captured is on the page once, with the number of clauses."""
    results = shipped()
    crash(results, "lib@2.0/sync", "died")
    found = oddities(results.subjects["lib@2.0/sync"])
    assert [("died on anthropic-messages", CELLS, 1), ("died on openai-chat", CELLS, 1)] == [
        (one.reason, len(one.clauses), len(one.bodies)) for one in found
    ]
    text = (written(tmp_path, releases=results) / "releases" / "lib.md").read_text("utf-8")
    place = text.partition('id="odd-lib-2-0-sync')[2].partition("</details>")[0]
    assert (1, 1) == (
        place.count("died on openai-chat"),
        text.partition('id="evidence"')[2].count("died on openai-chat"),
    )


def test_another_value_under_the_same_verdict_is_counted(book: Book) -> None:
    """`cli` kept the text in 1.0 and in 1.1, and showed another value: a change of form and no regression."""
    assert {"TEXT-EXACT": 2} == steps(book.shipped, book.shipped.libraries["lib"])[1].reshown


def test_ways_and_readers_that_changed_are_named(book: Book) -> None:
    """2.0 is read by another design, and used in other ways."""
    step = steps(book.shipped, book.shipped.libraries["lib"])[0]
    assert (("sync",), ("cli",), ("async",)) == (step.ways, step.gone, step.new)
    assert (("sync", "alpha", "beta"),) == step.readers


def test_the_page_of_a_library_says_what_changed(tmp_path: Path) -> None:
    """Numbers, both kinds of change, the way and the design that reads."""
    text = (written(tmp_path) / "releases" / "lib.md").read_text("utf-8")
    expected = (
        "<strong>2 regressions</strong>, <strong>2 repairs</strong>, 0 other changes of verdict, 4 without",
        "Without a result before or after: 4 cells",
        "2 judged in one of the two alone",
        "Regressions: 2 cells on 1 clause",
        "Repairs: 2 cells on 1 clause",
        "Only 1.1 was used as cli.",
        "sync, alpha before and beta after",
        "Stepped over, since not run: 1.2.",
        "Another value under the same verdict was shown in 2 cells.",
    )
    assert [] == [words for words in expected if words not in text]


def test_the_page_of_a_library_has_the_facts_of_its_releases(tmp_path: Path) -> None:
    """Date, Python, companions, lock, notes; for what could not be run, why."""
    text = (written(tmp_path) / "releases" / "lib.md").read_text("utf-8")
    expected = ("2026-08-04", "&#62;=3.11 Quillfeather", "plug==Quillfeather", "Quillfeather0123…", "note Quillfeather")
    assert [] == [words for words in (*expected, "<strong>Not run:</strong> not-run since") if words not in text]


# ----------------------------------------------------------------------------------------------- beside and distance


def test_a_design_stands_beside_the_releases_that_it_reads(book: Book) -> None:
    """The newest first; another design's releases and those that were not run are not among them."""
    (found,) = beside(book, "alpha")
    assert ["1.1", "1.0"] == [one.release.version for one in found.releases]
    assert [] == beside(book, "gamma")
    assert [] == beside(book, "beyond")


def test_columns_count_the_bodies_that_both_have(book: Book) -> None:
    """`lib@1.0` has a body that the corpus lost, and the corpus one that it had not: two are left."""
    (found,) = beside(book, "alpha")
    oldest = found.releases[1]
    assert 2 == oldest.bodies
    assert {2} == {row.designed.total for block in oldest.blocks for row in block.rows}
    assert {2} == {tally.total for block in oldest.blocks for row in block.rows for _, tally in row.cells}
    assert [(1, 1)] * 2 == [distance.alone for _, distance in oldest.distances]


def test_distance_is_a_share_with_its_count(book: Book) -> None:
    """In 1.1 `sync` shows what the design shows on two of four clauses; in `cli` on none of those comparable."""
    (found,) = beside(book, "alpha")
    assert [("sync", Agreement(4, 8)), ("cli", Agreement(0, 4))] == [
        (way.variant, distance.agreement) for way, distance in found.releases[0].distances
    ]


def test_clauses_on_which_the_ways_part_have_an_example(book: Book) -> None:
    """Each names the ways and bodies, and has one cell of either side."""
    (found,) = beside(book, "alpha")
    rows = [
        (
            row.clause if isinstance(row.clause, str) else row.clause.id,
            [way.variant for way in row.ways],
            len(row.bodies),
        )
        for row in found.releases[0].differing
    ]
    expected = [
        ("REASONING-SEEN", ["sync"], 2),
        ("REASONING-SEEN", ["cli"], 2),
        ("CALL-ARGUMENTS", ["sync"], 2),
    ]
    assert sorted(expected) == sorted(rows)
    row = next(row for row in found.releases[0].differing if row.shipped.verdict == "fail")
    assert ("pass", sample.BODIES[1]) == (row.designed.verdict, row.bodies[0])
    assert "As designed the API can carry it; lib 1.1 as shipped did not on these bodies." == row.sentence


def test_what_gave_no_result_is_told_apart_from_what_was_lost(book: Book) -> None:
    """It is one line per way, with its reason, and in no list of clauses."""
    (found,) = beside(book, "alpha")
    told = [(one.way.variant, one.cells, len(one.bodies), one.reason, one.captured) for one in found.releases[0].odd]
    assert [("cli", 2, 2, "flaky since Quillfeather", True)] == told
    assert [] == [row for row in found.releases[0].differing if row.shipped.verdict in ("crash", "flaky")]


def test_a_port_without_a_result_has_its_own_reason(tmp_path: Path) -> None:
    """`gamma` crashed as designed where a release did not: the reason is that of the port."""
    results = shipped()
    results.subjects["lib@2.0/sync"] = replace(results.subjects["lib@1.0/cli"], subject="lib@2.0/sync", design="gamma")
    book = Book(sample.results(), tmp_path, results)
    (found,) = beside(book, "gamma")
    (odd,) = found.releases[0].odd
    assert ("raised: Quillfeather", False) == (odd.reason, odd.captured)
    assert "As designed the port gave no result; lib 2.0 as shipped gave one on these bodies." == odd.sentence


def test_every_difference_has_words_that_blame_nobody() -> None:
    """All pairs of verdicts have a sentence, and none says fault, wrong, broken or fails."""
    said = [sentence(one, other, "lib 1.1") for one in AS_DESIGNED for other in AS_SHIPPED if one != other]
    assert set(COMPARABLE) == set(AS_DESIGNED) == set(AS_SHIPPED)
    assert [] == [one for one in said if re.search(r"fault|wrong|broken?|fails|bug|error|blame", one)]
    assert all(one.startswith("As designed ") and "lib 1.1 as shipped" in one for one in said)


def test_the_page_of_a_design_shows_both_ways(tmp_path: Path) -> None:
    """Shares stand with their counts, older releases are folded, and the run as shipped is named."""
    text = (written(tmp_path) / "designs" / "alpha.md").read_text("utf-8")
    section = text.partition('id="shipped"')[2].partition("<h2")[0]
    assert re.search(r'wb-num">4</td> <td class="wb-num">8</td> <td class="wb-num">50 %', section)
    assert "<summary>lib 1.0</summary>" in section
    assert "lib 1.1, the newest that was run" in section
    assert "run of 2026-11-24, platform BSD Quillfeather" in section
    nobody = (written(tmp_path) / "designs" / "gamma.md").read_text("utf-8")
    assert "No release that was run is read as this design." in nobody


# -------------------------------------------------------------------------------------------------------------- home


def test_home_has_two_statements_with_numbers_of_their_own(tmp_path: Path, book: Book) -> None:
    """The second is about releases, has its own date, and leads to them."""
    found = as_shipped(book, {design: beside(book, design) for design in book.designs})
    assert found is not None
    assert (2, 4, 1, 7) == (found.libraries, found.releases, found.missing, found.ways)
    assert CELLS * (3 + 3 + 2 + 2 + 2 + 2 + 2) == found.tally.total
    assert [("lib@2.0", "beta", 2)] == [(one.release.address, one.design, one.ways) for one in found.held]
    text = (written(tmp_path) / "index.md").read_text("utf-8")
    first, _, second = text.partition('id="as-shipped"')
    assert ("run of 2026-11-23" in first, "2026-11-24" in first) == (True, False)
    expected = ("4 releases of 2 libraries were used in 7 ways", "run of 2026-11-24", 'href="releases/index.html"')
    assert [] == [words for words in expected if words not in second]


def test_no_results_as_shipped_make_no_statement(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert as_shipped(Book(sample.results(), tmp_path), {}) is None


# ---------------------------------------------------------------------------------------------------------- fidelity


@pytest.mark.parametrize("name", ["index", "designs/alpha", "designs/index", "releases/index"])
def test_fidelity_is_shown_with_what_it_was_counted_out_of(tmp_path: Path, name: str) -> None:
    """It takes the place of words that only said that a test exists."""
    text = (written(tmp_path) / f"{name}.md").read_text("utf-8")
    assert ("5 of 7 bodies equal" in text, ">held against the release" in text) == (True, False)


def test_a_design_shows_each_difference_with_its_reason(tmp_path: Path) -> None:
    """What was left out and why, both sides, and what nobody has explained."""
    text = (written(tmp_path) / "designs" / "alpha.md").read_text("utf-8")
    section = text.partition('id="fidelity"')[2].partition("<h2")[0]
    expected = (
        "give the same on 5 of 7 bodies, in the phases live, final.",
        "1 body was left out.",
        "left out since Quillfeather",
        "2 differences, 1 without an explanation so far.",
        "2 differences in 2 places",
        "live.events[1] Quillfeather",
        "as Quillfeather says",
        "nobody has explained it",
        "Deviations that nothing shows any more: plain Quillfeather, live.",
    )
    assert [] == [words for words in expected if words not in section]


def test_differences_in_one_place_stand_together(tmp_path: Path) -> None:
    """Each keeps its body; what nobody has explained comes first."""
    results = shipped()
    entry = results.catalogue["fidelity"][0]
    entry["differences"] = [{**one, "where": "w", "phase": "final"} for one in entry["differences"] for _ in range(2)]
    found = Book(sample.results(), tmp_path, results).fidelities["alpha"]
    assert [(None, 2), ("as Quillfeather says", 2)] == [(one.reason, len(one.bodies)) for one in found.differences]
    assert (4, 2) == (found.parted, found.unexplained)


def test_fidelity_with_another_release_than_is_ported_is_said(tmp_path: Path) -> None:
    """The sample's adapter ports `libQuillfeather 1.0`, and `lib@1.0` was run."""
    text = (written(tmp_path) / "designs" / "alpha.md").read_text("utf-8")
    assert "The adapter ports libQuillfeather 1.0 by now; this was found with lib 1.0." in text


def test_an_adapter_without_fidelity_says_what_makes_it(tmp_path: Path) -> None:
    """One that ports a release, and one that ports none."""
    out = written(tmp_path)
    assert "None is on file: <code>workbench upstream run</code>" in (out / "designs" / "gamma.md").read_text("utf-8")
    assert "No release is ported, so there is nothing" in (out / "designs" / "beta.md").read_text("utf-8")


@pytest.mark.parametrize("broken", [{"bodies": "many"}, {"differences": [{}]}, {"left_out": 3}])
def test_fidelity_that_cannot_be_read_is_an_error(tmp_path: Path, broken: dict[str, object]) -> None:
    """Nothing is guessed from a broken catalogue, and the message names it."""
    results = shipped()
    results.catalogue["fidelity"][0].update(broken)
    with pytest.raises(ResultError, match="fidelity"):
        Book(sample.results(), tmp_path, results)


# ---------------------------------------------------------------------------------------------- fixtures and clauses


def test_a_fixture_counts_releases_per_body(tmp_path: Path) -> None:
    """Ways with equal counts stand together, and the row leads to the library; a body that no release had says so."""
    out = written(tmp_path)
    text = (out / "fixtures" / "plain.md").read_text("utf-8")
    assert 'href="../releases/lib.html#release-2.0">lib 2.0</a></th> <td>async</td> <td class="wb-num">4</td>' in text
    assert ">other 0.1</a></th> <td>only</td>" in text
    assert "No release was judged on this body." in (out / "fixtures" / "turns.md").read_text("utf-8")


def test_ways_with_equal_counts_are_one_row(tmp_path: Path) -> None:
    """Both ways of a release that did the same on a body share a row."""
    results = shipped()
    for subject in ("lib@2.0/sync", "lib@2.0/async"):
        results.subjects[subject] = results.subjects["lib@2.0/async"]
    text = (written(tmp_path, releases=results) / "fixtures" / "plain.md").read_text("utf-8")
    assert ">lib 2.0</a></th> <td>sync, async</td>" in text


def test_a_clause_leads_to_the_evidence_of_releases(tmp_path: Path) -> None:
    """The newest release of each library, and none in the numbers above."""
    out = written(tmp_path)
    text = (out / "clauses" / "TEXT-EXACT.md").read_text("utf-8")
    assert 'href="../releases/lib.html#clause-TEXT-EXACT">lib 2.0</a>' in text
    assert 'id="clause-TEXT-EXACT"' in (out / "releases" / "lib.md").read_text("utf-8")


# ------------------------------------------------------------------------------------------ other corpus, other texts

SHOWING = ("index", "releases/index", "releases/lib", "designs/alpha", "designs/beta", "fixtures/plain")


@pytest.mark.parametrize(("what", "digest"), [("corpus", "c0ffee00c0ffee00"), ("profile", "facade00facade00")])
@pytest.mark.parametrize("name", SHOWING)
def test_results_of_another_corpus_or_profile_are_said_to_be(tmp_path: Path, name: str, what: str, digest: str) -> None:
    """Each page that shows them says which; while both are the same, none does."""
    other = written(tmp_path / "other", releases=shipped(**{what: "deadbeefdeadbeef"}))
    words = f"results as shipped are of another {what} (deadbeefdeadbeef) than those as designed ({digest})"
    assert words in (other / f"{name}.md").read_text("utf-8")
    assert "of another" not in (written(tmp_path / "same") / f"{name}.md").read_text("utf-8")


def test_a_clause_that_the_profile_lost_is_shown_as_such(tmp_path: Path) -> None:
    """Its cells keep their evidence; there is no page to lead to."""
    book = Book(sample.results(), tmp_path, shipped(extra="OLD-CLAUSE"))
    assert "OLD-CLAUSE" == book.shipped.clauses[-1]
    page = next(page for page in pages(book) if page.path == "releases/lib")
    blocks = page.values["matrices"][0].blocks
    assert ("", "clauses that the profile no longer has") == blocks[-1][:2]
    assert ["OLD-CLAUSE"] == [row.clause.id for row in blocks[-1][2]]


@pytest.mark.parametrize("name", list(PAYLOADS))
def test_pages_of_libraries_have_plain_paths(tmp_path: Path, name: str) -> None:
    """A library's name may be anything; its page stays in its folder, and the links to it fit."""
    book = Book(sample.results(), tmp_path, shipped(extra=PAYLOADS[name] or "x"))
    paths = [page.path for page in _pages(book, None) if page.path.startswith("releases/")]
    assert 4 == len(set(paths))
    assert [] == [path for path in paths if not re.fullmatch(r"releases/[A-Za-z0-9][A-Za-z0-9._-]*", path)]
