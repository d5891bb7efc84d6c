"""The answer on the first page: computed from the results, in plain words, with its numbers.

Rules:
1. Every sentence is chosen by a rule that stands here and on the methodology page; no sentence is written for one run.
2. A number stands with what it was counted out of.
3. The words speak of designs. What a release does today is another question, and the page says so.
"""

from __future__ import annotations

from msgspec import Struct

from workbench.pages.book import Book, ClauseView
from workbench.pages.partition import Pair, Split, pairs, splits

LARGELY = 0.95
PARTLY = 0.75
"""Shares of comparable cases from which on the answer says "largely" and "in part"; below, it says "not so far"."""

AT_A_GLANCE = 8


class Contest(Struct, frozen=True):
    """A clause that designs part on.

    Attributes:
        differ: bodies on which they do.
        compared: bodies with at least two judged designs.
        split: the commonest way in which they part.
    """

    clause: ClauseView
    differ: int
    compared: int
    split: Split


class Answer(Struct, frozen=True):
    """What the first page says.

    Attributes:
        verdict: the answer in two or three words.
        compared: cases (a clause on a body) with at least two judged designs.
        same: of these, those in which all judged designs showed the same.
        kept: of the same, those in which all kept it; `lost` and `unsaid` are the others.
        contested: clauses on which designs part on at least one body.
        united: clauses with comparable bodies on which they never part.
        closest: the pair with the largest share of agreement, and `furthest` with the smallest; None without pairs.
    """

    verdict: str
    compared: int
    same: int
    kept: int
    lost: int
    unsaid: int
    contested: tuple[Contest, ...]
    united: tuple[ClauseView, ...]
    closest: Pair | None
    furthest: Pair | None

    @property
    def share(self) -> float | None:
        """`same / compared`; None when nothing was comparable."""
        return self.same / self.compared if self.compared else None


def answer(book: Book) -> Answer:
    """Computes the answer."""
    contested: list[Contest] = []
    united: list[ClauseView] = []
    compared = differ = 0
    for clause, parted, count in book.agreements.disputed():
        compared += count
        differ += parted
        view = book.clauses.get(clause)
        if view is None:
            continue
        if not parted:
            united.append(view)
            continue
        telling = next(split for split in splits(book, clause) if split.differs)
        contested.append(Contest(view, parted, count, telling))
    same = compared - differ
    rated = sorted((pair for pair in pairs(book) if pair.agreement.cells), key=lambda pair: -(pair.agreement.share or 0))
    kept, lost, unsaid = _same_by_verdict(book)
    return Answer(
        _verdict(same / compared if compared else None),
        compared,
        same,
        kept,
        lost,
        unsaid,
        tuple(contested),
        tuple(united),
        rated[0] if rated else None,
        rated[-1] if len(rated) > 1 else None,
    )


def _same_by_verdict(book: Book) -> tuple[int, int, int]:
    """Counts the cases with a single camp of at least two: all kept it, all lost it, or could not say it."""
    kept = lost = unsaid = 0
    for clause in book.clauses:
        for split in splits(book, clause):
            if split.differs:
                continue
            match split.groups[0].state:
                case "pass":
                    kept += len(split.bodies)
                case "inexpressible":
                    unsaid += len(split.bodies)
                case _:
                    lost += len(split.bodies)
    return kept, lost, unsaid


def _verdict(share: float | None) -> str:
    if share is None:
        return "Nothing can be compared yet."
    if share >= LARGELY:
        return "Largely, yes."
    return "In part." if share >= PARTLY else "Not so far."
