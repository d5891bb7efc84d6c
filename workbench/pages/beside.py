"""As designed beside as shipped, on a design's page: two columns of one table, and the distance between them.

Rules:
1. Cells are held against each other body by body, on the bodies that both have; the columns count those bodies alone.
2. The newest release that was run stands open, older ones are folded. The order is that of versions.
3. The words say what was seen and where. Whose doing it is, provider code, driver or port, is not said, since a verdict
   does not know it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from workbench.distance import Distance, Parting, distance
from workbench.pages.book import Book, ClauseView
from workbench.pages.matrix import PHASE_WORDS
from workbench.pages.shipped import LibraryView, ReleaseView, Way, tallies, total
from workbench.pages.tally import Tally
from workbench.results import SubjectResult, parse_body_key
from workbench.trace import Address
from workbench.verdict import Cell, Verdict

AS_DESIGNED: dict[Verdict, str] = {
    "pass": "the API can carry it",
    "fail": "it arrives otherwise than it was sent",
    "inexpressible": "the API has no place for it",
}
AS_SHIPPED: dict[Verdict, str] = {
    "pass": "did",
    "fail": "did not",
    "inexpressible": "showed nothing of it",
}
ODD: frozenset[Verdict] = frozenset(("crash", "flaky"))
ANY_RESULT: dict[Verdict, str] = {
    "pass": "there is a result",
    "crash": "the port gave no result",
    "flaky": "the port gave two results",
}
ANY_RESULT_THERE: dict[Verdict, str] = {
    "pass": "gave one",
    "crash": "gave no result",
    "flaky": "gave one result at one time and another at the next",
}
"""What a side that gave no result did, and the other one, whatever was judged of it."""


class BesideRow(Struct, frozen=True):
    """One clause: as designed, and as shipped in each way."""

    clause: ClauseView
    designed: Tally
    cells: tuple[tuple[Way, Tally], ...]


class BesideBlock(Struct, frozen=True):
    """One phase of the table."""

    phase: str
    words: str
    rows: tuple[BesideRow, ...]


class Differing(Struct, frozen=True):
    """A clause whose verdict is one thing as designed and another as shipped.

    Attributes:
        sentence: what that means.
        ways: in which it is so.
        bodies: on which it is so, in any of these ways; the two cells are of the first.
    """

    clause: ClauseView | str
    sentence: str
    ways: tuple[Way, ...]
    bodies: tuple[Address, ...]
    designed: Cell
    shipped: Cell


class Odd(Struct, frozen=True):
    """Where one of the two gave no result: told by body, since it is so for every clause.

    Attributes:
        sentence: what that means.
        cells: clauses on bodies.
        bodies: on which it is so.
        reason: of the first of them.
        captured: the release's page has what was captured: it is the release that gave no result.
    """

    way: Way
    sentence: str
    cells: int
    bodies: tuple[Address, ...]
    reason: str
    captured: bool


class Beside(Struct, frozen=True):
    """A design beside one release that it reads.

    Attributes:
        bodies: on which both were judged, in any way.
        odd: where one of the two gave no result.
        notes: see `Shipped.notes`.
    """

    release: ReleaseView
    distances: tuple[tuple[Way, Distance], ...]
    bodies: int
    blocks: tuple[BesideBlock, ...]
    differing: tuple[Differing, ...]
    odd: tuple[Odd, ...]
    notes: tuple[str, ...]


class LibraryBeside(Struct, frozen=True):
    """A design beside one library: its releases, the newest first."""

    library: LibraryView
    releases: tuple[Beside, ...]


def sentence(designed: Verdict, shipped: Verdict, release: str) -> str:
    """Words a difference between the two ways without saying whose doing it is."""
    one, other = AS_DESIGNED[designed], AS_SHIPPED[shipped]
    if designed != "pass" and shipped == "pass":
        return f"As designed {one}; {release} as shipped kept it on these bodies."
    if designed != "pass" and shipped == "fail":
        return f"As designed {one}; {release} as shipped showed something else than what was sent on these bodies."
    return f"As designed {one}; {release} as shipped {other} on these bodies."


def beside(book: Book, design: str) -> list[LibraryBeside]:
    """Holds a design against all releases that it reads; nothing where it did not run itself."""
    designed = book.results.subjects.get(design)
    if designed is None:
        return []
    return [
        LibraryBeside(library, tuple(_beside(book, designed, release) for release in reversed(library.releases)))
        for library in book.shipped.read_by(design)
    ]


def _beside(book: Book, designed: SubjectResult, release: ReleaseView) -> Beside:
    shipped = book.shipped
    distances = tuple((way, distance(designed, shipped.subjects[way.subject])) for way in release.ways)
    bodies = {key for way in release.ways for key in shipped.subjects[way.subject].bodies} & designed.bodies.keys()
    ours = tallies(designed, bodies)
    theirs = [(way, tallies(shipped.subjects[way.subject], bodies)) for way in release.ways]
    nothing = total(())
    blocks = [
        BesideBlock(
            phase,
            PHASE_WORDS[phase],
            tuple(
                BesideRow(one, ours[one.id], tuple((way, found.get(one.id, nothing)) for way, found in theirs))
                for one in clauses
                if one.id in ours
            ),
        )
        for phase, clauses in book.by_phase()
        if phase in book.designs.get(designed.design, {}).get("phases", {phase})
    ]
    notes = shipped.notes([way.subject for way in release.ways])
    return Beside(
        release,
        distances,
        len(bodies),
        tuple(blocks),
        tuple(_differing(book, designed.subject, release, distances)),
        tuple(_odd(book, release, distances)),
        tuple(notes),
    )


def _odd(book: Book, release: ReleaseView, distances: Sequence[tuple[Way, Distance]]) -> Iterator[Odd]:
    for way, found in distances:
        groups: dict[tuple[Verdict, Verdict], list[Parting]] = defaultdict(list)
        for parting in found.partings:
            if {parting.designed, parting.shipped} & ODD:
                one = "pass" if parting.designed not in ODD else parting.designed
                groups[one, parting.shipped if parting.shipped in ODD else "pass"].append(parting)
        for (one, other), partings in groups.items():
            bodies = sorted({parse_body_key(key) for parting in partings for key in parting.bodies})
            where = partings[0].bodies[0], partings[0].clause
            captured = other in ODD
            cell = book.shipped.cell(way.subject, *where) if captured else book.results.cell(found.designed, *where)
            yield Odd(
                way,
                f"As designed {ANY_RESULT[one]}; {release.words} as shipped {ANY_RESULT_THERE[other]} on these bodies.",
                sum(len(parting.bodies) for parting in partings),
                tuple(bodies),
                (cell.reason if cell else None) or "no reason was recorded",
                captured,
            )


def _differing(
    book: Book, adapter: str, release: ReleaseView, distances: Sequence[tuple[Way, Distance]]
) -> list[Differing]:
    groups: dict[tuple[str, Verdict, Verdict], list[tuple[Way, tuple[str, ...]]]] = defaultdict(list)
    for way, found in distances:
        for parting in found.partings:
            if {parting.designed, parting.shipped} & ODD:
                continue
            groups[parting.clause, parting.designed, parting.shipped].append((way, parting.bodies))
    order = {clause: index for index, clause in enumerate(book.clauses)}
    rows = []
    for (clause, one, other), places in sorted(groups.items(), key=lambda item: (order.get(item[0][0], 0), item[0])):
        way, bodies = places[0]
        designed = book.results.cell(adapter, bodies[0], clause)
        if designed is None:  # the pairing had it, so it is there
            continue
        rows.append(
            Differing(
                book.clauses.get(clause, clause),
                sentence(one, other, release.words),
                tuple(way for way, _ in places),
                tuple(sorted({parse_body_key(key) for _, keys in places for key in keys})),
                designed,
                book.shipped.cell(way.subject, bodies[0], clause),
            )
        )
    return rows
