"""`floor-lines`: splitting the body into lines, which anybody who reads server-sent events has to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.benchmarks.bodies import digest_of
from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.design import Design


class FloorLines(Benchmark):
    """bytes.split, once over the whole body."""

    id = "floor-lines"
    title = "Floor: split into lines"
    explain = "The whole body is split at its line feeds, by one call of bytes.split."
    outside = "nothing"
    group = "floor"

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields one task for every body."""
        data = body.data

        def run() -> list[bytes]:
            return data.split(b"\n")

        def fault(lines: list[bytes]) -> str | None:
            return None if b"\n".join(lines) == data else "the lines do not join to the body"

        yield None, Task(run, digest=lambda lines: digest_of(b"\n".join(lines)), fault=fault)


BENCHMARK = FloorLines()
