"""Outcomes as shipped: subjects of a library that came out the same on a clause, with the evidence of all of them.

Ways of using a library, and its releases, mostly come out the same on a clause: on every body the same verdict with the
same evidence or reason. Such subjects stand together, so that the evidence of thousands of cells fits onto one page.

Rules:
1. Each cell of the matrix leads to one outcome, and that outcome holds all that is known of that cell.
2. What was lost names every body; what was left out for one reason is counted, and names the first.
3. A run that gave no result spoils its body for every clause. What was captured of it is told once per subject, and
   outcomes lead there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from workbench.pages.inert import name_of
from workbench.pages.shipped import Shipped, Way
from workbench.pages.tally import Tally
from workbench.results import VERDICT_OF, SubjectResult, parse_body_key
from workbench.trace import Address
from workbench.verdict import Cell, Verdict

Row = tuple[str, str, str]
"""Of one cell: its body, its verdict's letter, and what tells it apart from others with that verdict."""


class Finding(Struct, frozen=True):
    """Cells that say the same.

    Attributes:
        cell: the first of them.
        bodies: of all of them, in order.
    """

    cell: Cell
    bodies: tuple[Address, ...]


class Outcome(Struct, frozen=True):
    """Subjects that came out the same on one clause.

    Attributes:
        anchor: the fragment that leads to it on its library's page.
        tally: of each of them.
        lost: failing cells, by evidence, what is on most bodies first.
        odd: cells without a result, by verdict; see `oddities` for the reasons.
        aside: what was not judged, and what cannot be expressed, by reason.
        kept: bodies on which it was kept.
    """

    anchor: str
    ways: tuple[Way, ...]
    tally: Tally
    lost: tuple[Finding, ...]
    odd: tuple[Finding, ...]
    aside: tuple[Finding, ...]
    kept: int


class Oddity(Struct, frozen=True):
    """Cells of one subject that gave no result, for one reason.

    Attributes:
        cells: how many.
        clauses: that were to be judged, in order; `bodies`, on which.
    """

    verdict: Verdict
    reason: str
    cells: int
    clauses: tuple[str, ...]
    bodies: tuple[Address, ...]


ODD: tuple[Verdict, ...] = ("crash", "flaky", "not-run")
"""Verdicts that say why there is no result."""


def oddities(result: SubjectResult) -> list[Oddity]:
    """Lists why a subject gave no result, what spoiled most cells first."""
    found: dict[tuple[Verdict, str], list[tuple[str, str]]] = defaultdict(list)
    for key, body in result.bodies.items():
        for index, letter in enumerate(body.verdicts):
            if VERDICT_OF[letter] in ODD:
                reason = body.reasons[index]
                why = result.reasons[reason] if reason >= 0 else "no reason was recorded"
                found[VERDICT_OF[letter], why].append((key, result.clauses[index]))
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Oddity(
            verdict,
            reason,
            len(places),
            tuple(sorted({clause for _, clause in places})),
            tuple(parse_body_key(key) for key in dict.fromkeys(key for key, _ in places)),
        )
        for (verdict, reason), places in ranked
    ]


def outcomes(shipped: Shipped, ways: Iterable[Way], clause: str) -> list[Outcome]:
    """Lists the outcomes of some subjects on a clause, in the order of the first subject of each."""
    groups: dict[tuple[Row, ...], list[Way]] = defaultdict(list)
    for way in ways:
        result = shipped.subjects[way.subject]
        if clause in result.clauses:
            groups[_signature(result, clause)].append(way)
    return [
        _outcome(shipped, rows, tuple(group), clause, number) for number, (rows, group) in enumerate(groups.items(), 1)
    ]


def _signature(result: SubjectResult, clause: str) -> tuple[Row, ...]:
    index = result.clauses.index(clause)
    rows = []
    for key, body in result.bodies.items():
        letter = body.verdicts[index]
        match VERDICT_OF[letter]:
            case "pass" | "crash" | "flaky" | "not-run":
                rows.append((key, letter, ""))
            case "fail":
                shown = body.shown[index]
                rows.append((key, letter, body.evidence.get(clause) or result.values[shown]))
            case _:
                reason = body.reasons[index]
                rows.append((key, letter, result.reasons[reason] if reason >= 0 else ""))
    return tuple(rows)


def _outcome(shipped: Shipped, rows: tuple[Row, ...], ways: tuple[Way, ...], clause: str, number: int) -> Outcome:
    subject = ways[0].subject
    by_kind: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, letter, what in rows:
        by_kind[letter, what].append(key)
    found: dict[str, list[Finding]] = defaultdict(list)
    kept = 0
    for (letter, _), keys in sorted(by_kind.items(), key=lambda item: (-len(item[1]), item[1], item[0])):
        verdict = VERDICT_OF[letter]
        if verdict == "pass":
            kept += len(keys)
            continue
        cell = shipped.cell(subject, keys[0], clause)
        kind = "lost" if verdict == "fail" else "odd" if verdict in ODD else "aside"
        found[kind].append(Finding(cell, tuple(parse_body_key(key) for key in keys)))
    return Outcome(
        f"e-{name_of(clause)}-{number}",
        ways,
        shipped.tally(subject, clause),
        tuple(found["lost"]),
        tuple(found["odd"]),
        tuple(found["aside"]),
        kept,
    )
