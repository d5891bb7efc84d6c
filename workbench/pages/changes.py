"""What changed from one release to the next, in the same way of using the library.

Rules:
1. Each cell of a release is held against the same clause on the same body of the release before it, in the same way of
   using it. Releases that could not be run are stepped over, and named.
2. What was kept before and is judged as not kept now is a regression, the opposite a repair. Any other change of a
   verdict is neither; what is judged in one release alone is counted with its reason.
3. Where another design reads the later release, the page says so: part of a change may be what is read.
4. The evidence of both sides is given. A shown value that changed under the same verdict is counted by clause.
5. A crash spoils its body for every clause, so changes from or to one are told by body and reason, not by clause.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from workbench.distance import Pairing, pairings
from workbench.pages.shipped import LibraryView, ReleaseView, Shipped, Way
from workbench.results import SubjectResult, parse_body_key
from workbench.trace import Address
from workbench.verdict import Cell, Verdict

_Reason = tuple[Verdict, str] | None
Kind = Literal["regression", "repair", "other", "odd", "scope"]


class Changed(Struct, frozen=True):
    """Cells that changed in the same manner, with the same evidence before and the same after.

    Attributes:
        before: the first of them, before.
        after: the same cell, after.
        places: way and body of each.
    """

    before: Cell
    after: Cell
    places: tuple[tuple[str, Address], ...]

    @property
    def ways(self) -> list[str]:
        """The ways in which it changed."""
        return list(dict.fromkeys(way for way, _ in self.places))

    @property
    def bodies(self) -> list[Address]:
        """The bodies on which it changed, in any way."""
        return sorted({body for _, body in self.places})


class Turned(Struct, frozen=True):
    """One clause whose verdict changed from one thing to another.

    Attributes:
        changes: by evidence, what is in most cells first.
    """

    clause: str
    before: Verdict
    after: Verdict
    changes: tuple[Changed, ...]

    @property
    def count(self) -> int:
        """How many cells."""
        return sum(len(one.places) for one in self.changes)


class OddChange(Struct, frozen=True):
    """Bodies on which one of two releases gave no result, or neither did, and not in the same manner.

    Attributes:
        before: verdict and reason before; None where it was judged.
        after: the same, after.
        ways: in which it is so; `bodies`, on which.
        cells: clauses on bodies in ways.
    """

    before: tuple[Verdict, str] | None
    after: tuple[Verdict, str] | None
    ways: tuple[str, ...]
    bodies: tuple[Address, ...]
    cells: int


class Scope(Struct, frozen=True):
    """Cells that one of two releases was judged on and the other was not, for one reason."""

    before: Verdict
    after: Verdict
    reason: str
    count: int


class Step(Struct, frozen=True):
    """From one release to the next that could be run.

    Attributes:
        skipped: releases between the two that could not be run.
        ways: that both have.
        gone: ways that only the earlier has; `new`, ways that only the later has.
        readers: way, design before and design after, where they differ.
        cells: that both have.
        equal: how many of them have the same verdict.
        reshown: clause to the number of cells whose shown value changed under the same verdict.
    """

    before: ReleaseView
    after: ReleaseView
    skipped: tuple[ReleaseView, ...]
    ways: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    readers: tuple[tuple[str, str, str], ...]
    cells: int
    equal: int
    turned: dict[str, tuple[Turned, ...]]
    odd: tuple[OddChange, ...]
    scope: tuple[Scope, ...]
    reshown: dict[str, int]

    def count(self, kind: Kind) -> int:
        """How many cells changed in a manner."""
        if kind == "odd":
            return sum(one.cells for one in self.odd)
        return sum(one.count for one in self.turned.get(kind, ()))

    @property
    def anchor(self) -> str:
        """The fragment that leads to it."""
        return f"to-{self.after.anchor}"


def kind_of(before: Verdict, after: Verdict) -> Kind:
    """Names a change of verdict."""
    pair = {before, after}
    if pair & {"not-applicable", "not-run"}:
        return "scope"
    if pair & {"crash", "flaky"}:  # what gave no result was neither kept nor lost
        return "odd"
    return "regression" if before == "pass" else "repair" if after == "pass" else "other"


def steps(shipped: Shipped, library: LibraryView) -> list[Step]:
    """Lists the steps between the releases of a library, the newest first."""
    every = library.releases
    ran = [index for index, one in enumerate(every) if one.missing is None]
    found = [_step(shipped, every[one], every[other], every[one + 1 : other]) for one, other in pairwise(ran)]
    return found[::-1]


def _step(shipped: Shipped, before: ReleaseView, after: ReleaseView, skipped: tuple[ReleaseView, ...]) -> Step:
    old, new = ({way.variant: way for way in release.ways} for release in (before, after))
    shared = [variant for variant in new if variant in old]
    cells = equal = 0
    reshown: Counter[str] = Counter()
    scope: Counter[tuple[Verdict, Verdict, str]] = Counter()
    odd: dict[tuple[_Reason, _Reason], list[tuple[str, str]]] = defaultdict(list)
    groups: dict[tuple[str, Verdict, Verdict], dict[tuple[str, str], list[tuple[str, str]]]]
    groups = defaultdict(lambda: defaultdict(list))
    for variant in shared:
        first, second = shipped.subjects[old[variant].subject], shipped.subjects[new[variant].subject]
        tell = _Teller(first), _Teller(second)
        for pair in pairings(first, second):
            cells += 1
            if pair.one == pair.other:
                equal += 1
                reshown[pair.clause] += pair.same is False
            elif kind_of(pair.one, pair.other) == "scope":
                scope[pair.one, pair.other, pair.why or "no reason was recorded"] += 1
            elif kind_of(pair.one, pair.other) == "odd":
                reasons = tell[0].reason(pair, pair.one), tell[1].reason(pair, pair.other)
                odd[reasons].append((variant, pair.body))
            else:
                told = tell[0].tell(pair), tell[1].tell(pair)
                groups[pair.clause, pair.one, pair.other][told].append((variant, pair.body))
    turned: dict[str, list[Turned]] = defaultdict(list)
    for (clause, one, other), found in groups.items():
        changes = tuple(_changes(shipped, clause, old, new, found))
        turned[kind_of(one, other)].append(Turned(clause, one, other, changes))
    return Step(
        before,
        after,
        skipped,
        tuple(shared),
        tuple(variant for variant in old if variant not in new),
        tuple(variant for variant in new if variant not in old),
        tuple((one, old[one].design, new[one].design) for one in shared if old[one].design != new[one].design),
        cells,
        equal,
        {kind: tuple(sorted(ones, key=lambda one: (one.clause, one.before))) for kind, ones in turned.items()},
        tuple(_odd_changes(odd)),
        tuple(Scope(*key, count) for key, count in sorted(scope.items(), key=lambda item: (-item[1], item[0]))),
        {clause: count for clause, count in sorted(reshown.items()) if count},
    )


def _odd_changes(found: dict[tuple[_Reason, _Reason], list[tuple[str, str]]]) -> Iterator[OddChange]:
    for (before, after), places in sorted(found.items(), key=lambda item: (-len(item[1]), item[1])):
        ways = tuple(dict.fromkeys(way for way, _ in places))
        bodies = tuple(sorted({parse_body_key(key) for _, key in places}))
        yield OddChange(before, after, ways, bodies, len(places))


def _changes(
    shipped: Shipped,
    clause: str,
    old: dict[str, Way],
    new: dict[str, Way],
    found: dict[tuple[str, str], list[tuple[str, str]]],
) -> Iterator[Changed]:
    for places in sorted(found.values(), key=lambda places: (-len(places), places)):
        variant, body = places[0]
        before = shipped.cell(old[variant].subject, body, clause)
        after = shipped.cell(new[variant].subject, body, clause)
        yield Changed(before, after, tuple((way, parse_body_key(key)) for way, key in places))


class _Teller:
    """Tells cells of one subject and one verdict apart by their evidence or reason."""

    def __init__(self, result: SubjectResult) -> None:
        self._result = result
        self._place = {clause: index for index, clause in enumerate(result.clauses)}

    def tell(self, pair: Pairing) -> str:
        """What cells must have in common to stand together."""
        body = self._result.bodies[pair.body]
        reason = body.reasons[self._place[pair.clause]]
        return body.evidence.get(pair.clause) or (self._result.reasons[reason] if reason >= 0 else "")

    def reason(self, pair: Pairing, verdict: Verdict) -> _Reason:
        """Verdict and reason of a cell that gave no result; None for one that was judged."""
        return (verdict, self.tell(pair) or "no reason was recorded") if verdict in ("crash", "flaky") else None
