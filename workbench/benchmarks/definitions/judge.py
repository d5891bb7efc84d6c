"""`judge`: what a subject showed, read by its design's reader and held against all clauses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import UNSET

from workbench.benchmarks.knowing import wrong_sight
from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.benchmarks.running import why_not
from workbench.clauses import all_checks
from workbench.design import Design
from workbench.harness.adapt import adapt
from workbench.harness.judge import judge
from workbench.harness.observe import trace_of
from workbench.jsontext import digest
from workbench.trace import Address, Trace, Truth
from workbench.transcript import FollowUp, see
from workbench.verdict import Cell

MOST_SNAPSHOTS = 1_000
Judged = tuple[Trace, list[Cell]]


class Judge(Benchmark):
    """The readers and the checks."""

    id = "judge"
    title = "Judge: trace and all clauses"
    explain = "A design's reader reads its native JSON in every phase that it has, and all clauses judge the trace."
    outside = "reading the body, running the adapter, writing its events, message and stored form as JSON"
    group = "harness"
    largest_short = 1_000

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields a task for each design that can be used on the body."""
        if body.decoded is None or body.dialect is None:
            return
        projected = body.dialect.project(body.made.known.transcript)
        written, request = body.made.known.transcript, body.made.request
        truth = Truth(written, projected, see(body.decoded.deltas()), projected.parts, request)
        address = Address(body.workload.id, 0, body.dialect.id)
        checks = list(all_checks().values())
        for design in designs.values():
            reason = why_not(design, body, designs)
            if reason is None and design.snapshots and body.n > MOST_SNAPSHOTS:
                reason = (
                    f"its events are whole snapshots, which the trace holds one by one: up to {MOST_SNAPSHOTS:,} only"
                )
            if reason is not None:
                yield design.id, reason
                continue
            under = designs[design.over] if design.over else None
            native = adapt(design, body.decoded, request, FollowUp(), under=under, fixture=body.id)
            if native.message is UNSET:
                yield design.id, "the design gives no message for this stream"
                continue

            def run(design: Design = design, native: object = native) -> Judged:
                trace = trace_of(design, native, address)  # type: ignore[arg-type]
                return trace, list(judge(trace, truth, design, checks))

            def fault(judged: Judged, design: Design = design) -> str | None:
                trace, cells = judged
                if len(cells) != len(checks):
                    return f"{len(checks)} clauses, {len(cells)} cells"
                return wrong_sight(body.made.known, design, trace.seen["final"])

            yield design.id, Task(run, lambda judged: digest([[one.clause, one.verdict] for one in judged[1]]), fault)


BENCHMARK = Judge()
