"""The contract of a dialect: a provider's wire format, frames to deltas and back.

A dialect is one file under `workbench/dialects/` that defines `DIALECT`, an instance of a subclass of `Dialect`.

Rules:
1. Pure: no I/O, no clock. A decoder never raises on any bytes; what it cannot read becomes a diagnostic.
2. `decode(encode(deltas))` is the projection of their transcript. Nothing else is promised of an encoder.
3. Work grows in line with bytes and frames; a frame's JSON is parsed once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Protocol

from msgspec import Struct

from workbench.transcript import Delta, Json, Part, Request, Transcript
from workbench.wire import FRAMINGS, Diagnostic, Frame, Framing, framing_of


class DeltaDecoder(Protocol):
    """A decoder of one body's frames; see `Dialect.decoder`. Who inherits from it need not write `read`."""

    diagnostics: list[Diagnostic]

    def receive(self, frame: Frame) -> list[Delta]:
        """Returns the deltas of one frame, in order; an empty list when it holds none."""

    def read(self, frames: Sequence[Frame]) -> list[tuple[int, tuple[Delta, ...]]]:
        """Returns the steps of frames in a row: of each that says something, its index and what `receive` returns."""
        return [(frame.index, tuple(step)) for frame in frames if (step := self.receive(frame))]

    def finish(self, tail: str | None) -> list[Delta]:
        """Ends the body; returns what only the end tells, such as `StreamTruncated`.

        Args:
            tail: data of a frame that the body left unterminated, or None.
        """


class Decoded(Struct, frozen=True):
    """A body, read once; shared by all subjects.

    Attributes:
        steps: per frame that said something: its index and its deltas. What only the end tells stands last.
        diagnostics: remarks of the framing and of the dialect, in the order of their offsets.
    """

    dialect: str
    frames: tuple[Frame, ...]
    steps: tuple[tuple[int, tuple[Delta, ...]], ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def last_frame(self) -> int:
        """Index of the last frame, or -1."""
        return len(self.frames) - 1

    def deltas(self) -> Iterator[Delta]:
        """Yields all deltas in order."""
        for _, step in self.steps:
            yield from step


class Dialect(ABC):
    """One provider's wire format.

    Attributes:
        id: permanent, kebab-case.
        framings: how a body may be cut into frames; the first is the one that is written.
        path: where the provider's API serves it, for replay. `{name}` stands for a part that varies, such as the model.
        source: documentation, with its version or date.
        cannot: concept id to the reason why a response in this dialect cannot carry it.
        history_cannot: the same for a request.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    framings: ClassVar[tuple[Framing, ...]] = ("sse",)
    path: ClassVar[str]
    source: ClassVar[str]
    cannot: ClassVar[Mapping[str, str]]
    history_cannot: ClassVar[Mapping[str, str]]

    @abstractmethod
    def decoder(self) -> DeltaDecoder:
        """Makes a decoder for one body."""

    @abstractmethod
    def encode(self, deltas: Sequence[Delta]) -> bytes:
        """Writes a body.

        Args:
            deltas: in the order of the stream; their `frame` is ignored. What the dialect cannot carry is left out.
        """

    @abstractmethod
    def whole(self, transcript: Transcript) -> bytes | None:
        """Writes the response that the provider sends at the same path when no stream is asked for: one JSON document.

        Args:
            transcript: as this dialect can carry it.

        Returns:
            The document; None where there is none, as when the stream broke off.
        """

    @abstractmethod
    def project(self, transcript: Transcript) -> Transcript:
        """Takes from a transcript what a response in this dialect cannot carry."""

    @abstractmethod
    def project_history(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """Takes from the parts of a conversation what a request in this dialect cannot carry."""

    @abstractmethod
    def write_request(self, request: Request) -> Json:
        """Writes the JSON body of a streaming request."""

    @abstractmethod
    def read_request(self, sent: Json) -> Request:
        """Reads a request's JSON body back; unknown fields are left alone.

        Raises:
            FixtureError: it is not a request of this dialect.
        """

    @abstractmethod
    def recognises(self, frames: Sequence[Frame]) -> bool:
        """Says whether the first frames of a body are of this dialect, from what they hold."""

    def framing_of(self, body: bytes) -> Framing:
        """Tells how a body of this dialect is framed, from its first bytes."""
        return self.framings[0] if len(self.framings) == 1 else framing_of(body, self.framings)

    def decode(self, body: bytes) -> Decoded:
        """Reads a whole body. Never raises: what cannot be read becomes diagnostics."""
        framing = FRAMINGS[self.framing_of(body)]()
        frames = framing.receive(body)
        frames += framing.finish()
        decoder = self.decoder()
        steps = decoder.read(frames)
        last = decoder.finish(framing.tail_data)
        if last:
            steps.append((len(frames) - 1, tuple(last)))
        remarks = sorted([*framing.diagnostics, *decoder.diagnostics], key=lambda remark: remark.start)
        return Decoded(self.id, tuple(frames), tuple(steps), tuple(remarks))
