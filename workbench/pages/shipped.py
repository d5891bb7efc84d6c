"""What pages read of results as shipped: libraries, releases, ways of using them, counted once.

Rules:
1. These results are a folder of their own, and so is this reader: nothing in it is ever added to a number of `book`.
2. They may be absent, and then pages say so. They may be of another corpus or profile than the results as designed, and
   then each page that shows them says so, too.
3. The order of releases is that of the catalogue, oldest first; a release of which the catalogue knows nothing is last.
4. Cells stay packed: only what is shown of them is unpacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from workbench.pages.inert import name_of
from workbench.pages.tally import LEFT_OUT, Left, Tally
from workbench.results import VERDICT_OF, ResultSet, SubjectResult
from workbench.results.model import unpack_cell
from workbench.transcript import Json
from workbench.verdict import VERDICTS, Cell, Verdict

WAY = "as shipped"


class Way(Struct, frozen=True):
    """A release, used in one way: one subject.

    Attributes:
        subject: its address.
        variant: id of the way; empty where the release could not be run.
        title: in the driver's words; empty where the catalogue has none.
        facts: mode, store and the like, in words.
        design: id of the design that reads it.
    """

    subject: str
    variant: str
    title: str
    facts: tuple[str, ...]
    design: str

    @property
    def name(self) -> str:
        """What tells it from the other ways of its release."""
        return self.variant or "not run"


class ReleaseView(Struct, frozen=True):
    """One published version of a library.

    Attributes:
        address: `llm@0.36`.
        text: its entry in the catalogue; empty where there is none.
        ways: in the order of the driver.
        missing: why it could not be run; None where it was.
    """

    address: str
    library: str
    version: str
    text: Json
    ways: tuple[Way, ...]
    missing: str | None

    @property
    def anchor(self) -> str:
        """The fragment that leads to it on its library's page."""
        return f"release-{name_of(self.version)}"

    @property
    def words(self) -> str:
        """Its name in a sentence: `llm 0.36`."""
        return f"{self.library} {self.version}"


class LibraryView(Struct, frozen=True):
    """One library with its releases, oldest first."""

    name: str
    releases: tuple[ReleaseView, ...]

    @property
    def page(self) -> str:
        """Path of its page, without extension."""
        return f"releases/{name_of(self.name)}"

    @property
    def ran(self) -> list[ReleaseView]:
        """The releases that could be run, oldest first."""
        return [one for one in self.releases if one.missing is None]

    @property
    def newest(self) -> ReleaseView:
        """The newest release that could be run; the newest of all where none could."""
        return (self.ran or self.releases)[-1]

    @property
    def ways(self) -> int:
        """How many subjects it is."""
        return sum(len(release.ways) for release in self.releases)


class Shipped:
    """Results as shipped, for pages.

    Args:
        results: the folder, read; None where there is none.
        corpus: digest of the corpus of the results as designed.
        profile: digest of their profile.
        clauses: ids of the clauses that pages know.

    Attributes:
        clauses: all that judged: those that pages know in their order, then others by id.
    """

    def __init__(self, results: ResultSet | None, corpus: str, profile: str, clauses: Iterable[str]) -> None:
        self.results = results or ResultSet({}, {}, {}, {}, {})
        self.catalogue: dict[str, Any] = self.results.catalogue or {}
        self.subjects: Mapping[str, SubjectResult] = {
            subject: one for subject, one in self.results.subjects.items() if one.way == WAY
        }
        self._today = (corpus, profile)
        known = tuple(clauses)
        judged = {clause for one in self.subjects.values() for clause in one.clauses}
        self.clauses = [*(one for one in known if one in judged), *sorted(judged.difference(known))]
        self._tallies: dict[str, dict[str, Tally]] = {}
        self.libraries: dict[str, LibraryView] = {one.name: one for one in self._libraries()}
        self.release_of = {
            way.subject: release for one in self.libraries.values() for release in one.releases for way in release.ways
        }

    @property
    def here(self) -> bool:
        """Whether there are any."""
        return bool(self.subjects)

    def tally(self, subject: str, clause: str) -> Tally:
        """Counts the cells of one subject and one clause."""
        found = self._tallies.get(subject)
        if found is None:
            found = self._tallies[subject] = tallies(self.subjects[subject])
        return found.get(clause) or total(())

    def on(self, subject: str, body: str) -> Tally | None:
        """Counts the cells of one subject on one body; None where it has no such body."""
        found = self.subjects[subject].bodies.get(body)
        if found is None:
            return None
        return _tally(Counter(VERDICT_OF[letter] for letter in found.verdicts), {})

    def cell(self, subject: str, body: str, clause: str) -> Cell:
        """Unpacks one cell; subject, body and clause have to be there."""
        result = self.subjects[subject]
        return unpack_cell(result, self.results.shared, body, result.clauses.index(clause))

    def whole(self, subjects: Iterable[str]) -> Tally:
        """Counts all cells of some subjects."""
        return total(self.tally(subject, clause) for subject in subjects for clause in self.subjects[subject].clauses)

    def whole_of(self, library: LibraryView, clause: str) -> Tally:
        """Counts the cells of one clause in the newest release of a library."""
        return total(self.tally(way.subject, clause) for way in library.newest.ways)

    def read_by(self, design: str) -> list[LibraryView]:
        """Lists the libraries that a design reads, each with the releases and ways that it reads."""
        found = []
        for library in self.libraries.values():
            releases = []
            for release in library.ran:
                ways = tuple(way for way in release.ways if way.design == design)
                if ways:
                    releases.append(
                        ReleaseView(release.address, library.name, release.version, release.text, ways, None)
                    )
            if releases:
                found.append(LibraryView(library.name, tuple(releases)))
        return found

    def notes(self, subjects: Iterable[str] | None = None) -> list[str]:
        """Says which of some subjects, of all by default, are of another corpus or profile than the adapters.

        There is nothing to say while all are of the same.
        """
        wanted = list(self.subjects if subjects is None else subjects)
        said = []
        for what, of, today in (("corpus", "corpus", self._today[0]), ("profile", "profile", self._today[1])):
            other = Counter(getattr(self.subjects[one], of) for one in wanted)
            other.pop(today, None)
            if other:
                digests = ", ".join(digest[:16] for digest in sorted(other))
                count = sum(other.values())
                said.append(
                    f"{count} of {len(wanted)} results as shipped {'is' if count == 1 else 'are'} of another {what} "
                    f"({digests}) than those as designed ({today[:16]})"
                )
        return said

    @property
    def provenance(self) -> list[tuple[str, str]]:
        """What the foot of a page about releases says: versions, date and platform of their run."""
        run: dict[str, Json] = self.results.run or {}
        rows = [
            ("corpus", _each(one.corpus for one in self.subjects.values())),
            ("profile", _each(one.profile for one in self.subjects.values())),
            ("run of", run.get("date", "")),
            ("platform", run.get("platform", "")),
            ("Python", run.get("python", "")),
            ("workbench", run.get("workbench", "")),
        ]
        return [(name, str(value) if value else "not recorded") for name, value in rows]

    @property
    def date(self) -> str:
        """Day of the run."""
        return dict(self.provenance)["run of"]

    def _libraries(self) -> Iterator[LibraryView]:
        told: dict[str, Any] = self.catalogue.get("releases", {})
        by_release: dict[str, list[str]] = {name: [] for name in told}
        for subject in self.subjects:
            by_release.setdefault(subject.partition("/")[0], []).append(subject)
        views: dict[str, list[ReleaseView]] = {}
        for address, subjects in by_release.items():
            if subjects:
                release = self._release(address, told.get(address, {}), subjects)
                views.setdefault(release.library, []).append(release)
        for name, releases in sorted(views.items()):
            yield LibraryView(name, tuple(releases))

    def _release(self, address: str, text: Any, subjects: list[str]) -> ReleaseView:
        library, _, version = address.rpartition("@") if "@" in address else (address, "", "")
        ways: dict[str, Any] = text.get("ways", {})
        order = {variant: index for index, variant in enumerate(ways)}
        variants = sorted(
            ((subject.partition("/")[2], subject) for subject in subjects),
            key=lambda one: (order.get(one[0], len(order)), one[0]),
        )
        views = tuple(
            Way(subject, variant, *_words(ways.get(variant, {})), self.subjects[subject].design)
            for variant, subject in variants
        )
        return ReleaseView(
            address,
            str(text.get("library", library)),
            str(text.get("version", version)),
            text,
            views,
            self._missing(subjects),
        )

    def _missing(self, subjects: list[str]) -> str | None:
        """Why a release could not be run: what all its cells say; None where any cell says anything else."""
        found = [self.subjects[subject] for subject in subjects]
        letters = {letter for one in found for body in one.bodies.values() for letter in body.verdicts}
        if {VERDICT_OF[letter] for letter in letters} != {"not-run"}:
            return None
        return "; ".join(dict.fromkeys(reason for one in found for reason in one.reasons)) or "no reason was recorded"


def _words(way: Any) -> tuple[str, tuple[str, ...]]:
    """Title and facts of a way of using a library."""
    facts = [f"{what} {way[what]}" for what in ("mode", "store") if way.get(what)]
    facts += ["async"] if way.get("async") else []
    facts += ["not streamed"] if way.get("streamed") is False else []
    return str(way.get("title") or ""), tuple(facts)


def _each(digests: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(one[:16] for one in digests))


def tallies(result: SubjectResult, bodies: Collection[str] | None = None) -> dict[str, Tally]:
    """Counts the cells of each clause.

    Args:
        result: of one subject.
        bodies: to count on; all that it has by default.
    """
    wanted = [body for key, body in result.bodies.items() if bodies is None or key in bodies]
    found = {}
    for index, clause in enumerate(result.clauses):
        counts: Counter[Verdict] = Counter()
        reasons: Counter[tuple[Verdict, str]] = Counter()
        for body in wanted:
            verdict = VERDICT_OF[body.verdicts[index]]
            counts[verdict] += 1
            if verdict in LEFT_OUT:
                reason = body.reasons[index]
                reasons[verdict, result.reasons[reason] if reason >= 0 else "no reason was recorded"] += 1
        found[clause] = _tally(counts, reasons)
    return found


def total(tallies: Iterable[Tally]) -> Tally:
    """Adds up tallies of one kind of subject."""
    counts: Counter[Verdict] = Counter()
    reasons: Counter[tuple[Verdict, str]] = Counter()
    for one in tallies:
        counts.update(one.counts)
        for left in one.left:
            reasons[left.verdict, left.reason] += left.count
    return _tally(counts, reasons)


def _tally(counts: Mapping[Verdict, int], reasons: Mapping[tuple[Verdict, str], int]) -> Tally:
    ranked = sorted(reasons.items(), key=lambda item: (LEFT_OUT.index(item[0][0]), -item[1], item[0][1]))
    return Tally(
        {verdict: counts.get(verdict, 0) for verdict in VERDICTS},
        tuple(Left(verdict, reason, count) for (verdict, reason), count in ranked),
    )
