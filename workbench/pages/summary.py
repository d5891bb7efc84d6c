"""The answers on the first page: computed from the results, in plain words, with their numbers.

Rules:
1. Every sentence is chosen by a rule that stands here and on the methodology page; no sentence is written for one run.
2. A number stands with what it was counted out of.
3. The first answer speaks of designs. What releases do is another question with an answer of its own, of its own run;
   no number of one is added to a number of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from workbench.agreement import Agreement
from workbench.pages.beside import LibraryBeside
from workbench.pages.book import Book
from workbench.pages.partition import Contest, Pair, contests, pairs
from workbench.pages.shipped import LibraryView, ReleaseView
from workbench.pages.tally import Tally

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


class Held(Struct, frozen=True):
    """The newest release of a library held against the design that reads it, over all ways of using it."""

    library: LibraryView
    release: ReleaseView
    design: str
    ways: int
    agreement: Agreement


class AsShipped(Struct, frozen=True):
    """What the first page says of releases.

    Attributes:
        releases: that were run; `missing`, that could not be.
        ways: subjects, that is releases in one way of using them.
        bodies: on which at least one was judged.
        tally: cells of all of them.
        held: each library's newest release beside its designs, in the order of names.
        date: of their run.
    """

    libraries: int
    releases: int
    missing: int
    ways: int
    bodies: int
    tally: Tally
    held: tuple[Held, ...]
    date: str
    notes: tuple[str, ...]


def as_shipped(book: Book, besides: Mapping[str, Sequence[LibraryBeside]]) -> AsShipped | None:
    """Counts what releases showed; None where no results as shipped are at hand.

    Args:
        book: with results as shipped.
        besides: by design, see `beside`.
    """
    shipped = book.shipped
    if not shipped.here:
        return None
    every = [release for library in shipped.libraries.values() for release in library.releases]
    ran = [release for release in every if release.missing is None]
    ways = [way.subject for release in ran for way in release.ways]
    return AsShipped(
        len({release.library for release in ran}),
        len(ran),
        len(every) - len(ran),
        len(ways),
        len({body for subject in ways for body in shipped.subjects[subject].bodies}),
        shipped.whole(ways),
        tuple(sorted(_held(book, besides), key=lambda one: (one.library.name, one.design))),
        shipped.date,
        tuple(shipped.notes()),
    )


def _held(book: Book, besides: Mapping[str, Sequence[LibraryBeside]]) -> list[Held]:
    found = []
    for design, libraries in besides.items():
        for one in libraries:
            newest = one.releases[0]
            if newest.release.address != book.shipped.libraries[one.library.name].newest.address:
                continue  # a later release is read as another design
            sums = [distance.agreement for _, distance in newest.distances]
            agreement = Agreement(sum(part.same for part in sums), sum(part.cells for part in sums))
            found.append(Held(one.library, newest.release, design, len(sums), agreement))
    return found
