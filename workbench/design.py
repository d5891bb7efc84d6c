"""The contract of a design: one API convention as its users meet it.

A design is a folder under `workbench/designs/` that defines `DESIGN`, an instance of a subclass of `Design`. It has two
jobs that never meet:

1. *Adapt*: `start` gives an `Adapter`, our sans-IO port of the design. Deltas go in, the design's own events and
   message come out. An adapter has the two halves that a real library has: `produce` is what its provider plug-in does
   (deltas become the events that the plug-in hands to the framework), `accept` is the framework (these become what the
   user iterates over). So the same producer events can be pushed through the real framework, and both compared.
2. *Observe*: `observe` reads native JSON back into sightings, one phase at a time. It knows nothing of the adapter.

Rules:
1. A design imports this module, the transcript vocabulary, errors, and what its own folder holds. It does no I/O.
2. An adapter sends all that the design's documented fields can carry, and nothing in undocumented ones.
3. An error that the design raises at its user is a `NativeRaise`. Anything else that an adapter raises is our fault.
4. What `carries` declares, a fixture must fill; what it does not declare must not be found.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from workbench.native import FramedEvent, Native
from workbench.transcript import Delta, FollowUp, Json, Phase, Request, Sighting

__all__ = [
    "Adapter",
    "Carries",
    "Design",
    "Deviation",
    "FramedEvent",
    "Native",
    "NativeRaise",
    "PhaseNote",
    "Port",
    "Status",
]

Carries: TypeAlias = Mapping[Phase, Mapping[str, str]]
"""Phase to concept id to the path in that phase's native JSON which carries the concept. See `workbench.paths`."""


class NativeRaise(Exception):  # noqa: N818 - it stands for somebody else's exception
    """The exception that the design raises at its user while iterating.

    Attributes:
        type: class name as the user sees it, such as `APIError`.
    """

    def __init__(self, type_: str, message: str) -> None:
        super().__init__(message)
        self.type = type_


class Status(Struct, frozen=True):
    """Whether anybody can use the design today.

    Attributes:
        state: it ships in a release, or it is a proposal that no release carries, or it is only ours.
        where: the release or the proposal, in words: `llm 0.32`, `pull request 228`.
        source: where that can be checked.
    """

    state: Literal["ships in", "proposed in", "reference"]
    where: str
    source: str


class Port(Struct, frozen=True):
    """The release that an adapter ports: what it is compared with.

    Attributes:
        proof: the test that runs the real release beside the adapter, or None while nothing does.
    """

    library: str
    release: str
    proof: str | None = None


class PhaseNote(Struct, frozen=True):
    """How a user reads one phase.

    Attributes:
        api: the public call, such as `response.stream_events()`.
        source: file or page that documents it.
    """

    api: str
    source: str


class Deviation(Struct, frozen=True):
    """A known difference between an adapter and the release that it ports.

    Attributes:
        fixture: slug of the fixture that shows it.
        reason: why it is so.
        link: where that can be checked.
    """

    fixture: str
    phase: Phase
    reason: str
    link: str


class Adapter(ABC):
    """Our port of a design for one response: a pure accumulator.

    State: it is fed frame by frame, finished once, and asked afterwards. Events that were handed out never change.
    """

    @abstractmethod
    def produce(self, step: Sequence[Delta]) -> Iterable[object]:
        """Turns the deltas of one frame into producer events, as the design's provider plug-in would.

        Args:
            step: all deltas of one frame, or the last step, which may hold `StreamTruncated` alone.

        Yields:
            Native objects in the design's own vocabulary; nothing when the design has no event for these deltas.

        Raises:
            NativeRaise: the plug-in raises here.
        """

    def accept(self, event: object) -> Iterable[object]:
        """Turns one producer event into what the user iterates over; here, the event itself.

        Raises:
            NativeRaise: the framework raises here.
        """
        return (event,)

    def receive(self, step: Sequence[Delta]) -> Iterable[object]:
        """Both halves in a row: deltas of one frame to what the user iterates over."""
        for produced in self.produce(step):
            yield from self.accept(produced)

    def finish(self) -> Iterable[object]:
        """Ends the stream; yields what the design still hands out then. Not called after a raise."""
        return ()

    def fail(self, error: NativeRaise) -> Iterable[object]:
        """Takes the exception of the design below, where there is one; here, it reaches the user.

        Yields:
            What the design hands out instead of raising. Nothing is fed after it, and `finish` is not called.

        Raises:
            NativeRaise: the design lets the exception through, or raises another.
        """
        raise error

    def message(self) -> Json:
        """Returns the assembled message as native JSON.

        Raises:
            NativeRaise: the design gives no message for this stream.
        """
        raise NotImplementedError

    def stored(self) -> Json:
        """Returns the stored form, as the design's own call makes it."""
        raise NotImplementedError


class Design(ABC):
    """One API convention: its name, its adapter, its reader, and what it says of itself.

    Attributes:
        id: permanent, kebab-case.
        title: for headings.
        summary: one sentence in plain words for a reader who never met it.
        phases: the phases that it has, each with the public call and its source. A phase that is not here is drawn as
            one band and left out of agreement.
        carries: concept by phase to path in native JSON.
        discriminators: keys that name the kind of an object in its native JSON, such as `type`.
        snapshots: its events are states of one object rather than steps.
        over: id of the design whose events it consumes instead of deltas.
        folder: where the design's schema, README and example lie.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    status: ClassVar[Status]
    port: ClassVar[Port | None] = None
    phases: ClassVar[Mapping[Phase, PhaseNote]]
    carries: ClassVar[Carries]
    discriminators: ClassVar[tuple[str, ...]] = ("type",)
    snapshots: ClassVar[bool] = False
    over: ClassVar[str | None] = None
    deviations: ClassVar[tuple[Deviation, ...]] = ()
    folder: ClassVar[Path]

    def applies(self, request: Request) -> str | None:
        """Says why the design cannot be used for this request; None when it can.

        A design that fills in an object needs to know the object's schema, for instance.
        """
        return None

    @abstractmethod
    def start(self, request: Request) -> Adapter:
        """Makes an adapter for the response to a request."""

    def history(self, request: Request) -> Json:
        """Writes the messages of a first request in the design's own vocabulary."""
        raise NotImplementedError

    @abstractmethod
    def event_json(self, event: object) -> Json:
        """Writes one native event as JSON, with the design's own field names."""

    def produced_json(self, event: object) -> Json:
        """Writes one producer event as JSON, so that it can be pushed through the real framework.

        Where a design's framework hands on what its plug-ins produce, that is `event_json`.
        """
        return self.event_json(event)

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Yields what code written for the older API is handed for this event; nothing when it is not told."""
        return ()

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored form back with the design's own call; returns it in the shape of `Adapter.message`.

        Args:
            stored: what `Adapter.stored` returned.
            request: what was asked. It stands for what the caller's own code knows, such as the class of its answer.

        Raises:
            NativeRaise: the design cannot read back what it stored.
        """
        raise NotImplementedError

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Builds the next request from stored history alone.

        Args:
            history: what `history` or the last `resume` returned.
            stored: the stored form of the response.
            follow: canned results for the calls that the stored form tells of, and the user's next prompt.

        Returns:
            The messages of the next request, in the design's own vocabulary.
        """
        raise NotImplementedError

    @abstractmethod
    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads what a user can know in one phase; a pure function of native JSON.

        Args:
            phase: which phase to read; one of `phases`.
            native: what a subject produced, with only that phase's fields set: `events` for live, `legacy` for legacy,
                `message` for final, `stored` and `restored` for stored, `request` for resumed. In resumed, all
                assistant parts and tool results of the conversation are sighted, in order.

        Yields:
            Sightings, each naming the frame after which it held; in the phases after the stream, `native.last_frame`.
        """
