"""`workbench run`: what it writes, what it leaves alone, and what makes it fail."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import FIXTURES, Call
from workbench.cli._shipped import MAKES_IT
from workbench.harness import job
from workbench.harness.job import JobReport
from workbench.harness.proof import Finding

SLUGS = ("text-only", "one-call-streamed")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus of two fixtures."""
    for slug in SLUGS:
        shutil.copytree(FIXTURES / slug, tmp_path / "corpus" / slug)
    return tmp_path / "corpus"


@pytest.fixture
def results(call: Call, corpus: Path) -> Path:
    """The results of a run on it."""
    folder = corpus.parent / "results"
    called = call("run", "--corpus", corpus, "--results", folder, "--build", corpus.parent / "build")
    assert (0, "") == (called.code, called.err)
    return folder


def test_narrowed_run_writes_nothing(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One design on one fixture answers, and leaves the folder that it was called in as it was."""
    monkeypatch.chdir(tmp_path)
    called = call("run", "LLM", "-f", "text-only")
    assert (0, "") == (called.code, called.err)
    assert "nothing was written" in called.out
    assert [] == list(tmp_path.iterdir())


def test_narrowed_run_answers_for_what_was_asked(call: Call) -> None:
    """The counts are of one design and two fixtures' bodies, all clauses each."""
    found = json.loads(call("run", "llm", "-f", "text-only", "-f", "refusal", "--format", "json").out)
    clauses = sum(found["subjects"]["llm"].values()) // found["bodies"]
    assert (["llm"], None) == (list(found["subjects"]), found["written"])
    assert clauses * found["bodies"] == sum(found["subjects"]["llm"].values())
    assert {path.name for slug in ("text-only", "refusal") for path in (FIXTURES / slug).glob("*.sse")}
    assert found["bodies"] == sum(len(list((FIXTURES / slug).glob("*.sse"))) for slug in ("text-only", "refusal"))


def test_corpus_of_ones_own_leaves_the_projects_results_alone(
    call: Call, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --results a run on other fixtures writes nothing: site/data is about the project's own."""
    monkeypatch.chdir(tmp_path)
    called = call("run", "--corpus", corpus)
    assert (0, "") == (called.code, called.err)
    assert ["corpus"] == [path.name for path in tmp_path.iterdir()]


def test_complete_run_writes_results_traces_and_lanes(results: Path) -> None:
    """What a run makes is where it was told to be: results, and beside them traces and lanes for each body."""
    files = {path.relative_to(results).as_posix() for path in results.rglob("*.json")}
    assert {"shared.json", "miniatures.json", "catalogue.json", "run.json", "subjects/llm.json"} <= files
    lanes = {path.parent.name for path in (results.parent / "build" / "lanes").rglob("*.json")}
    assert set(SLUGS) == lanes
    assert (results.parent / "build" / "traces" / "llm.jsonl").is_file()


def test_check_finds_nothing_in_what_was_just_written(call: Call, corpus: Path, results: Path) -> None:
    """The same run again is the same to the byte, and checking changes no file."""
    before = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
    called = call("run", "--check", "--corpus", corpus, "--results", results)
    assert (0, "") == (called.code, called.err)
    assert before == {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}


def _other_verdict(results: Path) -> str:
    path = results / "subjects" / "llm.json"
    path.write_text(path.read_text().replace('"verdicts":"', '"verdicts":"F', 1).replace("F-", "F", 1))
    return "llm.json"


def _other_evidence(results: Path) -> str:
    path = results / "shared.json"
    path.write_text(path.read_text() + "\n")
    return f"{path}: differs"


def _missing(results: Path) -> str:
    (results / "catalogue.json").unlink()
    return f"{results / 'catalogue.json'}: is missing"


def _stale(results: Path) -> str:
    shutil.copy(results / "subjects" / "llm.json", results / "subjects" / "llm-old.json")
    text = (results / "subjects" / "llm-old.json").read_text().replace('"subject": "llm"', '"subject": "llm-old"')
    (results / "subjects" / "llm-old.json").write_text(text)
    return f"{results / 'subjects' / 'llm-old.json'}: belongs to nothing"


def _broken(results: Path) -> str:
    (results / "subjects" / "llm.json").write_text("{")
    return "not JSON"


CHANGES = [_other_verdict, _other_evidence, _missing, _stale, _broken]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_check_finds_every_change(call: Call, corpus: Path, results: Path, change: object) -> None:
    """A result file that is not what a run makes is named, with exit code 1, whatever changed in it."""
    assert callable(change)
    said = change(results)
    called = call("run", "--check", "--corpus", corpus, "--results", results)
    assert 1 == called.code
    assert said in called.err
    assert all(line.startswith("changed ") for line in called.err.splitlines() if not line.startswith("…"))


def test_another_date_is_no_change(call: Call, corpus: Path, results: Path) -> None:
    """`run.json` says when and where; it stands outside the comparison."""
    (results / "run.json").write_text("{}")
    assert 0 == call("run", "--check", "--corpus", corpus, "--results", results).code


def test_results_as_shipped_are_no_change(call: Call, corpus: Path, results: Path) -> None:
    """They lie inside the folder, and another command makes and compares them."""
    (results / "shipped" / "subjects").mkdir(parents=True)
    (results / "shipped" / "subjects" / "lib@1.json").write_text("{}")
    called = call("run", "--check", "--corpus", corpus, "--results", results)
    assert (0, "") == (called.code, called.err)


FIDELITY = {
    "design": "llm",
    "release": "llm@0.32",
    "variant": "sync",
    "phases": ["live", "final"],
    "bodies": 7,
    "equal": 5,
    "left_out": {"it raises": 2, "it hung": 1},
    "differences": [
        {"body": "a/1@d", "where": "live", "reason": "so"},
        {"body": "b/1@d", "where": "live", "reason": None},
    ],
    "stale": [],
}


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to call from, in which the fidelity of one adapter is on file; returns its catalogue."""
    catalogue = tmp_path / "site" / "data" / "shipped" / "catalogue.json"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(json.dumps({"schema": 1, "releases": {}, "fidelity": [FIDELITY]}))
    monkeypatch.chdir(tmp_path)
    return catalogue


def test_run_ends_with_fidelity(call: Call, held: Path) -> None:
    """One line per adapter: what is on file of it, what makes it, or that there is no release."""
    called = call("run", "llm", "instructor-partial", "dify-delta", "-f", "text-only")
    said = "5 of 7 bodies equal to llm 0.32 in live, final"
    expected = [
        "Fidelity of the adapters, beside the real frameworks, by site/data/shipped:",
        "  dify-delta          ports no release, so there is no fidelity",
        f"  instructor-partial  fidelity not on file; {MAKES_IT}",
        f"  llm                 {said}; 3 left out; 2 differences, 1 without an explanation",
    ]
    assert (0, "", expected) == (called.code, called.err, called.out.splitlines()[-4:])


def test_run_gives_fidelity_to_programs(call: Call, held: Path) -> None:
    """What the catalogue says, or null."""
    found = json.loads(call("run", "llm", "dify-delta", "-f", "text-only", "--format", "json").out)
    assert {"dify-delta": None, "llm": FIDELITY} == found["fidelity"]


def test_run_without_results_as_shipped_says_what_makes_them(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone before the first run of releases."""
    monkeypatch.chdir(tmp_path)
    called = call("run", "llm", "-f", "text-only")
    assert f"  llm  fidelity not on file; {MAKES_IT}" == called.out.splitlines()[-1]


@pytest.mark.parametrize("content", ["{", "[]", '{"fidelity": [{"design": "llm"}]}'])
def test_a_broken_catalogue_as_shipped_breaks_no_run(call: Call, held: Path, content: str) -> None:
    """It is said, with the file's name, and the run is what it was."""
    held.write_text(content)
    called = call("run", "llm", "-f", "text-only")
    assert (0, True) == (called.code, called.err.startswith("shipped site/data/shipped/catalogue.json: "))
    assert "fidelity not on file" in called.out


def test_faults_of_tables_and_checks_fail_the_run(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that claims too much and a check without teeth are named on standard error, with exit code 1."""
    real = job.run_job

    def with_faults(**arguments: object) -> JobReport:
        report = real(**arguments)  # type: ignore[arg-type]
        finding = Finding("llm", "live", "text", "declares 'x', which no body fills")
        return dataclasses.replace(report, findings=[finding], toothless=["check X rejects no miniature"])

    monkeypatch.setattr(job, "run_job", with_faults)
    called = call("run", "llm", "-f", "text-only")
    expected = ["carries llm live text: declares 'x', which no body fills", "profile check X rejects no miniature"]
    assert (1, expected) == (called.code, called.err.splitlines())


def test_render_check_names_what_is_stale(call: Call, corpus: Path) -> None:
    """`corpus render` renews a stale body, and with --check only names it."""
    body = next(corpus.rglob("1.openai-chat.sse"))
    fresh = body.read_bytes()
    body.write_bytes(b"stale")
    checked = call("corpus", "render", "--check", corpus)
    assert (1, f"stale: {body}\n") == (checked.code, checked.err)
    assert b"stale" == body.read_bytes()
    written = call("corpus", "render", corpus)
    assert (0, f"written: {body}\n") == (written.code, written.err)
    assert fresh == body.read_bytes()
    assert "all rendered bodies are fresh\n" == call("corpus", "render", "--check", corpus).out
