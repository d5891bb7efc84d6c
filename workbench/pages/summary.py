"""The answer on the first page: computed from the results, in plain words, with its numbers.

Rules:
1. Every sentence is chosen by a rule that stands here and on the methodology page; no sentence is written for one run.
2. A number stands with what it was counted out of.
3. The words speak of designs. What a release does today is another question, and the page says so.
"""

from __future__ import annotations

from msgspec import Struct

from workbench.pages.book import Book
from workbench.pages.partition import Contest, Pair, contests, pairs

LARGELY = 0.95
PARTLY = 0.75
"""Shares of comparable cases from which on the answer says "largely" and "in part"; below, it says "not so far"."""

AT_A_GLANCE = 8


class Answer(Struct, frozen=True):
    """What the first page says. A case is a clause on a body on which at least two designs were judged.

    Attributes:
        verdict: the answer in two or three words.
        kept: cases in which all show the same and keep it; the others as in `Contest`.
        contested: clauses, those first on which the largest share of cases parts the designs.
        closest: the pair with the largest share of agreement, and `furthest` with the smallest; None without pairs.
    """

    verdict: str
    kept: int
    lost: int
    unsaid: int
    forms: int
    ways: int
    parted: int
    contested: tuple[Contest, ...]
    closest: Pair | None
    furthest: Pair | None

    @property
    def same(self) -> int:
        """Cases in which all designs that were judged show the same."""
        return self.kept + self.lost + self.unsaid

    @property
    def compared(self) -> int:
        """All cases."""
        return self.same + self.forms + self.ways + self.parted

    @property
    def share(self) -> float | None:
        """`same / compared`; None when nothing was comparable."""
        return self.same / self.compared if self.compared else None


def answer(book: Book) -> Answer:
    """Computes the answer."""
    found = contests(book)
    sums = {
        name: sum(getattr(one, name) for one in found) for name in ("kept", "lost", "unsaid", "forms", "ways", "parted")
    }
    compared = sum(one.compared for one in found)
    same = sums["kept"] + sums["lost"] + sums["unsaid"]
    rated = sorted(
        (pair for pair in pairs(book) if pair.agreement.cells), key=lambda pair: -(pair.agreement.share or 0)
    )
    return Answer(
        verdict_of(same / compared if compared else None),
        **sums,
        contested=tuple(one for one in found if one.parted),
        closest=rated[0] if rated else None,
        furthest=rated[-1] if len(rated) > 1 else None,
    )


def verdict_of(share: float | None) -> str:
    """Chooses the words for a share of cases in which all show the same."""
    if share is None:
        return "Nothing can be compared yet."
    if share >= LARGELY:
        return "Largely, yes."
    return "In part." if share >= PARTLY else "Not so far."
