"""`dialect-decode`: bytes to frames to neutral deltas, with offsets and diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.benchmarks.knowing import wrong_deltas
from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.design import Design
from workbench.dialect import Decoded
from workbench.jsontext import digest


class DialectDecode(Benchmark):
    """The reading that all subjects share."""

    id = "dialect-decode"
    title = "Dialect: bytes to deltas"
    explain = "A body is read by its dialect: bytes to frames, frames to neutral deltas, with offsets and diagnostics."
    outside = "nothing"
    group = "reading"

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields one task for a body in a dialect."""
        dialect, data = body.dialect, body.data
        if dialect is None:
            return

        def run() -> Decoded:
            return dialect.decode(data)

        def fault(decoded: Decoded) -> str | None:
            return wrong_deltas(body.made.known, dialect, decoded)

        yield None, Task(run, lambda decoded: digest(list(decoded.deltas())), fault, pin=f"deltas/{body.id}")


BENCHMARK = DialectDecode()
