"""Pages about releases, as shipped: one per library, and one that lists them.

Rules:
1. Everything on them is counted from the results as shipped alone; the foot says of which run.
2. Every cell of a matrix leads to its evidence on the same page: what was sent, what was seen, on which bodies.
3. A release that could not be run keeps its place, with its reason. Without results the index says how to make them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from workbench.pages.book import Book, ClauseView
from workbench.pages.changes import steps
from workbench.pages.matrix import PHASE_WORDS, legend
from workbench.pages.outcomes import Outcome, oddities, outcomes
from workbench.pages.render import Page
from workbench.pages.shipped import LibraryView, ReleaseView, Way
from workbench.pages.tally import Tally
from workbench.transcript import PHASES

TRAIL = (("Releases", "releases/index"),)


class ShippedCell(Struct, frozen=True):
    """One subject on one clause.

    Attributes:
        anchor: of its evidence; None where the subject was not judged by the clause.
        band: the design that reads it lacks the phase.
    """

    way: Way
    tally: Tally
    anchor: str | None
    band: bool


class ShippedRow(Struct, frozen=True):
    """One clause in all ways of using a release."""

    clause: ClauseView
    cells: tuple[ShippedCell, ...]


class ShippedMatrix(Struct, frozen=True):
    """One release: its ways in columns, and per phase the rows."""

    release: ReleaseView
    blocks: tuple[tuple[str, str, tuple[ShippedRow, ...]], ...]


class Proof(Struct, frozen=True):
    """One clause on a library's page, with the evidence of every subject."""

    clause: ClauseView
    outcomes: tuple[Outcome, ...]


def pages(book: Book) -> Iterator[Page]:
    """Yields the list of libraries, then one page per library."""
    shipped = book.shipped
    rows = [(one, shipped.whole(way.subject for way in one.newest.ways)) for one in shipped.libraries.values()]
    values = {"here": shipped.here, "rows": rows, "fidelities": book.fidelities, "notes": shipped.notes()}
    yield Page("releases/index", "Releases", "releases.html", values, shipped=True)
    for library in shipped.libraries.values():
        title = f"Releases of {library.name}"
        yield Page(library.page, title, "library.html", _library(book, library), leaf=True, trail=TRAIL, shipped=True)


def _library(book: Book, library: LibraryView) -> dict[str, Any]:
    shipped = book.shipped
    ways = [way for release in reversed(library.releases) for way in release.ways]
    proofs = [
        Proof(clause, tuple(outcomes(shipped, ways, clause.id))) for _, clauses in by_phase(book) for clause in clauses
    ]
    anchors = {
        (way.subject, proof.clause.id): outcome.anchor
        for proof in proofs
        for outcome in proof.outcomes
        for way in outcome.ways
    }
    counts = [
        (release, [(way, shipped.whole([way.subject])) for way in release.ways])
        for release in reversed(library.releases)
    ]
    return {
        "library": library,
        "notes": shipped.notes(way.subject for way in ways),
        "counts": counts,
        "left": shipped.whole(way.subject for way in ways),
        "matrices": [_matrix(book, release, anchors) for release in reversed(library.releases)],
        "legend": legend(),
        "steps": steps(shipped, library),
        "proofs": proofs,
        "odd": [(way, found) for way in ways if (found := oddities(shipped.subjects[way.subject]))],
        "designs": book.designs,
        "clauses": book.clauses,
        "knows": book.knows,
    }


def by_phase(book: Book) -> list[tuple[str, list[ClauseView]]]:
    """Groups the clauses that judged releases by phase; those that the profile has no longer come last."""
    judged = book.shipped.clauses
    groups = [(phase, [one for one in clauses if one.id in judged]) for phase, clauses in book.by_phase()]
    known = {one.id for _, clauses in groups for one in clauses}
    gone = [ClauseView(one, "", "", "", "", "", (), ()) for one in judged if one not in known]
    return [(phase, clauses) for phase, clauses in [*groups, ("", gone)] if clauses]


def _matrix(book: Book, release: ReleaseView, anchors: dict[tuple[str, str], str]) -> ShippedMatrix:
    blocks = [
        (
            phase,
            PHASE_WORDS.get(phase, "clauses that the profile no longer has"),
            tuple(ShippedRow(one, tuple(_cell(book, way, one, anchors) for way in release.ways)) for one in clauses),
        )
        for phase, clauses in by_phase(book)
    ]
    return ShippedMatrix(release, tuple(blocks))


def _cell(book: Book, way: Way, clause: ClauseView, anchors: dict[tuple[str, str], str]) -> ShippedCell:
    design = book.designs.get(way.design)
    band = design is not None and clause.phase in PHASES and clause.phase not in design.get("phases", {})
    return ShippedCell(way, book.shipped.tally(way.subject, clause.id), anchors.get((way.subject, clause.id)), band)
