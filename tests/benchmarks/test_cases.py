"""Every case of the smallest bodies through pytest-benchmark's own fixture; without the clock, its result is checked.

`pytest tests/benchmarks/test_cases.py --benchmark-enable --benchmark-only` times them one after the other. For ratios
use `workbench bench`, where they take turns.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from workbench.benchmarks.bodies import iter_bodies
from workbench.benchmarks.definitions import all_benchmarks
from workbench.benchmarks.expected import load_expected
from workbench.benchmarks.model import Case
from workbench.benchmarks.workloads import all_workloads
from workbench.designs import all_designs
from workbench.dialects import all_dialects

EXPECTED = load_expected()


def cases() -> Iterator[Case]:
    """Each benchmark and subject on the smallest body of each workload and dialect."""
    for workload in all_workloads().values():
        for body in iter_bodies(workload, all_dialects(), largest=min(workload.sizes)):
            for benchmark in all_benchmarks().values():
                for subject, task in benchmark.tasks(body, all_designs()):
                    if not isinstance(task, str):
                        yield Case(benchmark, subject, body, task)


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.id)
def test_a_case_computes_what_it_should(case: Case, benchmark: BenchmarkFixture) -> None:
    """What it returns is what the generator knows, and has the digest on file, if one is."""
    benchmark.group = case.body.id
    result = benchmark(case.task.run)
    assert case.task.fault(result) is None
    digest = case.task.digest(result)
    if case.task.pin in EXPECTED:
        assert EXPECTED[case.task.pin] == digest, "if the change is meant: workbench bench --renew-digests"


def test_bodies_have_their_digests_on_file() -> None:
    """The bytes of every body, all sizes, are named there; a body that changed is another benchmark."""
    missing = [
        body
        for workload in all_workloads().values()
        for n in workload.sizes
        for body in (
            [f"{workload.id}-{n}"] if workload.bare else [f"{workload.id}-{n}@{one}" for one in all_dialects()]
        )
        if f"bytes/{body}" not in EXPECTED
    ]
    assert [] == missing
