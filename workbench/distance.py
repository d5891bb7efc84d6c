"""Distance: how far what a release shows lies from what its design can carry, cell by cell.

Rules:
1. The two ways stand side by side and are never added: each cell of one is held against the same clause on the same
   body of the other. Bodies and clauses that only one of the two has are counted, and compare nothing.
2. A cell is comparable when it was judged in both ways, as in `workbench.agreement`; both show the same when their
   shown values are equal. How often is a share with its count.
3. Equal values can be judged differently, and unequal ones alike: where verdicts part is listed on its own.
4. What could not be compared is counted with the verdict and the reason that stood in the way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct

from workbench.agreement import COMPARABLE, Agreement
from workbench.results.model import VERDICT_OF, SubjectResult
from workbench.verdict import Verdict

TELLING: tuple[Verdict, ...] = (*COMPARABLE, "crash", "flaky")
"""Verdicts that say something of a subject: where one stands on one side and another on the other, verdicts part."""


class Pairing(Struct, frozen=True):
    """One clause on one body, in both ways.

    Attributes:
        same: both showed an equal value; None where one of them was not judged.
        why: the reason on the side that was not judged, of the second where neither was.
    """

    body: str
    clause: str
    one: Verdict
    other: Verdict
    same: bool | None
    why: str | None


class Parting(Struct, frozen=True, order=True):
    """A clause whose verdict is one thing as designed and another as shipped.

    Attributes:
        bodies: on which it is so, in order.
    """

    clause: str
    designed: Verdict
    shipped: Verdict
    bodies: tuple[str, ...]


class Unheld(Struct, frozen=True):
    """Cells that could not be compared, for one reason.

    Attributes:
        side: which of the two was not judged; `both` where neither was.
    """

    side: str
    verdict: Verdict
    reason: str
    count: int


class Distance(Struct, frozen=True):
    """One release in one way of using it, held against its design.

    Attributes:
        designed: address of the adapter.
        shipped: address of the release.
        agreement: comparable cells, and in how many both show the same.
        alike: comparable cells that do not show the same and are judged alike.
        partings: by clause.
        unheld: cells that were not compared, the commonest reason first.
        bodies: that both have.
        alone: bodies that only the adapter has, and that only the release has.
        unshared: clauses that only one of the two was judged by.
    """

    designed: str
    shipped: str
    agreement: Agreement
    alike: int
    partings: tuple[Parting, ...]
    unheld: tuple[Unheld, ...]
    bodies: int
    alone: tuple[int, int]
    unshared: tuple[str, ...]


def pairings(one: SubjectResult, other: SubjectResult) -> Iterator[Pairing]:
    """Yields each clause on each body that two subjects both have, in the order of bodies and of clauses."""
    places = {clause: index for index, clause in enumerate(other.clauses)}
    shared = [(index, places[clause], clause) for index, clause in enumerate(one.clauses) if clause in places]
    for key, mine in one.bodies.items():
        theirs = other.bodies.get(key)
        if theirs is None:
            continue
        for here, there, clause in shared:
            first, second = VERDICT_OF[mine.verdicts[here]], VERDICT_OF[theirs.verdicts[there]]
            same, why = None, None
            if first in COMPARABLE and second in COMPARABLE:
                same = one.values[mine.shown[here]] == other.values[theirs.shown[there]]
            else:
                reason, texts = (theirs.reasons[there], other.reasons)
                if second in COMPARABLE:
                    reason, texts = (mine.reasons[here], one.reasons)
                why = texts[reason] if reason >= 0 else None
            yield Pairing(key, clause, first, second, same, why)


def distance(designed: SubjectResult, shipped: SubjectResult) -> Distance:
    """Holds a release, as shipped, against its design, as designed.

    Args:
        designed: results of the adapter.
        shipped: results of a release that is read by the same design.
    """
    same = cells = alike = 0
    parting: dict[tuple[str, Verdict, Verdict], list[str]] = defaultdict(list)
    unheld: Counter[tuple[str, Verdict, str]] = Counter()
    for pair in pairings(designed, shipped):
        if pair.one != pair.other and pair.one in TELLING and pair.other in TELLING:
            parting[pair.clause, pair.one, pair.other].append(pair.body)
        if pair.same is None:
            unheld[_hindrance(pair)] += 1
            continue
        cells += 1
        same += pair.same
        alike += not pair.same and pair.one == pair.other
    both = designed.bodies.keys() & shipped.bodies.keys()
    return Distance(
        designed.subject,
        shipped.subject,
        Agreement(same, cells),
        alike,
        tuple(sorted(Parting(*key, tuple(bodies)) for key, bodies in parting.items())),
        tuple(Unheld(*key, count) for key, count in sorted(unheld.items(), key=lambda item: (-item[1], item[0]))),
        len(both),
        (len(designed.bodies) - len(both), len(shipped.bodies) - len(both)),
        tuple(sorted(set(designed.clauses) ^ set(shipped.clauses))),
    )


def _hindrance(pair: Pairing) -> tuple[str, Verdict, str]:
    """Says which side was not judged, how, and why."""
    here, there = pair.one not in COMPARABLE, pair.other not in COMPARABLE
    side = "both" if here and there else "as designed" if here else "as shipped"
    return side, pair.other if there else pair.one, pair.why or "no reason was recorded"
