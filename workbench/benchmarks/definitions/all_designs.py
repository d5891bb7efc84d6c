"""`all-designs`: one reading of a body, and every design that can be used on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from workbench.benchmarks.knowing import wrong_message
from workbench.benchmarks.model import Benchmark, Body, Task
from workbench.benchmarks.running import Driven, drive, why_not
from workbench.design import Design, NativeRaise
from workbench.jsontext import digest, read_json, write_json


class AllDesigns(Benchmark):
    """Decode once, share the deltas."""

    id = "all-designs"
    title = "All designs on one reading"
    explain = "A body is read once by its dialect, and every design that can be used on it goes from deltas to message."
    outside = "nothing"
    group = "harness"
    largest_short = 1_000

    def tasks(self, body: Body, designs: Mapping[str, Design]) -> Iterator[tuple[str | None, Task | str]]:
        """Yields one task for a body in a dialect."""
        dialect, data, request = body.dialect, body.data, body.made.request
        usable = {name: design for name, design in designs.items() if why_not(design, body, designs) is None}
        if dialect is None or not usable:
            return

        def run() -> dict[str, Driven]:
            steps = dialect.decode(data).steps
            driven: dict[str, Driven] = {}
            for name, design in usable.items():
                # One that raises at its user has done its work, too; `adapter` says that it did.
                with suppress(NativeRaise):
                    driven[name] = drive(design, request, steps, designs[design.over] if design.over else None)
            return driven

        def fault(driven: dict[str, Driven]) -> str | None:
            for name, (message, _) in driven.items():
                wrong = wrong_message(body.made.known, usable[name], read_json(write_json(message)))
                if wrong is not None:
                    return f"{name}: {wrong}"
            return None

        yield (
            None,
            Task(
                run,
                digest=lambda driven: digest({name: message for name, (message, _) in driven.items()}),
                fault=fault,
                events=lambda driven: sum(events for _, events in driven.values()),
            ),
        )


BENCHMARK = AllDesigns()
