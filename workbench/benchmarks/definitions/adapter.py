"""`adapter`: shared deltas to a design's own events and message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.benchmarks.running import Driven, drive, message_task, why_not
from workbench.design import Design


class AdapterAlone(Benchmark):
    """Each design's adapter alone."""

    id = "adapter"
    title = "Adapter: deltas to message"
    explain = (
        "Our port of a design is fed the deltas frame by frame, every event that it hands out is taken, and the "
        "message is assembled."
    )
    outside = "reading the body: it is read once, and its deltas are shared by all designs"
    group = "design"
    largest_short = 5_000

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields a task for each design that can be used on the body."""
        if body.decoded is None:
            return
        request, steps = body.made.request, body.decoded.steps
        for design in designs.values():
            reason = why_not(design, body, designs)
            if reason is not None:
                yield design.id, reason
                continue
            under = designs[design.over] if design.over else None

            def run(design: Design = design, under: Design | None = under) -> Driven:
                return drive(design, request, steps, under)

            yield design.id, message_task(design, body, run)


BENCHMARK = AdapterAlone()
