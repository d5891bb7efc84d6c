"""How designs part on a clause: groups that showed the same, in words and as the rows of a picture.

Rules:
1. Groups are camps: equal shown values on one body. What they are called comes from their verdicts.
2. "All keep it" and "all lose it" are different sentences; so is "nobody can express it".
3. A body on which only one design was judged compares nothing, and is counted as such.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from msgspec import Struct

from workbench.agreement import Agreement, Camp, Wording
from workbench.pages.book import Book, Column
from workbench.pages.tally import State
from workbench.results import parse_body_key
from workbench.trace import Address
from workbench.verdict import Verdict

WORDINGS: tuple[Wording, ...] = ("all keep it", "they differ", "all lose it", "nobody can express it", "only one")

SENTENCES: dict[Wording, str] = {
    "all keep it": "all designs that were judged keep it",
    "they differ": "the designs differ",
    "all lose it": "all designs that were judged lose it",
    "nobody can express it": "no design can express it",
    "only one": "only one design was judged, so nothing can be compared",
    "none": "no design was judged",
}


class Group(Struct, frozen=True, order=True):
    """Designs that showed the same.

    Attributes:
        state: what they did, as their verdicts say.
    """

    subjects: tuple[str, ...]
    state: State


class Split(Struct, frozen=True):
    """One way in which designs part, and where.

    Attributes:
        groups: largest first.
        bodies: on which they part so.
        lone: the subject that stands alone against all others, where there is one.
    """

    groups: tuple[Group, ...]
    bodies: tuple[Address, ...]
    lone: str | None = None

    @property
    def differs(self) -> bool:
        """Whether there is more than one group."""
        return len(self.groups) > 1


def state_of(verdicts: Iterable[Verdict]) -> State:
    """Names a camp by its verdicts."""
    found = set(verdicts)
    if len(found) > 1:
        return "mixed"
    only = found.pop()
    return "fail" if only == "fail" else "pass" if only == "pass" else "inexpressible"


def splits(book: Book, clause: str) -> list[Split]:
    """Lists the ways in which designs part on a clause, the commonest first; bodies with one design are left out."""
    found: dict[tuple[Group, ...], list[str]] = defaultdict(list)
    for body in book.agreements.bodies(clause):
        camps = book.agreements.camps(clause, body)
        if sum(len(camp.verdicts) for camp in camps) > 1:
            found[_groups(camps)].append(body)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Split(groups, tuple(parse_body_key(body) for body in bodies), _lone(groups)) for groups, bodies in ranked]


def _groups(camps: Sequence[Camp]) -> tuple[Group, ...]:
    groups = [Group(tuple(sorted(camp.subjects)), state_of(camp.verdicts.values())) for camp in camps]
    return tuple(sorted(groups, key=lambda group: (-len(group.subjects), group)))


def _lone(groups: tuple[Group, ...]) -> str | None:
    alone = len(groups) == 2 and len(groups[0].subjects) > 1 and len(groups[1].subjects) == 1
    return groups[1].subjects[0] if alone else None


def wordings(book: Book, clause: str | None = None) -> dict[Wording, int]:
    """Counts how the camps of each body are worded, for one clause or for all."""
    clauses = book.clauses if clause is None else (clause,)
    counts: Counter[Wording] = Counter()
    for one in clauses:
        counts.update(book.agreements.wording(one, body) for body in book.agreements.bodies(one))
    return {wording: counts[wording] for wording in WORDINGS}


def in_words(counts: dict[Wording, int]) -> str:
    """Says a clause's partition in one sentence, the commonest wording first."""
    found = sorted(((count, wording) for wording, count in counts.items() if count), key=lambda item: -item[0])
    if not found:
        return "No design was judged on any body."
    parts = [f"{SENTENCES[wording]} on {count:,} {'body' if count == 1 else 'bodies'}" for count, wording in found]
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


class Contest(Struct, frozen=True):
    """How the bodies of a clause come out, where at least two designs were judged.

    Attributes:
        kept: all show the same and keep it; `lost` and `unsaid`: all show the same, and none keeps it.
        forms: all keep it, and what they show differs.
        ways: none keeps it, and what they show differs.
        parted: some keep it and some do not.
        splits: see `splits`.
    """

    clause: str
    kept: int
    lost: int
    unsaid: int
    forms: int
    ways: int
    parted: int
    splits: tuple[Split, ...]

    @property
    def compared(self) -> int:
        """Bodies with at least two judged designs."""
        return self.same + self.forms + self.ways + self.parted

    @property
    def same(self) -> int:
        """Bodies on which all show the same."""
        return self.kept + self.lost + self.unsaid

    @property
    def telling(self) -> Split:
        """The commonest way in which some keep it and some do not; otherwise the commonest of all."""
        return next((split for split in self.splits if parts(split)), self.splits[0])


def parts(split: Split) -> bool:
    """Says whether some of the designs keep it and some do not."""
    states = {group.state for group in split.groups}
    return "mixed" in states or ("pass" in states and len(states) > 1)


def contests(book: Book) -> list[Contest]:
    """Lists the clauses that can be compared, those first on which the largest share of bodies parts the designs."""
    found = [_contest(book, clause) for clause in book.clauses]
    rated = [one for one in found if one.compared]
    return sorted(rated, key=lambda one: (-one.parted / one.compared, -one.parted, one.same / one.compared, one.clause))


def _contest(book: Book, clause: str) -> Contest:
    counts: Counter[str] = Counter()
    ways = splits(book, clause)
    for split in ways:
        states = {group.state for group in split.groups}
        if parts(split):
            name = "parted"
        elif split.differs:
            name = "forms" if states == {"pass"} else "ways"
        else:
            name = {"pass": "kept", "inexpressible": "unsaid"}.get(split.groups[0].state, "lost")
        counts[name] += len(split.bodies)
    named = {name: counts[name] for name in ("kept", "lost", "unsaid", "forms", "ways", "parted")}
    return Contest(clause, **named, splits=tuple(ways))


class Pair(Struct, frozen=True):
    """How often two subjects showed the same."""

    one: Column
    other: Column
    agreement: Agreement


def pairs(book: Book) -> list[Pair]:
    """Lists all pairs of columns in the order of the columns."""
    return [
        Pair(one, other, book.agreements.between(one.subject, other.subject))
        for one, other in combinations(book.columns, 2)
    ]
