"""A time counts only for a right result; cases take turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workbench.benchmarks.job import Setting, run_bench
from workbench.benchmarks.model import Body, Case, Task
from workbench.benchmarks.report import Discarded, LeftOut
from workbench.benchmarks.rounds import Plan, Timed, in_turns, take, verify
from workbench.design import Design, NativeRaise
from workbench.miniatures import all_miniatures

MakeCase = Callable[[Design], Case]

# Damages that a user can see in the message; the others damage a live event, the store, or something that no check of
# a benchmark looks at.
SEEN_IN_THE_MESSAGE = {
    "strips-pieces": "text",
    "moves-answer-into-reasoning": "text",
    "drops-reasoning": "reasoning",
    "trims-reasoning": "reasoning",
    "gives-arguments-to-last-call": "call",
}


def quiet(_: str) -> None:
    """Says nothing."""


def with_task(case: Case, **changes: object) -> Case:
    """The same case with something changed in its task."""
    return replace(case, task=replace(case.task, **changes))


def test_a_sound_design_is_timed(case: MakeCase, reference: Design) -> None:
    """Its result is what the generator made; without a digest on file that is all it was held against."""
    found = verify(case(reference), {})
    assert isinstance(found, Timed)
    assert ("generator",) == found.checked


@pytest.mark.parametrize(("name", "kind"), SEEN_IN_THE_MESSAGE.items())
def test_a_wrong_design_is_never_timed(case: MakeCase, name: str, kind: str) -> None:
    """What it shows is not what the generator made, so its time is discarded before there is one."""
    found = verify(case(all_miniatures()[name]), {})
    assert isinstance(found, Discarded)
    assert found.why.startswith("not what the generator made: ")
    assert kind in found.why


def test_another_digest_than_the_one_on_file_discards(case: MakeCase, reference: Design) -> None:
    """Even where the generator agrees: somebody should look at what changed."""
    one = case(reference)
    sound = verify(one, {})
    assert isinstance(sound, Timed)
    pin = one.task.pin or ""

    agreed = verify(one, {pin: sound.digest})
    assert isinstance(agreed, Timed)
    assert ("generator", "committed") == agreed.checked
    wrong = verify(one, {pin: "0" * 16})
    assert isinstance(wrong, Discarded)
    assert f"digest {sound.digest}, on file 0000000000000000" in wrong.why


def test_a_task_that_raises_is_discarded_and_says_how(case: MakeCase, reference: Design) -> None:
    """The exception is in the report, not in the terminal."""

    def fall() -> None:
        raise KeyError("lost")

    assert Discarded("adapter", "reference", "mixed-200@anthropic-messages", "raised KeyError: 'lost'") == verify(
        with_task(case(reference), run=fall), {}
    )


def test_a_design_that_raises_at_its_user_is_left_out(case: MakeCase, reference: Design) -> None:
    """That is the design speaking: it cannot be timed there, and nothing is wrong."""

    def refuse() -> None:
        raise NativeRaise("ValueError", "no")

    found = verify(with_task(case(reference), run=refuse), {})
    assert isinstance(found, LeftOut)
    assert "the design raises at its user: ValueError: no" == found.reason


def test_a_result_that_changes_between_rounds_is_discarded(case: MakeCase, reference: Design, few: Plan) -> None:
    """The first result was right and a later one is another: the time is that of something else."""
    one = case(reference)
    results = iter(range(1_000))
    fickle = with_task(
        one,
        run=lambda: next(results),
        digest=lambda result: f"{min(result, 1):016x}",
        fault=lambda _: None,
        pin=None,
        events=None,
    )
    taken = take([fickle], {}, few, quiet)
    assert [] == taken.timed
    assert ["its result after the rounds is not the one from before"] == [found.why for found in taken.discarded]


def test_the_last_round_itself_is_looked_at(body: Body, case: MakeCase, reference: Design, few: Plan) -> None:
    """A case that runs once a round is judged by the result of its last round, not of one more run."""
    results = iter([1, 1, 2])
    fickle = with_task(
        replace(case(reference), body=replace(body, n=5_000)),
        run=lambda: next(results),
        digest=lambda result: f"{result:016x}",
        fault=lambda _: None,
        pin=None,
        events=None,
    )
    assert 1 == len(take([fickle], {}, few, quiet).discarded)


def test_cases_take_turns() -> None:
    """A B C, A B C, one body after the other within a round; a body with fewer rounds drops out."""
    order = list(in_turns([(3, ["A", "B", "C"]), (2, ["a", "b"])]))
    assert [(0, "A"), (0, "B"), (0, "C"), (0, "a"), (0, "b")] == order[:5]
    assert "ABCabABCabABC" == "".join(case for _, case in order)


def test_the_clock_sees_the_cases_in_turns(body: Body, case: MakeCase, reference: Design, few: Plan) -> None:
    """What really ran, in which order: each once to be checked, then round by round, then once to be counted."""
    ran: list[str] = []

    def noting(name: str) -> Case:
        task = Task(run=lambda: ran.append(name), digest=lambda _: "0" * 16, fault=lambda _: None)
        return replace(case(reference), task=task, subject=name, body=replace(body, n=2_000))

    taken = take([noting("A"), noting("B"), noting("C")], {}, replace(few, calls_up_to=0, memory=(1, 0)), quiet)
    assert "ABC" + "ABC" * 2 == "".join(ran)
    assert [2, 2, 2] == [len(one.turn.seconds) for one in taken.timed]


def test_a_wrong_design_does_not_stop_the_others(setting: Setting) -> None:
    """Its rows are missing, the report says why, and the sound design has its rows."""
    designs = {name: all_miniatures()[name] for name in ("reference", "strips-pieces")}
    report = run_bench(setting=replace(setting, designs=designs), pattern="adapter[")
    timed = {row.subject for row in report.rows if row.benchmark == "adapter"}
    wrong = {(one.subject, one.body.partition("@")[0]) for one in report.discarded}
    assert ({"reference", "strips-pieces"}, {("strips-pieces", "mixed-200")}) == (timed, wrong)
    assert [] == [row for row in report.rows if row.subject == "strips-pieces" and row.body.startswith("mixed-200")]
