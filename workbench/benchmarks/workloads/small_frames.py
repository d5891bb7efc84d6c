"""`small-frames`: very many frames of a few bytes; bare wire bytes, no dialect.

What a frame costs beyond its bytes shows here, and comments between frames, as servers send them to keep a connection.
"""

from __future__ import annotations

from workbench.benchmarks.model import Known, Made, Workload
from workbench.benchmarks.pieces import word

_COMMENT_EACH = 50


def make(n: int) -> Made:
    """Makes a body of `n` frames."""
    frames = tuple(word(counter) for counter in range(n))
    pieces: list[str] = []
    for number, data in enumerate(frames):
        if number % _COMMENT_EACH == 0:
            pieces.append(": keep\n\n")
        pieces.append(f"data: {data}\n\n")
    return Made(Known(frames=frames), data="".join(pieces).encode())


WORKLOAD = Workload(
    id="small-frames",
    title="Many small frames",
    explain="Server-sent events of a few bytes each, with a comment before every fiftieth.",
    make=make,
    sizes=(1_000, 10_000, 50_000),
    short_sizes=(1_000, 10_000, 50_000),
    bare=True,
)
