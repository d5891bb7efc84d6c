"""`long-line`: one frame whose data is a single line of many bytes; bare wire bytes, no dialect.

The number of pieces counts blocks of 512 bytes, so the largest is a line of ten megabytes.
"""

from __future__ import annotations

from workbench.benchmarks.model import Known, Made, Workload
from workbench.benchmarks.pieces import word

_BLOCK = 512


def make(n: int) -> Made:
    """Makes a body of one frame with `n` blocks of data."""
    block = " ".join(word(counter) for counter in range(200)).encode()[:_BLOCK].decode("utf-8", "ignore")
    block += "." * (_BLOCK - len(block.encode()))
    data = block * n
    return Made(Known(frames=(data,)), data=f"data: {data}\n\n".encode())


WORKLOAD = Workload(
    id="long-line",
    title="One long line",
    explain="One server-sent event whose data is one line, up to ten megabytes, part of it not ASCII.",
    make=make,
    sizes=(200, 2_000, 20_480),
    short_sizes=(200, 2_000, 20_480),
    bare=True,
)
