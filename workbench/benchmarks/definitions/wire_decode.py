"""`wire-decode`: bytes to frames, the body in one piece and in pieces as a network hands them out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.benchmarks.bodies import digest_of
from workbench.benchmarks.knowing import wrong_frames
from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.design import Design
from workbench.wire import FRAMINGS, Frame

PIECE_BYTES = 16_384


class WireDecode(Benchmark):
    """Our wire decoder alone."""

    id = "wire-decode"
    title = "Wire: bytes to frames"
    explain = f"Our wire decoder reads the body: `whole` in one piece, `pieces` in pieces of {PIECE_BYTES:,} bytes."
    outside = "cutting the body into pieces"
    group = "reading"

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields a task for the body in one piece; for bare bytes, also one for the body in pieces."""
        yield "whole", self._task(body, (body.data,))
        if body.dialect is None:
            cuts = range(0, len(body.data), PIECE_BYTES)
            yield "pieces", self._task(body, tuple(body.data[at : at + PIECE_BYTES] for at in cuts))

    def _task(self, body: Body, pieces: tuple[bytes, ...]) -> Task:
        make = FRAMINGS["sse" if body.dialect is None else body.dialect.framings[0]]

        def run() -> list[Frame]:
            decoder = make()
            frames: list[Frame] = []
            for piece in pieces:
                frames += decoder.receive(piece)
            return frames + decoder.finish()

        def fault(frames: list[Frame]) -> str | None:
            if body.dialect is None:
                return wrong_frames(body.made.known.frames, frames)
            return wrong_frames(
                [payload.decode() for payload in body.payloads], [one for one in frames if one.data.startswith("{")]
            )

        def digest(frames: list[Frame]) -> str:
            return digest_of("\n".join(f"{one.start} {one.end} {one.event} {one.data}" for one in frames).encode())

        return Task(run, digest, fault, pin=f"frames/{body.id}")


BENCHMARK = WireDecode()
