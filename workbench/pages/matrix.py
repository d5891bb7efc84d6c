"""The matrix: clauses in rows, designs in columns, a count in each cell, and what was left out.

Rules:
1. A phase that a design lacks is one band down its column, with the reason in words, and no cell in it.
2. Each cell leads to its evidence.
"""

from __future__ import annotations

from msgspec import Struct

from workbench.pages.book import Book, ClauseView, Column
from workbench.pages.tally import GLYPHS, MEANINGS, WORDS, State, Tally, tally

PHASE_WORDS = {
    "live": "while it streams",
    "final": "the assembled message",
    "stored": "after storing and restoring",
    "resumed": "the next request",
    "legacy": "what code for the older API sees",
}


class MatrixCell(Struct, frozen=True):
    """One design on one clause.

    Attributes:
        band: the design lacks the phase.
    """

    column: Column
    tally: Tally
    band: bool


class Row(Struct, frozen=True):
    """One clause in all designs."""

    clause: ClauseView
    cells: tuple[MatrixCell, ...]


class Block(Struct, frozen=True):
    """One phase: a heading and its rows."""

    phase: str
    words: str
    rows: tuple[Row, ...]


class LegendEntry(Struct, frozen=True):
    """One glyph and what it means."""

    state: State
    glyph: str
    word: str
    meaning: str


def matrix(book: Book) -> list[Block]:
    """Makes the whole matrix."""
    return [
        Block(phase, PHASE_WORDS[phase], tuple(Row(clause, row(book, clause)) for clause in clauses))
        for phase, clauses in book.by_phase()
    ]


def row(book: Book, clause: ClauseView) -> tuple[MatrixCell, ...]:
    """Makes the cells of one clause."""
    return tuple(
        MatrixCell(column, book.tally(column.subject, clause.id), not has_phase(book, column, clause.phase))
        for column in book.columns
    )


def has_phase(book: Book, column: Column, phase: str) -> bool:
    """Says whether a design has a phase; a design without a text in the catalogue is taken to have it."""
    design = book.designs.get(column.design)
    return design is None or phase in design.get("phases", {})


def left_out(book: Book) -> Tally:
    """Counts all cells of all columns, with the reasons for those that were left out."""
    return tally(book.all_cells())


def legend() -> list[LegendEntry]:
    """All glyphs with their meanings."""
    return [LegendEntry(state, GLYPHS[state], WORDS[state], MEANINGS[state]) for state in GLYPHS]


def totals(book: Book) -> list[tuple[Column, dict[str, Tally], Tally]]:
    """Counts per design: by level, and over all; counts stand side by side and are never added up to one."""
    rows: list[tuple[Column, dict[str, Tally], Tally]] = []
    for column in book.columns:
        by_level: dict[str, Tally] = {}
        for level in dict.fromkeys(clause.level for clause in book.clauses.values()):
            wanted = [clause.id for clause in book.clauses.values() if clause.level == level]
            by_level[level] = tally(cell for clause in wanted for cell in book.cells(column.subject, clause))
        rows.append((column, by_level, tally(cell for one in book.clauses for cell in book.cells(column.subject, one))))
    return rows
