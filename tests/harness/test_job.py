"""The whole job: what is written, what is left alone, and what fails the run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.agreement import Agreements
from workbench.data import find_fixtures_dir
from workbench.errors import FixtureError, UsageError
from workbench.harness.job import JobReport, _toothless, run_job
from workbench.results import differences, read
from workbench.trace_file import read_traces

SLUGS = ("text-only", "reasoning-then-text", "two-turns-with-tool")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of three fixtures."""
    folder = tmp_path_factory.mktemp("corpus")
    for slug in SLUGS:
        shutil.copytree(find_fixtures_dir() / slug, folder / slug)
    return folder


@pytest.fixture(scope="module")
def outcome(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[JobReport, Path]:
    """A complete run over it."""
    out = tmp_path_factory.mktemp("out")
    return run_job(corpus_folder=corpus, results=out / "data", build=out / "run"), out


def test_a_complete_run_writes_what_it_reports(outcome: tuple[JobReport, Path]) -> None:
    """The files read back give the same cells, and the run's facts stand beside them."""
    report, out = outcome
    found = read(out / "data")

    assert [] == list(differences(report.results, found))
    assert report.gathered.keys() == found.subjects.keys()
    assert {"results", "date", "workbench", "python", "platform"} == set(found.run)
    assert set(SLUGS) == set(found.catalogue["fixtures"])


def test_two_runs_are_equal_to_the_byte(outcome: tuple[JobReport, Path], corpus: Path, tmp_path: Path) -> None:
    """Every file but run.json, which has the date."""
    _, out = outcome
    run_job(corpus_folder=corpus, results=tmp_path / "data", build=tmp_path / "run")
    files = sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file() and path.name != "run.json")

    assert files == sorted(
        path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file() and path.name != "run.json"
    )
    assert [] == [str(name) for name in files if (out / name).read_bytes() != (tmp_path / name).read_bytes()]


def test_traces_on_file_are_those_that_were_judged(outcome: tuple[JobReport, Path]) -> None:
    """Per subject one file, which reads back to the native records of the run."""
    report, out = outcome

    for name, ran in report.gathered.items():
        with (out / "run" / "traces" / f"{name}.jsonl").open("rb") as lines:
            assert [trace.native for trace in ran.traces] == [native for _, native in read_traces(lines)]


def test_a_second_turn_stands_on_the_designs_own_history(outcome: tuple[JobReport, Path]) -> None:
    """The next request of turn two holds what the design itself kept of turn one."""
    report, _ = outcome
    traces = [trace for trace in report.gathered["llm"].traces if trace.address.fixture == "two-turns-with-tool"]
    first, second = sorted(
        (trace for trace in traces if trace.address.dialect == "openai-chat"), key=lambda trace: trace.address.turn
    )

    assert isinstance(first.native.request, list | dict)
    assert len(str(second.native.request)) > len(str(first.native.request))
    assert len(second.seen["resumed"].parts) > len(first.seen["resumed"].parts)


def test_a_narrowed_run_answers_and_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    """Published results come from complete runs only."""
    report = run_job(designs=("llm",), corpus_folder=corpus, results=tmp_path / "data", build=tmp_path / "run")

    assert (["llm"], None) == (list(report.gathered), report.written)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"designs": ("lllm",)}, "no design 'lllm'.*llm"),
        ({"fixtures": ("no-such",)}, "no fixture 'no-such'"),
    ],
)
def test_an_unknown_name_says_what_there_is(wrong: dict[str, tuple[str, ...]], message: str, corpus: Path) -> None:
    """The call was wrong, and the message helps."""
    with pytest.raises(UsageError, match=message):
        run_job(corpus_folder=corpus, **wrong)  # type: ignore[arg-type]


def test_a_body_that_does_not_say_what_its_fixture_says_stops_the_run(corpus: Path, tmp_path: Path) -> None:
    """Nothing is judged against a truth that the bytes do not hold, and nothing is written."""
    damaged = tmp_path / "corpus"
    shutil.copytree(corpus, damaged)
    body = damaged / "text-only" / "1.openai-chat.sse"
    text = body.read_bytes()
    body.write_bytes(text.replace(b'"finish_reason":"stop"', b'"finish_reason":"length"'))
    assert text != body.read_bytes()

    with pytest.raises(FixtureError, match="text-only/1@openai-chat: the body does not say what the fixture says"):
        run_job(corpus_folder=damaged, results=tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_check_without_teeth_fails_the_run() -> None:
    """A check that rejects no miniature is named; so is a run in which no miniature, or more than one, is sound."""
    checks = {"A": object(), "B": object()}

    assert [] == _toothless({"reference": {}, "drops": {"A": "x", "B": "x"}}, checks)
    assert ["check B rejects no miniature"] == _toothless({"reference": {}, "drops": {"A": "x"}}, checks)
    assert "none" in _toothless({"drops": {"A": "x", "B": "x"}}, checks)[0]
    assert "reference, other" in _toothless({"reference": {}, "other": {}, "d": {"A": "x", "B": "x"}}, checks)[0]


def test_camps_are_made_from_the_files_alone(outcome: tuple[JobReport, Path]) -> None:
    """Agreement needs nothing but a folder of results; a subject agrees with itself on every comparable cell."""
    _, out = outcome
    agreements = Agreements(read(out / "data"))
    one = agreements.between("llm", "llm")

    assert 0 < one.cells == one.same
    assert 0 < agreements.between("llm", "dify-tagged").cells
