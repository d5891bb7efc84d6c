"""Plays bodies to the driver of one release, remembers what it answered, and does so twice.

Rules:
1. Each of the two passes has a process of its own, and the second takes the fixtures from the end: what depends on the
   process, or on what was run before, comes out differently.
2. In lockstep, the second pass waits for the long quiet time: an event that came late by the short one differs.
3. An answer that is remembered is not asked for again; the process starts with the first that is not.
4. An answer that was spoiled after it was given is replaced, also in the memory.
5. Answers that disagree are not remembered: the next run asks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import TracebackType
from typing import Self, TypeAlias

from msgspec import UNSET, Struct, structs

from workbench.dialect import Dialect
from workbench.harness.run import ReadBody
from workbench.shipped.asking import Ask, shipped
from workbench.shipped.subjects import Subject, driver_bytes, driver_of
from workbench.trace import Address
from workbench.upstream.cache import Cache, Key, key_of
from workbench.upstream.environments import Environment
from workbench.upstream.limits import Failure, Limits
from workbench.upstream.lockstep import LONG_QUIET_S, QUIET_S
from workbench.upstream.protocol import Description, Earlier
from workbench.upstream.releases import Release
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch
from workbench.verdict import Cell

Outcome: TypeAlias = Result | Failure

TAKES = 2
TRIES = 3
"""How often a body is played in lockstep until the driver has come to rest after each frame."""


class Played(Struct, frozen=True):
    """What one subject answered.

    Attributes:
        takes: outcome by body, for each time that it was asked; a body for which there is nothing to ask has none.
        asks: what was asked, likewise.
    """

    subject: Subject
    takes: tuple[Mapping[Address, Outcome], ...]
    asks: tuple[Mapping[Address, Ask], ...] = ()


class Player:
    """One driver in the environment of one release; a context manager, used by one thread.

    Args:
        release: what to run.
        environment: where it is installed.
        cache: the memory.
        limits: what the driver is allowed.
    """

    def __init__(self, release: Release, environment: Environment, cache: Cache, limits: Limits | None = None) -> None:
        path = driver_of(release)
        self._bytes = driver_bytes(path)
        self._lock = environment.digest
        self._cache = cache
        self._runner = DriverRunner(
            Launch.python(environment.python, path), limits, expect=(release.library, release.version)
        )
        self._asked: dict[int, Key] = {}

    def __enter__(self) -> Self:
        """Starts nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the process, if there is one."""
        self._runner.close()

    def describe(self) -> Description | Failure:
        """Says what the driver says of itself."""
        known = self._cache.description(self._lock, self._bytes)
        if known is not None:
            return known
        said = self._runner.describe()
        if isinstance(said, Description):
            self._cache.keep_description(self._lock, self._bytes, said)
        return said

    def ask(self, ask: Ask, take: int = 0) -> Outcome:
        """Asks the driver, or the memory."""
        key = self._key(ask, take)
        known = self._cache.get(key)
        if known is not None:
            return known
        quiet_s = LONG_QUIET_S if take else QUIET_S
        outcome = self._runner.run(ask.run, ask.script, lockstep=ask.lockstep, quiet_s=quiet_s)
        for _ in range(TRIES - 1):  # on a busy machine, a driver may not come to rest in time
            if isinstance(outcome, Failure) or not outcome.unsettled:
                break
            outcome = self._runner.run(ask.run, ask.script, lockstep=ask.lockstep, quiet_s=quiet_s)
        self._asked[self._runner.seq] = key
        self._cache.put(key, outcome)
        return outcome

    def forget(self, ask: Ask, take: int) -> None:
        """Takes an answer out of the memory."""
        self._cache.forget(self._key(ask, take))

    def _key(self, ask: Ask, take: int) -> Key:
        key = key_of(self._lock, self._bytes, ask.run, ask.script, lockstep=ask.lockstep, slow=take > 0)
        return structs.replace(key, take=take)

    def renew(self) -> None:
        """Lets the process go, and takes back what it spoiled afterwards."""
        self._runner.renew()
        for seq, failure in self._runner.late.items():
            if seq in self._asked:
                self._cache.put(self._asked.pop(seq), failure)


def play_subject(
    player: Player,
    subject: Subject,
    bodies: Iterable[ReadBody],
    dialects: Mapping[str, Dialect],
    tell: Callable[[], None] | None = None,
) -> Played:
    """Plays all bodies that a subject can be used on, twice.

    Args:
        player: the driver of the subject's release.
        subject: what to ask for.
        bodies: of the corpus; turns of one fixture in one dialect in a row.
        dialects: by id.
        tell: called after each body.
    """
    usable = [body for body in bodies if body.address.dialect in subject.dialects]
    conversations = [
        list(turns) for _, turns in groupby(usable, lambda body: (body.address.fixture, body.address.dialect))
    ]
    takes, asks = [], []
    for take in range(TAKES):
        ordered = conversations if take % 2 == 0 else conversations[::-1]
        for turns in ordered:
            for _ in _conversation(player, subject, turns, dialects, take):
                if tell is not None:
                    tell()
        player.renew()
        # Asked again of the memory: what was spoiled late is a failure there by now.
        told = [one for turns in ordered for one in _conversation(player, subject, turns, dialects, take)]
        takes.append({at: outcome for at, _, outcome in told})
        asks.append({at: ask for at, ask, _ in told})
    return Played(subject, tuple(takes), tuple(asks))


def forget_what_differs(player: Player, played: Played, cells: Iterable[Cell]) -> None:
    """Takes the answers of bodies with a flaky cell out of the memory.

    Args:
        player: that asked.
        played: what it got.
        cells: as they were judged.
    """
    for at in {Address(cell.fixture, cell.turn, cell.dialect) for cell in cells if cell.verdict == "flaky"}:
        for take, asked in enumerate(played.asks):
            player.forget(asked[at], take)


def _conversation(
    player: Player, subject: Subject, turns: Sequence[ReadBody], dialects: Mapping[str, Dialect], take: int
) -> Iterator[tuple[Address, Ask, Outcome]]:
    history: list[Earlier] = []
    if subject.variant is None:
        return
    for body in turns:
        if subject.design.applies(body.turn.request) is not None:
            continue
        asked = shipped(subject.variant, body, dialects[body.address.dialect], history)
        if asked is None:
            continue
        outcome = player.ask(asked, take)
        yield body.address, asked, outcome
        stored = outcome.record.stored if isinstance(outcome, Result) else UNSET
        if stored is not UNSET:
            history.append(Earlier(stored, body.turn.follow))
