"""Design pages: what it is, what it is held against, what it keeps and loses, who is near; and a page that lists them.

Rules:
1. What a verdict is about stands on top: a port of a release that was held against it, a port that was not, a proposal.
2. What is kept and lost is grouped by phase; a phase that the design lacks is named as such.
3. As shipped stands in a section of its own, with the distance between the two; see `beside`.
4. Neighbours come with their counts, in the order of names: nearness is not merit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from workbench.pages.beside import LibraryBeside
from workbench.pages.book import Book, ClauseView, Column
from workbench.pages.clauses import Loss, standing
from workbench.pages.fidelity import FidelityView
from workbench.pages.inert import name_of
from workbench.pages.matrix import PHASE_WORDS
from workbench.pages.partition import Pair, pairs
from workbench.pages.prose import render_prose
from workbench.pages.render import Page
from workbench.pages.tally import State, Tally, tally
from workbench.transcript import PHASES, Json

TRAIL = (("Designs", "designs/index"),)


class Kept(Struct, frozen=True):
    """One clause on a design's page.

    Attributes:
        losses: with evidence, the one on most bodies first.
    """

    clause: ClauseView
    tally: Tally
    losses: tuple[Loss, ...]
    reason: str


class PhaseView(Struct, frozen=True):
    """One phase of a design.

    Attributes:
        note: the public call and its source; None where the design lacks the phase.
        told: clauses on which something is lost or cannot be expressed, each with its first evidence.
        rest: state, words and clauses for those that are kept everywhere and those that do not apply.
        carries: concept, its meaning, path, example.
    """

    phase: str
    words: str
    note: Json
    told: tuple[Kept, ...]
    rest: tuple[tuple[State, str, tuple[Kept, ...]], ...]
    carries: tuple[tuple[str, str, Json], ...]


class Proof(Struct, frozen=True):
    """What an adapter is held against, in words.

    Attributes:
        state: `proven`, `unproven` or `nothing`.
        fidelity: what the real framework gave on the whole corpus; None where that is not on file.
    """

    design: str
    title: str
    status: str
    state: str
    sentence: str
    test: str | None
    fidelity: FidelityView | None = None


def proof_of(identity: str, design: Any, fidelity: FidelityView | None = None) -> Proof:
    """Says what the adapter of a design is proven against."""
    port = design.get("port")
    status = design.get("status") or {}
    words = f"{status.get('state', 'unknown')} {status.get('where', '')}".strip()
    title = str(design.get("title", identity))
    if not port:
        sentence = "No release is ported, so there is nothing to hold the adapter against."
        return Proof(identity, title, words, "nothing", sentence, None, fidelity)
    release = f"{port.get('library')} {port.get('release')}"
    if port.get("proof"):
        sentence = f"A test runs {release} beside the adapter and compares both."
        return Proof(identity, title, words, "proven", sentence, str(port["proof"]), fidelity)
    return Proof(identity, title, words, "unproven", f"Ports {release}; no test compares the two yet.", None, fidelity)


def proofs(book: Book) -> list[Proof]:
    """Says of every design what its adapter is proven against."""
    return [proof_of(identity, one, book.fidelities.get(identity)) for identity, one in sorted(book.designs.items())]


def pages(book: Book, besides: Mapping[str, Sequence[LibraryBeside]]) -> Iterator[Page]:
    """Yields the list of designs, then one page per design.

    Args:
        book: what to read.
        besides: by design, see `workbench.pages.beside`.
    """
    rows = [(one, book.designs[one.design], _overall(book, one.design)) for one in proofs(book)]
    yield Page("designs/index", "Designs", "designs.html", {"rows": rows})
    all_pairs = pairs(book)
    for identity, design in sorted(book.designs.items()):
        column = book.column_of(identity)
        values = {
            "identity": identity,
            "design": design,
            "proof": proof_of(identity, design, book.fidelities.get(identity)),
            "beside": besides.get(identity, ()),
            "here": book.shipped.here,
            "clauses": book.clauses,
            "knows": book.knows,
            "judged": frozenset(book.shipped.clauses),
            "library_page": lambda name: book.shipped.libraries[name].page,
            "column": column,
            "tally": _overall(book, identity),
            "phases": [_phase(book, column, design, phase) for phase in PHASES],
            "neighbours": _neighbours(all_pairs, column),
            "readme": render_prose(str(design.get("readme") or "")),
        }
        path = f"designs/{name_of(identity)}"
        yield Page(path, f"Design {identity}", "design.html", values, leaf=True, trail=TRAIL)


def _overall(book: Book, identity: str) -> Tally:
    column = book.column_of(identity)
    cells = (cell for one in book.clauses for cell in book.cells(column.subject, one)) if column else ()
    return tally(cells)


def _neighbours(all_pairs: list[Pair], column: Column | None) -> list[tuple[Column, Pair]]:
    return [
        (pair.other if pair.one == column else pair.one, pair) for pair in all_pairs if column in (pair.one, pair.other)
    ]


def _phase(book: Book, column: Column | None, design: Any, phase: str) -> PhaseView:
    note = design.get("phases", {}).get(phase)
    clauses = [one for one in book.clauses.values() if one.phase == phase] if column is not None and note else []
    table = design.get("carries", {}).get(phase, {})
    found = [_kept(book, clause, column) for clause in clauses if column is not None]
    quiet: dict[State, str] = {"pass": "kept on every body", "not-applicable": "not applicable on any body"}
    groups = ((state, words, tuple(one for one in found if one.tally.state == state)) for state, words in quiet.items())
    return PhaseView(
        phase,
        PHASE_WORDS[phase],
        note,
        tuple(sorted((one for one in found if one.tally.state not in quiet), key=_worst_first)),
        tuple(group for group in groups if group[2]),
        tuple(
            (concept, str(text.get("meaning", "")), table[concept])
            for concept, text in book.concepts.items()
            if concept in table
        ),
    )


def _kept(book: Book, clause: ClauseView, column: Column) -> Kept:
    found = standing(book, clause, column)
    losses = tuple(sorted(found.losses, key=lambda loss: -len(loss.bodies)))
    why = [one.reason for one in found.reasons if one.verdict == found.tally.state]
    reason = why[0] if why and not found.tally.judged else ""
    return Kept(clause, found.tally, losses, reason)


_WORST: tuple[State, ...] = ("crash", "flaky", "fail", "mixed", "not-run", "inexpressible")


def _worst_first(kept: Kept) -> tuple[int, str, str]:
    return _WORST.index(kept.tally.state), kept.clause.area, kept.clause.id
