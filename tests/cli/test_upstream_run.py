"""`workbench upstream run`: what it answers, what it holds against the file, and how it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.shipped.support import Echo, environment, release, small_corpus
from workbench.cli._upstream_run import run_command
from workbench.corpus import load_corpus
from workbench.shipped import job
from workbench.upstream.releases import Missing


@pytest.fixture(autouse=True)
def echo_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The echo release is the only one, and the corpus is small."""
    small = small_corpus(tmp_path / "corpus")
    monkeypatch.setattr(job, "all_releases", lambda: {"echo@1.0": release()})
    monkeypatch.setattr(job, "all_designs", lambda: {"echo": Echo()})
    monkeypatch.setattr(job, "find_environment", lambda _: environment())
    monkeypatch.setattr(job, "load_corpus", lambda _: load_corpus(small))
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    outcome = CliRunner().invoke(run_command, list(arguments))
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_a_run_says_what_it_found_and_where_it_is(tmp_path: Path) -> None:
    """A row per way of using the release, a line on fidelity, and the folder."""
    code, stdout, stderr = call("--results", str(tmp_path / "data"))
    assert (0, "") == (code, stderr)
    assert "echo@1.0/late" in stdout
    assert "echo and echo@1.0: 8 of 8 bodies equal in live, final, stored" in stdout
    assert f"results are in {tmp_path / 'data'}" in stdout.replace("\n", "")


def test_a_check_finds_what_changed(tmp_path: Path) -> None:
    """Equal results leave with 0; a verdict that is another on file is named, with both, and leaves with 1."""
    folder = tmp_path / "data"
    call("--results", str(folder))
    assert 0 == call("--results", str(folder), "--check", "-f", "refusal")[0]
    path = folder / "subjects" / "echo@1.0" / "sync.json"
    result = json.loads(path.read_text())
    at = result["clauses"].index("TEXT-EXACT-FINAL")
    body = result["bodies"]["text-only/1@openai-chat"]
    body["verdicts"] = body["verdicts"][:at] + "F" + body["verdicts"][at + 1 :]
    path.write_text(json.dumps(result))
    code, _, stderr = call("--results", str(folder), "--check")
    assert 1 == code
    assert "echo@1.0/sync text-only/1@openai-chat TEXT-EXACT-FINAL: fail on file, pass now" in stderr


def test_a_check_needs_something_on_file(tmp_path: Path) -> None:
    """Without results there is nothing to compare with."""
    outcome = CliRunner().invoke(run_command, ["--check", "--results", str(tmp_path / "none")])
    assert "no results there to compare with; `workbench upstream run` makes them" in str(outcome.exception)


def test_a_release_that_is_not_installed_is_the_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what to do, and the exit code is that of the environment."""
    monkeypatch.setattr(
        job, "find_environment", lambda _: Missing("not installed; `workbench upstream install` does it")
    )
    code, stdout, stderr = call("--results", str(tmp_path / "data"))
    assert 3 == code
    assert "not-run" in stdout
    assert "not run echo@1.0: not installed; `workbench upstream install` does it" in stderr


def test_machines_get_json(tmp_path: Path) -> None:
    """Counts, what is missing, fidelity, and nothing else on standard output."""
    told = json.loads(call("--results", str(tmp_path / "data"), "-f", "refusal", "--format", "json")[1])
    assert {"subjects", "missing", "fidelity", "changed"} == set(told)
    assert [{"design": "echo", "release": "echo@1.0", "bodies": 2, "equal": 2, "findings": []}] == told["fidelity"]
