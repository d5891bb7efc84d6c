"""Camps and agreement: which subjects showed the same, and how often.

Rules:
1. A cell is comparable when the subject was judged on it: pass, fail or inexpressible. What an API cannot express, its
   user does not see, and that can be compared. Not applicable, not run and crash leave the count.
2. A camp is made of equal shown values and nothing else; verdicts only word it.
3. Agreement is a share with its count, never a share alone. There is no total and no ranking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from workbench.results.model import VERDICT_OF, ResultSet, SubjectResult
from workbench.verdict import Verdict

COMPARABLE: tuple[Verdict, ...] = ("pass", "fail", "inexpressible")

Wording = Literal["all keep it", "all lose it", "nobody can express it", "they differ", "only one", "none"]


class Camp(Struct, frozen=True):
    """Subjects that showed the same on one body for one clause.

    Attributes:
        shown: hash of the value.
        verdicts: by subject.
    """

    shown: str
    verdicts: dict[str, Verdict]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Who is in it, in order."""
        return tuple(self.verdicts)


class Agreement(Struct, frozen=True):
    """How often two subjects were in one camp.

    Attributes:
        same: comparable cells in which they were.
        cells: comparable cells.
    """

    same: int
    cells: int

    @property
    def share(self) -> float | None:
        """`same / cells`; None when nothing was comparable."""
        return self.same / self.cells if self.cells else None


def _judged(result: SubjectResult) -> Iterator[tuple[str, str, Verdict, str]]:
    for key, body in result.bodies.items():
        for index, clause in enumerate(result.clauses):
            verdict = VERDICT_OF[body.verdicts[index]]
            if verdict in COMPARABLE:
                yield key, clause, verdict, result.values[body.shown[index]]


class Agreements:
    """Camps and agreement of a set of results, counted once.

    Args:
        results: what to read.
        subjects: which to compare, all of one way; by default all that are in the results.
    """

    def __init__(self, results: ResultSet, subjects: Sequence[str] | None = None) -> None:
        self.subjects = tuple(results.subjects if subjects is None else subjects)
        self._camps: dict[tuple[str, str], dict[str, dict[str, Verdict]]] = defaultdict(lambda: defaultdict(dict))
        for subject in self.subjects:
            for body, clause, verdict, shown in _judged(results.subjects[subject]):
                self._camps[clause, body][shown][subject] = verdict

    def bodies(self, clause: str) -> list[str]:
        """Lists the bodies on which at least one subject was judged by a clause."""
        return sorted(body for one, body in self._camps if one == clause)

    def camps(self, clause: str, body: str) -> list[Camp]:
        """Lists the camps of one clause on one body, largest first, then by value."""
        found = self._camps.get((clause, body), {})
        camps = [Camp(shown, verdicts) for shown, verdicts in found.items()]
        return sorted(camps, key=lambda camp: (-len(camp.verdicts), camp.shown))

    def dissenters(self, clause: str, body: str) -> list[str]:
        """Lists subjects that stand alone where all others are together, at least two of them."""
        camps = self.camps(clause, body)
        if len(camps) == 2 and len(camps[0].verdicts) > 1 and len(camps[1].verdicts) == 1:
            return list(camps[1].verdicts)
        return []

    def wording(self, clause: str, body: str) -> Wording:
        """Says in words what the camps amount to; "all keep it" is not "all lose it"."""
        camps = self.camps(clause, body)
        verdicts = {verdict for camp in camps for verdict in camp.verdicts.values()}
        count = sum(len(camp.verdicts) for camp in camps)
        if count == 0:
            return "none"
        if count == 1:
            return "only one"
        if verdicts == {"pass"}:
            return "all keep it"
        if verdicts == {"inexpressible"}:
            return "nobody can express it"
        if "pass" not in verdicts:
            return "all lose it"
        return "they differ"

    def between(self, one: str, other: str, *, clause: str | None = None) -> Agreement:
        """Counts agreement of two subjects, over all clauses or one.

        A subject compared with itself agrees on all its cells.
        """
        same = cells = 0
        for (name, _), camps in self._camps.items():
            if clause is not None and name != clause:
                continue
            places = [shown for shown, verdicts in camps.items() for who in (one, other) if who in verdicts]
            if len(places) == 2:
                cells += 1
                same += places[0] == places[1]
        return Agreement(same, cells)

    def disputed(self) -> list[tuple[str, int, int]]:
        """Lists clauses with the bodies on which camps differ, most disputed share first.

        Returns:
            `(clause, bodies that differ, bodies with at least two judged subjects)`.
        """
        differ: dict[str, int] = defaultdict(int)
        shared: dict[str, int] = defaultdict(int)
        for (clause, _), camps in self._camps.items():
            if sum(len(verdicts) for verdicts in camps.values()) > 1:
                shared[clause] += 1
                differ[clause] += len(camps) > 1
        rows = [(clause, differ[clause], count) for clause, count in shared.items()]
        return sorted(rows, key=lambda row: (-row[1] / row[2], -row[1], row[0]))

    def partition(self, clause: str) -> list[tuple[tuple[tuple[str, ...], ...], list[str]]]:
        """Groups the bodies of a clause by how they part the subjects, the commonest grouping first.

        Returns:
            Pairs of a partition (camps as tuples of subjects) and the bodies that show it.
        """
        found: dict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
        for body in self.bodies(clause):
            camps = tuple(sorted((camp.subjects for camp in self.camps(clause, body)), key=lambda c: (-len(c), c)))
            found[camps].append(body)
        return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
