"""Fixture pages: what was asked, what was answered, and each body in lanes; and the page that lists them.

Rules:
1. A body whose lanes are not at hand keeps its place on the page, which says what is missing and how to make it.
2. Releases are counted in a table of their own; their lanes are not at hand, and nothing stands in their place.
3. The command that reproduces what is shown stands beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from workbench.pages.book import Book, Column, body_anchor
from workbench.pages.inert import name_of
from workbench.pages.kinds import ALL
from workbench.pages.lanes import LanesView, make_lanes, read_lanes
from workbench.pages.render import Page
from workbench.pages.shipped import LibraryView, ReleaseView, Way
from workbench.pages.tally import Tally, tally
from workbench.trace import Address
from workbench.transcript import Json
from workbench.verdict import Cell

TRAIL = (("Fixtures", "fixtures/index"),)


class Fate(Struct, frozen=True):
    """How one design did on one body.

    Attributes:
        lost: failing cells, those that name a frame first.
        tally: of all its cells there.
    """

    column: Column
    lost: tuple[Cell, ...]
    tally: Tally


class ShippedFate(Struct, frozen=True):
    """How a release did on one body, in the ways in which it did the same.

    Attributes:
        ways: whose counts are equal.
        tally: of each of them.
    """

    library: LibraryView
    release: ReleaseView
    ways: tuple[Way, ...]
    tally: Tally


class BodyView(Struct, frozen=True):
    """One body of a fixture.

    Attributes:
        facts: origin, bytes and hash, as the catalogue has them; None where it has not.
        lanes: None where they are not at hand.
        download: path of the lanes' JSON below the pages; None where there is none.
    """

    at: Address
    anchor: str
    facts: Json
    lanes: LanesView | None
    download: str | None
    fates: tuple[Fate, ...]
    shipped: tuple[ShippedFate, ...]


class TurnView(Struct, frozen=True):
    """One turn: the request, the answer, and its bodies.

    Attributes:
        absent: dialect to the reason why it has no body here.
    """

    number: int
    request: Json
    transcript: Json
    bodies: tuple[BodyView, ...]
    absent: dict[str, str]


def download_of(at: Address) -> str:
    """Path of a body's lanes below the pages."""
    return f"data/lanes/{name_of(at.fixture)}/{at.turn + 1}.{name_of(at.dialect)}.json"


def pages(book: Book) -> Iterator[Page]:
    """Yields the list of fixtures, then one page per fixture."""
    yield Page("fixtures/index", "Fixtures", "fixtures.html", {"rows": _rows(book), "dialects": list(book.dialects)})
    for slug, text in sorted(book.fixtures.items()):
        values = {
            "slug": slug,
            "why": text.get("why", ""),
            "source": text.get("source", ""),
            "dyes": text.get("dyes", {}),
            "turns": list(_turns(book, slug, text)),
            "kinds": ALL,
            "clauses": book.clauses,
            "tally": tally(cell for at in book.bodies_of(slug) for cell in book.cells_on(str(at))),
            "notes": book.shipped.notes(),
            "here": book.shipped.here,
        }
        yield Page(f"fixtures/{name_of(slug)}", f"Fixture {slug}", "fixture.html", values, leaf=True, trail=TRAIL)


def _rows(book: Book) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for slug, text in sorted(book.fixtures.items()):
        at = book.bodies_of(slug)
        rows.append(
            {
                "slug": slug,
                "why": text.get("why", ""),
                "turns": len(text.get("turns", ())),
                "dialects": {one.dialect for one in at},
                "fates": [
                    (column, tally(cell for one in at for cell in book.cells_on(str(one), column.subject)))
                    for column in book.columns
                ],
            }
        )
    return rows


def _turns(book: Book, slug: str, text: Any) -> Iterator[TurnView]:
    bodies = book.bodies_of(slug)
    for index, turn in enumerate(text.get("turns", ())):
        views = tuple(_body(book, at, turn) for at in bodies if at.turn == index)
        yield TurnView(
            index + 1, turn.get("request", {}), turn.get("transcript", {}), views, dict(turn.get("absent", {}))
        )


def _body(book: Book, at: Address, turn: Any) -> BodyView:
    raw = read_lanes(book, at)
    return BodyView(
        at,
        body_anchor(at),
        turn.get("bodies", {}).get(at.dialect),
        make_lanes(book, at, raw) if raw is not None else None,
        download_of(at) if raw is not None else None,
        tuple(_fate(book, at, column) for column in book.columns),
        tuple(_shipped(book, at)),
    )


def _shipped(book: Book, at: Address) -> Iterator[ShippedFate]:
    """Yields the counts of each release on a body, ways with equal counts together; the newest release first."""
    key = str(at)
    for library in book.shipped.libraries.values():
        for release in reversed(library.releases):
            groups: dict[tuple[int, ...], list[Way]] = defaultdict(list)
            tallies: dict[tuple[int, ...], Tally] = {}
            for way in release.ways:
                found = book.shipped.on(way.subject, key)
                if found is not None:
                    counts = tuple(found.counts.values())
                    groups[counts].append(way)
                    tallies[counts] = found
            for counts, ways in groups.items():
                yield ShippedFate(library, release, tuple(ways), tallies[counts])


def _fate(book: Book, at: Address, column: Column) -> Fate:
    cells = book.cells_on(str(at), column.subject)
    lost = [cell for cell in cells if cell.verdict == "fail"]
    lost.sort(key=lambda cell: (_frame(cell), cell.clause))
    return Fate(column, tuple(lost), tally(cells))


def _frame(cell: Cell) -> float:
    frame = cell.evidence.frame if cell.evidence is not None else None
    return float("inf") if frame is None else frame
