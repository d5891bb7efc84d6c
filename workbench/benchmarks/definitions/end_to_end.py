"""`end-to-end`: bytes to frames to deltas to a design's own events to its message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.benchmarks.running import Driven, drive, message_task, why_not
from workbench.design import Design


class EndToEnd(Benchmark):
    """Each design from bytes to message."""

    id = "end-to-end"
    title = "End to end: bytes to message"
    explain = (
        "A body is read by its dialect, our port of a design is fed the deltas, every event is taken, and the message "
        "is assembled."
    )
    outside = "nothing"
    group = "design"
    largest_short = 5_000

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields a task for each design that can be used on the body."""
        dialect, data, request = body.dialect, body.data, body.made.request
        if dialect is None:
            return
        for design in designs.values():
            reason = why_not(design, body, designs)
            if reason is not None:
                yield design.id, reason
                continue
            under = designs[design.over] if design.over else None

            def run(design: Design = design, under: Design | None = under) -> Driven:
                return drive(design, request, dialect.decode(data).steps, under)

            yield design.id, message_task(design, body, run)


BENCHMARK = EndToEnd()
