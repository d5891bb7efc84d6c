"""Small bodies, a plan with few rounds, and designs that are wrong on purpose: the miniatures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workbench.benchmarks.bodies import make_body
from workbench.benchmarks.definitions import all_benchmarks
from workbench.benchmarks.job import Setting
from workbench.benchmarks.model import Body, Case
from workbench.benchmarks.rounds import Plan
from workbench.benchmarks.workloads import all_workloads
from workbench.design import Design
from workbench.dialects import all_dialects
from workbench.miniatures import all_miniatures


@pytest.fixture(scope="session")
def few() -> Plan:
    """Two rounds of everything, and everything counted."""
    return Plan(lambda _: 2, calls_up_to=1_000, memory=(1, 1_000))


@pytest.fixture(scope="session")
def body() -> Body:
    """The smallest mixed stream, in the first dialect."""
    return make_body(all_workloads()["mixed"], 200, next(iter(all_dialects().values())))


@pytest.fixture(scope="session")
def reference() -> Design:
    """The design that loses nothing."""
    return all_miniatures()["reference"]


@pytest.fixture
def case(body: Body) -> Callable[[Design], Case]:
    """Makes the case `adapter` for a design on the small body."""

    def make(design: Design) -> Case:
        benchmark = all_benchmarks()["adapter"]
        found = list(benchmark.tasks(body, {design.id: design}))
        subject, task = found[0]
        assert not isinstance(task, str)
        return Case(benchmark, subject, body, task)

    return make


@pytest.fixture
def setting(reference: Design, few: Plan) -> Setting:
    """One sound design on the smallest bodies, a few rounds each."""
    workloads = {name: all_workloads()[name] for name in ("mixed", "long-arguments")}
    return Setting(designs={reference.id: reference}, workloads=workloads, expected={}, plan=few, largest=200)
