"""The shapes of results: packed per subject, unpacked as cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct, field

from workbench.errors import ResultError
from workbench.trace import Address
from workbench.transcript import Json
from workbench.verdict import Cell, Evidence, Verdict

VERSION = 1

LETTERS: dict[Verdict, str] = {
    "pass": "P",
    "fail": "F",
    "inexpressible": "I",
    "not-applicable": "-",
    "not-run": "N",
    "crash": "C",
    "flaky": "~",
}
VERDICT_OF: dict[str, Verdict] = {letter: verdict for verdict, letter in LETTERS.items()}


class BodyResult(Struct, frozen=True, omit_defaults=True):
    """How one subject did on one body.

    Attributes:
        verdicts: one letter of `LETTERS` per clause, in the order of `SubjectResult.clauses`.
        shown: per clause the index of the value shown in `SubjectResult.values`; -1 where nothing was judged.
        reasons: per clause the index of a reason in `SubjectResult.reasons`; -1 where none is given.
        evidence: clause to the hash of its evidence.
    """

    verdicts: str
    shown: tuple[int, ...] = ()
    reasons: tuple[int, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)


class SubjectResult(Struct, frozen=True):
    """All results of one subject.

    Attributes:
        way: `as designed` for our adapters, `as shipped` for releases.
        release: what was ported, or what was run.
        corpus: digest of the fixtures that it ran on.
        profile: digest of the clauses that judged it.
        values: hashes of the values that it showed, each once.
    """

    schema: int
    subject: str
    design: str
    way: str
    release: str | None
    corpus: str
    profile: str
    clauses: tuple[str, ...]
    reasons: tuple[str, ...]
    values: tuple[str, ...]
    bodies: dict[str, BodyResult]


class ResultSet(Struct, frozen=True):
    """A folder of results, read whole.

    Attributes:
        shared: value or evidence by content hash.
        miniatures: see `miniatures.json`; empty when the folder has none.
        catalogue: see `catalogue.json`.
        run: date and platform of the run; empty when the folder has none.
    """

    subjects: dict[str, SubjectResult]
    shared: dict[str, Json]
    miniatures: Json
    catalogue: Json
    run: Json

    def cell(self, subject: str, body: str, clause: str) -> Cell | None:
        """Returns one cell; None when the subject has no such body or clause."""
        result = self.subjects.get(subject)
        if result is None or body not in result.bodies or clause not in result.clauses:
            return None
        return unpack_cell(result, self.shared, body, result.clauses.index(clause))

    def cells(self, subject: str) -> Iterator[Cell]:
        """Yields all cells of one subject, body by body."""
        result = self.subjects[subject]
        for body in result.bodies:
            for index in range(len(result.clauses)):
                yield unpack_cell(result, self.shared, body, index)


def parse_body_key(key: str) -> Address:
    """Reads a body's name back.

    Raises:
        ResultError: it is not of the form `slug/1@dialect`.
    """
    fixture, slash, rest = key.partition("/")
    turn, at, dialect = rest.partition("@")
    if not (slash and at and turn.isascii() and turn.isdigit() and fixture and dialect):
        raise ResultError(f"{key!r} is no body; write slug/1@dialect")
    return Address(fixture, int(turn) - 1, dialect)


def unpack_cell(result: SubjectResult, shared: Mapping[str, Json], body: str, index: int) -> Cell:
    """Makes the cell of one body and one clause, the clause given by its index in the result."""
    packed = result.bodies[body]
    clause = result.clauses[index]
    at = parse_body_key(body)
    evidence = packed.evidence.get(clause)
    reason = packed.reasons[index]
    shown = packed.shown[index]
    return Cell(
        result.subject,
        at.fixture,
        at.turn,
        at.dialect,
        clause,
        VERDICT_OF[packed.verdicts[index]],
        shared[result.values[shown]] if shown >= 0 else None,
        None if reason < 0 else result.reasons[reason],
        None if evidence is None else msgspec.convert(shared[evidence], Evidence),
    )
