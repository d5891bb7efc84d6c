"""Subjects, bodies, clauses: the main job.

Theory of operation. Each body is decoded once and its steps are shared by all subjects. A subject's adapter makes
native JSON; its reader makes the trace; the checks make cells. Turns of one fixture in one dialect follow one another,
since a design's own history of one turn is the request of the next. Miniatures run like any design, over the same
bodies; they give the matrix that shows each check failing.

Rules:
1. No plugin is named here.
2. A `carries` table that claims too much or too little fails the run, after everything has run, with all its faults.
3. A subject that crashes spoils its own cells and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType

from workbench.clause import Check
from workbench.corpus import Body, Corpus, Fixture, Turn
from workbench.design import Design
from workbench.dialect import Decoded, Dialect
from workbench.errors import FixtureError, SubjectError
from workbench.harness.adapt import adapt
from workbench.harness.judge import applicability, judge, not_applicable
from workbench.harness.observe import trace_of
from workbench.harness.proof import Finding, Prover
from workbench.harness.truth import truth_of
from workbench.trace import Address, Trace, Truth
from workbench.transcript import Json
from workbench.verdict import Cell

Progress = Callable[[int, int, str], None]
"""Called with how many bodies are done, how many there are, and which one is next."""


@dataclass(frozen=True)
class ReadBody:
    """One body, decoded once, with the truth that it is judged against."""

    address: Address
    fixture: Fixture
    turn: Turn
    body: Body
    decoded: Decoded
    truth: Truth


@dataclass
class Ran:
    """What a run gathered of one design.

    Attributes:
        cells: body by body.
        traces: of the bodies that the design could be used on.
    """

    design: Design
    cells: list[Cell] = field(default_factory=list)
    traces: list[Trace] = field(default_factory=list)
    prover: Prover = field(init=False)

    def __post_init__(self) -> None:
        self.prover = Prover(self.design)


def read_bodies(
    corpus: Corpus, dialects: Mapping[str, Dialect], progress: Progress | None = None
) -> Iterator[ReadBody]:
    """Decodes every body of a corpus, in the order of fixtures, dialects and turns.

    Raises:
        FixtureError: bodies that do not say what their fixtures say; all of them at once.
    """
    faults: list[str] = []
    total = sum(len(turn.bodies) for fixture in corpus.fixtures for turn in fixture.turns)
    done = 0
    for fixture in corpus.fixtures:
        for dialect_id in sorted({name for turn in fixture.turns for name in turn.bodies}):
            earlier: list[Turn] = []
            for index, turn in enumerate(fixture.turns):
                body = turn.bodies.get(dialect_id)
                if body is None:
                    break
                address = Address(fixture.slug, index, dialect_id)
                if progress is not None:
                    progress(done, total, str(address))
                done += 1
                dialect = dialects[dialect_id]
                decoded = dialect.decode(body.data)
                try:
                    truth = truth_of(turn, earlier, dialect, decoded, str(address))
                except FixtureError as error:
                    faults.extend(error.faults)
                    continue
                earlier.append(turn)
                yield ReadBody(address, fixture, turn, body, decoded, truth)
    if faults:
        raise FixtureError(faults)


def run(
    bodies: Iterable[ReadBody],
    designs: Mapping[str, Design],
    checks: Mapping[str, Check],
    *,
    unders: Mapping[str, Design] | None = None,
    miniature: bool = False,
) -> dict[str, Ran]:
    """Runs designs over bodies and judges what they showed.

    Args:
        bodies: each decoded once; turns of one fixture in one dialect in a row.
        designs: what to run, by id.
        checks: by clause id.
        unders: designs that others stand over, by id; `designs` by default.
        miniature: they are damaged on purpose: no traces are kept, and no `carries` table is held against the dyes.

    Returns:
        Per design what was gathered, in the order of `designs`.
    """
    gathered = {identity: Ran(design) for identity, design in designs.items()}
    lower = unders if unders is not None else designs
    histories: dict[str, tuple[Address, Json | UnsetType]] = {}
    judged = list(checks.values())
    for body in bodies:
        reasons = applicability(body.truth, judged, body.address)
        for identity, ran in gathered.items():
            history = _history(histories.get(identity), body.address)
            after = _run_one(ran, body, judged, reasons, history, lower, miniature)
            histories[identity] = (body.address, after)
    return gathered


def _history(last: tuple[Address, Json | UnsetType] | None, address: Address) -> Json | UnsetType:
    """The design's own request for this turn, where the turn before made one."""
    if last is None:
        return UNSET
    before, made = last
    follows = (before.fixture, before.dialect, before.turn + 1) == (address.fixture, address.dialect, address.turn)
    return made if follows else UNSET


def _run_one(
    ran: Ran,
    body: ReadBody,
    checks: list[Check],
    reasons: tuple[str | None, ...],
    history: Json | UnsetType,
    lower: Mapping[str, Design],
    miniature: bool,
) -> Json | UnsetType:
    design = ran.design
    reason = design.applies(body.turn.request)
    if reason is not None:
        ran.cells.extend(not_applicable(design.id, body.address, checks, reason))
        return UNSET
    try:
        native = adapt(
            design,
            body.decoded,
            body.turn.request,
            body.turn.follow,
            history=history,
            under=lower[design.over] if design.over else None,
            fixture=str(body.address),
        )
        trace = trace_of(design, native, body.address)
    except SubjectError as error:
        ran.cells.extend(_crashed(design.id, body.address, checks, error))
        return UNSET
    ran.cells.extend(judge(trace, body.truth, design, checks, reasons))
    if not miniature:
        ran.prover.look(native, body.address, body.fixture.dyes)
        ran.traces.append(trace)
    return native.request


def _crashed(subject: str, address: Address, checks: list[Check], error: SubjectError) -> Iterator[Cell]:
    for check in checks:
        yield Cell(
            subject, address.fixture, address.turn, address.dialect, check.clause, "crash", reason=f"raised: {error}"
        )


def findings(gathered: Mapping[str, Ran]) -> list[Finding]:
    """Lists every fault of every `carries` table."""
    return [finding for ran in gathered.values() for finding in ran.prover.findings()]


def rejections(gathered: Mapping[str, Ran]) -> dict[str, dict[str, str]]:
    """Says which check rejects which miniature: miniature to clause to the first body where it does."""
    rows: dict[str, dict[str, str]] = {}
    for identity, ran in gathered.items():
        row = rows.setdefault(identity, {})
        for cell in ran.cells:
            if cell.verdict == "fail":
                row.setdefault(cell.clause, str(Address(cell.fixture, cell.turn, cell.dialect)))
    return {identity: dict(sorted(row.items())) for identity, row in rows.items()}
