"""Clause pages: the statement, how the designs part on it, every cell with its evidence; and the page that lists them.

Rules:
1. Every cell that was not a plain pass is shown with evidence or with its reason. Equal reasons are shown once, with
   all bodies that share them.
2. A clause has one page at one address. One that is gone keeps its page for as long as results name it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from workbench.pages.book import Book, ClauseView, Column
from workbench.pages.matrix import PHASE_WORDS, has_phase, row
from workbench.pages.partition import in_words, splits, wordings
from workbench.pages.render import Page
from workbench.pages.shipped import LibraryView
from workbench.pages.tally import Tally
from workbench.trace import Address
from workbench.transcript import Json
from workbench.verdict import Cell, Verdict

TRAIL = (("Clauses", "clauses/index"),)


class Loss(Struct, frozen=True):
    """Failing cells with the same evidence, or with none.

    Attributes:
        cell: one of them, for the evidence.
        bodies: all bodies with that evidence.
    """

    cell: Cell
    bodies: tuple[Address, ...]


class Reason(Struct, frozen=True):
    """Cells that were left out for the same reason."""

    verdict: Verdict
    reason: str
    bodies: tuple[Address, ...]
    shown: Json


class Standing(Struct, frozen=True):
    """One design on one clause.

    Attributes:
        band: the design lacks the phase.
        kept: bodies on which it passed.
    """

    column: Column
    tally: Tally
    band: bool
    losses: tuple[Loss, ...]
    kept: tuple[Address, ...]
    reasons: tuple[Reason, ...]


def pages(book: Book) -> Iterator[Page]:
    """Yields the list of clauses, then one page per clause."""
    rows = [
        (phase, PHASE_WORDS[phase], [(one, row(book, one), in_words(wordings(book, one.id))) for one in clauses])
        for phase, clauses in book.by_phase()
    ]
    yield Page("clauses/index", "Clauses", "clauses.html", {"blocks": rows, "columns": book.columns})
    rejections = (book.results.miniatures or {}).get("rejections", {})
    miniatures = book.catalogue.get("miniatures", {})
    for clause in book.clauses.values():
        teeth = [(name, miniatures.get(name, {})) for name, found in rejections.items() if clause.id in found]
        values = {
            "clause": clause,
            "phase_words": PHASE_WORDS.get(clause.phase, ""),
            "concepts": [(one, book.concepts.get(one, {}).get("meaning", "")) for one in clause.needs],
            "sentence": in_words(wordings(book, clause.id)),
            "splits": splits(book, clause.id),
            "columns": {column.subject: column for column in book.columns},
            "standings": [standing(book, clause, column) for column in book.columns],
            "teeth": teeth,
            "libraries": _as_shipped(book, clause.id),
        }
        yield Page(clause.page, f"Clause {clause.id}", "clause.html", values, leaf=True, trail=TRAIL)


def _as_shipped(book: Book, clause: str) -> list[tuple[LibraryView, Tally]]:
    """Lists the libraries with what their newest release does on a clause; none where it judged no release."""
    if clause not in book.shipped.clauses:
        return []
    return [(one, book.shipped.whole_of(one, clause)) for one in book.shipped.libraries.values()]


def standing(book: Book, clause: ClauseView, column: Column) -> Standing:
    """Sorts the cells of one design on one clause."""
    cells = book.cells(column.subject, clause.id)
    losses: dict[str, list[Cell]] = defaultdict(list)
    reasons: dict[tuple[Verdict, str], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.verdict == "fail":
            losses[repr(cell.evidence)].append(cell)
        elif cell.verdict != "pass":
            reasons[cell.verdict, cell.reason or "no reason was recorded"].append(cell)
    return Standing(
        column,
        book.tally(column.subject, clause.id),
        not has_phase(book, column, clause.phase),
        tuple(Loss(group[0], addresses(group)) for group in losses.values()),
        addresses([cell for cell in cells if cell.verdict == "pass"]),
        tuple(
            Reason(verdict, reason, addresses(group), group[0].shown) for (verdict, reason), group in reasons.items()
        ),
    )


def addresses(cells: Sequence[Cell]) -> tuple[Address, ...]:
    """Lists the bodies of cells, in order."""
    return tuple(sorted(Address(cell.fixture, cell.turn, cell.dialect) for cell in cells))
