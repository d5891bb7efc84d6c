"""The contract of a workload and of a benchmark.

A *workload* says what is read: neutral deltas of a known meaning for a given number of pieces, or bare wire bytes. A
*body* is a workload of one size in one dialect, made ready. A *benchmark* says what is done with a body while the clock
runs; one of its *tasks* is that for one subject.

Rules:
1. A workload is deterministic: it knows no clock, no chance, no file. What its generator knows of the meaning (`Known`)
   is written down while the pieces are made, and is never read off a decoder or a design.
2. A task keeps three things apart: `run` is what the clock sees; `digest` and `fault` look at what `run` returned, and
   the clock never sees them.
3. No benchmark names a design or a dialect: it is given those that were found.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeAlias

from msgspec import Struct

from workbench.design import Design
from workbench.dialect import Decoded, Dialect
from workbench.transcript import Delta, Json, Kind, Request, Transcript

Group: TypeAlias = Literal["floor", "reading", "design", "harness"]
"""What a benchmark's time is the cost of: the least that anybody pays, our reading of bytes, our ports of designs, the
judging."""

Check: TypeAlias = Literal["generator", "committed"]
"""What a result was held against: what the generator knows, and the digest on file."""


class KnownPart(Struct, frozen=True):
    """What the generator knows of one part.

    Attributes:
        text: all its pieces, joined; of a call, the argument text.
        value: of a call, the object that the argument text was written from.
    """

    kind: Kind
    text: str
    value: Json = None


class Known(Struct, frozen=True):
    """What the generator knows of a stream, from having made it.

    Attributes:
        parts: in the order in which they begin.
        transcript: the same in the neutral vocabulary, with the outcome.
        frames: of bare wire bytes: the data of each frame, in order.
    """

    parts: tuple[KnownPart, ...] = ()
    transcript: Transcript = Transcript()
    frames: tuple[str, ...] = ()


class Made(Struct, frozen=True):
    """What a workload makes for one size.

    Attributes:
        deltas: to be written in a dialect; empty where `data` holds the bytes themselves.
        request: what was asked; it decides which designs can be used.
    """

    known: Known
    deltas: tuple[Delta, ...] = ()
    request: Request = Request(())
    data: bytes | None = None


class Workload(Struct, frozen=True):
    """What is read, in several sizes.

    Attributes:
        id: permanent, kebab-case.
        explain: what is in it and what it is for, in plain words.
        make: from a number of pieces to the stream.
        sizes: numbers of pieces of a full run.
        short_sizes: those of a short one.
        bare: it makes wire bytes (server-sent events) that mean nothing in any dialect.
    """

    id: str
    title: str
    explain: str
    make: Callable[[int], Made]
    sizes: tuple[int, ...]
    short_sizes: tuple[int, ...]
    bare: bool = False


@dataclass(frozen=True)
class Body:
    """A workload of one size in one dialect, made ready: everything that no clock should see.

    Attributes:
        n: number of pieces that the generator made.
        data: the bytes.
        payloads: data of each frame that is JSON, cut out of the bytes without any decoder of ours.
        decoded: the body, read once by the dialect; its steps are shared by all subjects. None for bare bytes.
        frames: number of frames.
        deltas: number of deltas.
        digest: of the bytes.
    """

    workload: Workload
    n: int
    data: bytes
    made: Made
    frames: int
    deltas: int
    digest: str
    dialect: Dialect | None = None
    decoded: Decoded | None = None
    payloads: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """`workload-size@dialect`, or `workload-size` for bare bytes."""
        name = f"{self.workload.id}-{self.n}"
        return name if self.dialect is None else f"{name}@{self.dialect.id}"


@dataclass(frozen=True)
class Task:
    """One thing to time on one body.

    Attributes:
        run: what the clock sees.
        digest: a digest of what `run` returned, equal for equal results.
        fault: what is wrong with it by what the generator knows; None when it is right.
        pin: under which name the digest is on file; None where the result depends on which designs and clauses there
            are, and so is held against the generator alone.
        events: how many events a user of the design was handed; None where there are none.
    """

    run: Callable[[], Any]
    digest: Callable[[Any], str]
    fault: Callable[[Any], str | None]
    pin: str | None = None
    events: Callable[[Any], int] | None = None


class Benchmark(ABC):
    """What is done with a body while the clock runs.

    Attributes:
        id: permanent, kebab-case.
        explain: what runs while the clock runs.
        outside: what was done before, and is not in the time.
        floor: it is what the others' ratios are taken to; one benchmark is.
        largest_short: the largest size of a short run; None for no limit.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    explain: ClassVar[str]
    outside: ClassVar[str]
    group: ClassVar[Group]
    floor: ClassVar[bool] = False
    largest_short: ClassVar[int | None] = None

    @abstractmethod
    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields the subjects that can be timed on a body, with what to time or the reason why it is left out.

        Args:
            body: made ready.
            designs: all that were found, by id.

        Yields:
            `(subject, task)`, or `(subject, reason)`; the subject is a design's id, or None. Nothing at all for a body
            that the benchmark is not about.
        """


@dataclass(frozen=True)
class Case:
    """A task with its place: what is timed, counted and reported as one row."""

    benchmark: Benchmark
    subject: str | None
    body: Body
    task: Task

    @property
    def id(self) -> str:
        """`benchmark[subject]/body`."""
        name = self.benchmark.id if self.subject is None else f"{self.benchmark.id}[{self.subject}]"
        return f"{name}/{self.body.id}"
