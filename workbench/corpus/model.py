"""What a loaded fixture is: plain frozen values, and the hashes that say which version of the corpus they are.

Rules:
1. Truth is what somebody wrote by hand; nothing here was made by a decoder.
2. Turns count from 1 in file names and in `Turn.number`, from 0 in addresses and in `Turn.index`.
3. A dialect has a body or a reason why it has none; never neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

from workbench.transcript import (
    Delta,
    FollowUp,
    Part,
    Request,
    ToolCallPart,
    ToolResultPart,
    Transcript,
)

Origin: TypeAlias = Literal["rendered", "written"]
"""rendered: the dialect's encoder wrote the bytes from the delta cuts. written: somebody typed them."""


class Body(Struct, frozen=True):
    """The bytes of one response in one dialect.

    Attributes:
        path: of the file that holds them.
    """

    dialect: str
    origin: Origin
    path: Path
    data: bytes


class Turn(Struct, frozen=True):
    """One request and what was answered.

    Attributes:
        number: from 1, as in file names.
        request: whole: earlier turns with their answers from the truth, canned tool results, and what is new.
        transcript: the written truth.
        deltas: the truth in its cuts, for encoders; every frame is -1.
        follow: what the caller adds to the answer to make the next request.
        bodies: by dialect id, in the order of ids.
        absent: dialect id to the reason why it has no body here.
    """

    number: int
    request: Request
    transcript: Transcript
    deltas: tuple[Delta, ...]
    follow: FollowUp
    bodies: Mapping[str, Body]
    absent: Mapping[str, str]

    @property
    def index(self) -> int:
        """From 0, as in addresses."""
        return self.number - 1

    @property
    def exchanges(self) -> tuple[tuple[Part, ...], ...]:
        """Responses so far, this one included: the parts of each, and behind them the caller's results for it."""
        found: list[list[Part]] = []
        before = "user"
        for message in self.request.messages:
            if message.role == "assistant" and before != "assistant":
                found.append([])
            if message.role in {"assistant", "tool"}:
                found[-1].extend(message.parts)
            before = message.role
        last = (*self.transcript.parts, *results_of(self.transcript, self.follow))
        return (*(tuple(parts) for parts in found), last)

    @property
    def conversation(self) -> tuple[Part, ...]:
        """What a next request should hold of assistant parts and tool results, in order: all exchanges in a row."""
        return tuple(part for exchange in self.exchanges for part in exchange)


class Fixture(Struct, frozen=True):
    """One folder under `fixtures/`.

    Attributes:
        why: why it exists, what it tells apart.
        source: where it can be seen that real streams look like this.
        needs: concepts that it is about.
        also: slug of a fixture with the same features to the reason why both are kept.
        dyes: concept id to the strings that mark it.
        lockstep: played to releases frame by frame, so that it can be told when a piece was seen.
        digest: hash over the names and bytes of its files.
    """

    slug: str
    why: str
    source: str
    needs: tuple[str, ...]
    also: Mapping[str, str]
    dyes: Mapping[str, tuple[str, ...]]
    turns: tuple[Turn, ...]
    lockstep: bool
    folder: Path
    digest: str


class Corpus(Struct, frozen=True):
    """All fixtures, in the order of their slugs.

    Attributes:
        digest: the corpus version: a hash over slugs and digests of the fixtures.
    """

    fixtures: tuple[Fixture, ...]
    digest: str

    def __getitem__(self, slug: str) -> Fixture:
        """Returns a fixture by slug.

        Raises:
            KeyError: there is none.
        """
        for fixture in self.fixtures:
            if fixture.slug == slug:
                return fixture
        raise KeyError(slug)

    def bodies(self) -> Iterator[tuple[Fixture, Turn, Body]]:
        """Yields every body with its turn and fixture, ordered by slug, turn and dialect."""
        for fixture in self.fixtures:
            for turn in fixture.turns:
                for body in turn.bodies.values():
                    yield fixture, turn, body


def results_of(transcript: Transcript, follow: FollowUp) -> tuple[ToolResultPart, ...]:
    """Makes the caller's tool results: one per call that the caller has to answer, in the order of the calls."""
    return tuple(
        ToolResultPart(part.id, part.name, follow.results[part.name])
        for part in transcript.parts
        if isinstance(part, ToolCallPart) and not part.server and part.name in follow.results
    )


def digest_of(items: Mapping[str, bytes]) -> str:
    """Hashes named contents, whatever order they come in.

    Args:
        items: name to content.

    Returns:
        64 hexadecimal digits of SHA-256. Lengths are hashed too, so no two sets share one byte string.
    """
    whole = hashlib.sha256()
    for name in sorted(items):
        label = name.encode()
        whole.update(b"%d:%b%d:" % (len(label), label, len(items[name])))
        whole.update(items[name])
    return whole.hexdigest()


def corpus_of(fixtures: Mapping[str, Fixture]) -> Corpus:
    """Puts fixtures together, ordered by slug."""
    return Corpus(
        tuple(fixtures[slug] for slug in sorted(fixtures)),
        digest_of({slug: fixture.digest.encode() for slug, fixture in fixtures.items()}),
    )
