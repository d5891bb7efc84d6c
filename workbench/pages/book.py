"""What all pages read: the results, counted once, and the texts of the catalogue under safe names.

Rules:
1. Read-only after it was made; no page computes what another page computed before.
2. As designed and as shipped are never mixed: all that is counted here is as designed, and `shipped` counts for itself.
3. Every text in it comes from outside. It is made inert where it is written, not here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from workbench.agreement import Agreements
from workbench.pages.fidelity import checked
from workbench.pages.inert import name_of
from workbench.pages.shipped import Shipped
from workbench.pages.tally import Tally, tally
from workbench.results import ResultSet, parse_body_key
from workbench.trace import Address
from workbench.transcript import CONCEPTS, PHASES, Json, Phase
from workbench.verdict import LEVELS, Cell

WAY = "as designed"


class Column(Struct, frozen=True):
    """One subject as tables show it.

    Attributes:
        subject: its address.
        design: id of its design.
    """

    subject: str
    design: str

    @property
    def anchor(self) -> str:
        """The fragment that leads to it on a page about something else."""
        return f"design-{name_of(self.subject)}"


class ClauseView(Struct, frozen=True):
    """One clause with the texts that pages show.

    Attributes:
        sources: title and address.
    """

    id: str
    area: str
    level: str
    phase: str
    statement: str
    rationale: str
    sources: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]

    @property
    def page(self) -> str:
        """Path of its page, without extension."""
        return f"clauses/{name_of(self.id)}"


class Book:
    """All that pages are made from.

    Args:
        results: a folder of results, read.
        lanes: folder with the lanes of each body.
        shipped: a second folder of results, of releases; None where there is none.
    """

    def __init__(self, results: ResultSet, lanes: Path, shipped: ResultSet | None = None) -> None:
        self.results = results
        self.lanes = lanes
        catalogue: dict[str, Any] = results.catalogue or {}
        self.catalogue = catalogue
        self.columns = tuple(
            Column(subject, one.design) for subject, one in sorted(results.subjects.items()) if one.way == WAY
        )
        self.others = sum(one.way != WAY for one in results.subjects.values())
        self.agreements = Agreements(results, [column.subject for column in self.columns])
        self.designs: dict[str, Json] = catalogue.get("designs", {})
        self.fixtures: dict[str, Json] = catalogue.get("fixtures", {})
        self.dialects: dict[str, Json] = catalogue.get("dialects", {})
        self.concepts: dict[str, Json] = catalogue.get("concepts") or {
            one.id: {"meaning": one.meaning, "dyed": one.dyed} for one in CONCEPTS.values()
        }
        self.clauses = {one.id: one for one in _clauses(catalogue.get("clauses", {}))}
        self._cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        self._on: dict[str, list[Cell]] = defaultdict(list)
        for column in self.columns:
            for cell in results.cells(column.subject):
                self._cells[column.subject, cell.clause].append(cell)
                self._on[str(Address(cell.fixture, cell.turn, cell.dialect))].append(cell)
        self.bodies = sorted(self._on)
        self._known = {str(at) for fixture in self.fixtures for at in self.bodies_of(fixture)}
        self.shipped = Shipped(shipped, *self._digests, self.clauses)
        self.fidelities = checked(self.shipped, self.designs)

    def cells(self, subject: str, clause: str) -> Sequence[Cell]:
        """Lists the cells of one subject and one clause, body by body."""
        return self._cells.get((subject, clause), [])

    def cells_on(self, body: str, subject: str | None = None) -> list[Cell]:
        """Lists the cells of one body, of all subjects or of one."""
        return [cell for cell in self._on.get(body, ()) if subject is None or cell.subject == subject]

    def tally(self, subject: str, clause: str) -> Tally:
        """Counts the cells of one subject and one clause."""
        return tally(self.cells(subject, clause))

    def all_cells(self) -> Iterator[Cell]:
        """Yields every cell of every column."""
        for cells in self._cells.values():
            yield from cells

    def by_phase(self) -> list[tuple[Phase, list[ClauseView]]]:
        """Groups the clauses by phase, in the order of phases, then by area and id; empty phases are left out."""
        groups = [(phase, [one for one in self.clauses.values() if one.phase == phase]) for phase in PHASES]
        return [(phase, sorted(group, key=lambda one: (one.area, one.id))) for phase, group in groups if group]

    def column_of(self, design: str) -> Column | None:
        """Returns the column of a design; None when it did not run."""
        return next((column for column in self.columns if column.design == design), None)

    def bodies_of(self, fixture: str) -> list[Address]:
        """Lists the bodies of a fixture, by turn and dialect."""
        found = [parse_body_key(body) for body in self.bodies]
        known = {at for at in found if at.fixture == fixture}
        for index, turn in enumerate(self.fixtures.get(fixture, {}).get("turns", ())):
            known |= {Address(fixture, index, dialect) for dialect in turn.get("bodies", ())}
        return sorted(known)

    def knows(self, at: Address) -> bool:
        """Whether a page shows this body: one of results as shipped may be gone from the corpus."""
        return str(at) in self._known

    @property
    def _digests(self) -> tuple[str, str]:
        """Digests of corpus and profile; empty where nothing ran."""
        first = next((self.results.subjects[column.subject] for column in self.columns), None)
        return (first.corpus, first.profile) if first else (str(self.catalogue.get("corpus", "")), "")

    @property
    def provenance(self) -> list[tuple[str, str]]:
        """What every page's foot says: versions, date and platform of the run."""
        run: dict[str, Json] = self.results.run or {}
        corpus, profile = self._digests
        rows = [
            ("corpus", corpus[:16]),
            ("profile", profile[:16]),
            ("run of", run.get("date", "")),
            ("platform", run.get("platform", "")),
            ("Python", run.get("python", "")),
            ("workbench", run.get("workbench", "")),
        ]
        return [(name, str(value) if value else "not recorded") for name, value in rows]


def _clauses(texts: dict[str, Any]) -> Iterator[ClauseView]:
    for identity, text in sorted(texts.items(), key=lambda item: _order(item[1], item[0])):
        yield ClauseView(
            identity,
            str(text.get("area", "")),
            str(text.get("level", "")),
            str(text.get("phase", "")),
            str(text.get("statement", "")),
            str(text.get("rationale", "")),
            tuple(_source(one) for one in text.get("sources", ())),
            tuple(str(one) for one in text.get("needs", ())),
        )


def _source(source: Json) -> tuple[str, str]:
    if isinstance(source, dict):
        return str(source.get("title", source.get("url", ""))), str(source.get("url", ""))
    return str(source), str(source)


def _order(text: Any, identity: str) -> tuple[int, str, int, str]:
    phase = PHASES.index(text["phase"]) if text.get("phase") in PHASES else len(PHASES)
    level = LEVELS.index(text["level"]) if text.get("level") in LEVELS else len(LEVELS)
    return phase, str(text.get("area", "")), level, identity


def body_page(at: Address) -> str:
    """Path of the page that shows a body, without extension."""
    return f"fixtures/{name_of(at.fixture)}"


def body_anchor(at: Address) -> str:
    """The fragment that leads to a body on its fixture's page."""
    return f"turn-{at.turn + 1}-{name_of(at.dialect)}"
