"""An interpreter is found wherever it lies, is the one that was asked for, and is asked before it is believed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from workbench.upstream import interpreters
from workbench.upstream.interpreters import Interpreter, find_candidates, find_interpreter, probe
from workbench.upstream.releases import Missing

FAR = "3.97"
"""A version that no machine has, so that nothing real is found instead."""


def python(path: Path, version: str, *, kind: str = "cpython", plain: bool = True, lacks: tuple[str, ...] = ()) -> Path:
    """Writes a program that answers as a Python of this version would."""
    numbers = [int(number) for number in version.split(".")]
    told = {"version": numbers, "plain": plain, "kind": kind, "path": str(path), "lacks": lacks}
    return script(path, f"echo '{json.dumps(told)}'")


def script(path: Path, text: str) -> Path:
    """Writes a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine is found but the Python that runs us."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(interpreters, "_SYSTEM", ())
    for name in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def found(python_range: str) -> Path:
    """Where the interpreter for a range was found."""
    there = find_interpreter(python_range)
    assert isinstance(there, Interpreter), there
    return there.path


def missing(python_range: str) -> str:
    """Why there is none."""
    there = find_interpreter(python_range)
    assert isinstance(there, Missing), there
    return there.reason


def test_the_python_that_runs_us_is_found() -> None:
    """It is a real one: it is run, asked, and the one below its virtual environment."""
    version = ".".join(map(str, sys.version_info[:3]))
    there = find_interpreter(f"=={version}")
    assert Interpreter(Path(sys._base_executable), version) == there  # type: ignore[attr-defined]


PLACES = {
    "a name on the path": ("bin/python3.97", {}),
    "pyenv at home": ("home/.pyenv/versions/3.97.1/bin/python", {}),
    "pyenv elsewhere": ("pyenv/versions/3.97.1/bin/python", {"PYENV_ROOT": "pyenv"}),
    "uv at home": ("home/.local/share/uv/python/cpython-3.97.1-linux-x86_64-gnu/bin/python3", {}),
    "uv in the data folder": ("data/uv/python/cpython-3.97.1-linux-x86_64-gnu/bin/python3", {"XDG_DATA_HOME": "data"}),
    "uv elsewhere": ("uv/cpython-3.97.1-linux-x86_64-gnu/bin/python3", {"UV_PYTHON_INSTALL_DIR": "uv"}),
}


@pytest.mark.parametrize(("place", "settings"), PLACES.values(), ids=PLACES)
def test_found_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, settings: dict[str, str]
) -> None:
    """On the path by its name, in pyenv's folder and in uv's, wherever those are."""
    for name, folder in settings.items():
        monkeypatch.setenv(name, str(tmp_path / folder))
    assert python(tmp_path / place, "3.97.1") == found(f">={FAR}")


def test_found_in_a_usual_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own is found when the path leaves its folder out."""
    monkeypatch.setattr(interpreters, "_SYSTEM", (str(tmp_path / "usr"),))
    assert python(tmp_path / "usr" / "python3.97", "3.97.1") == found(f">={FAR}")


def test_found_where_a_shim_hides_it(tmp_path: Path) -> None:
    """A shim is the first on the path and says that there is no such command; the version is there all the same."""
    script(tmp_path / "bin" / "python3.97", "echo 'pyenv: python3.97: command not found' >&2; exit 127")
    assert python(tmp_path / "home/.pyenv/versions/3.97.1/bin/python", "3.97.1") == found(f">={FAR}")


def test_found_behind_one_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken one earlier on the path hides none that comes later."""
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / name) for name in ("gone", "bin", "more")))
    script(tmp_path / "bin" / "python3.97", "exit 1")
    assert python(tmp_path / "more" / "python3.97", "3.97.1") == found(f">={FAR}")


def test_lowest_minor_version_is_taken(tmp_path: Path) -> None:
    """That is the one the lock was resolved from, wherever it lies."""
    python(tmp_path / "home/.pyenv/versions/3.98.0/bin/python", "3.98.0")
    low = python(tmp_path / "bin" / "python3.97", "3.97.4")
    assert low == found(f">={FAR}")


def test_newest_patch_of_a_minor_version_is_taken(tmp_path: Path) -> None:
    """3.97.10 before 3.97.9: numbers, not text."""
    for patch in ("2", "10", "9"):
        python(tmp_path / f"home/.pyenv/versions/3.97.{patch}/bin/python", f"3.97.{patch}")
    assert tmp_path / "home/.pyenv/versions/3.97.10/bin/python" == found(f">={FAR}")


def test_range_with_a_ceiling(tmp_path: Path) -> None:
    """What lies outside of the range is not taken, by minor version and by patch."""
    for version in ("3.96.0", "3.97.1", "3.97.3", "3.98.0"):
        python(tmp_path / f"home/.pyenv/versions/{version}/bin/python", version)
    assert tmp_path / "home/.pyenv/versions/3.97.1/bin/python" == found(">=3.97,<3.97.2")


def test_a_name_is_not_believed(tmp_path: Path) -> None:
    """What calls itself 3.97 and is 3.96 is not taken for 3.97."""
    python(tmp_path / "bin" / "python3.97", "3.96.0")
    assert missing(f">={FAR}").startswith("no Python >=3.97 on this machine (")


UNFIT = {
    "other kind": ({"kind": "pypy"}, "is no plain release of CPython"),
    "pre-release or free-threaded": ({"plain": False}, "is no plain release of CPython"),
    "without modules": ({"lacks": ("lzma", "ssl")}, "was built without lzma, ssl"),
}


@pytest.mark.parametrize(("how", "reason"), UNFIT.values(), ids=UNFIT)
def test_unfit_interpreter_is_told(tmp_path: Path, how: dict[str, object], reason: str) -> None:
    """One that would be taken but for what it is is named with the reason, and not by its place on this machine."""
    path = python(tmp_path / "bin" / "python3.97", "3.97.1", **how)  # type: ignore[arg-type]
    told = missing(f">={FAR}")
    assert f"…/python3.97 {reason}" in told
    assert str(path.parent) not in told


SILENT = {"fails": "exit 1", "says nothing": "true", "says other things": "echo '[3, 97]'", "is no JSON": "echo hello"}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_one_that_does_not_answer_does_not_run(tmp_path: Path, text: str) -> None:
    """A program that is no Python is told as one that does not run."""
    assert Missing("…/python3.97 does not run") == probe(script(tmp_path / "bin" / "python3.97", text))


def test_missing_interpreter_says_what_is_there_and_what_helps(tmp_path: Path) -> None:
    """One line: the range, the versions that were found, and two ways to get one."""
    python(tmp_path / "home/.pyenv/versions/3.95.0/bin/python", "3.95.0")
    ours = f"3.{sys.version_info.minor}"
    hint = "`uv python install '>=3.97'` or `pyenv install` brings one"
    assert f"no Python >=3.97 on this machine (there is {ours}, 3.95); {hint}" == missing(f">={FAR}")


def test_environments_and_old_versions_of_pyenv_are_left_out(tmp_path: Path) -> None:
    """A folder there that is named otherwise than a version is somebody's environment."""
    for name in ("project", "2.7.18", "pypy3.97-7.3", "3.97.1-debug"):
        python(tmp_path / f"home/.pyenv/versions/{name}/bin/python", "3.97.1")
    names = {one.path.parent.parent.name for one in find_candidates()}
    assert {"3.97.1-debug"} == names & {"project", "2.7.18", "pypy3.97-7.3", "3.97.1-debug"}


def test_what_cannot_be_run_is_no_candidate(tmp_path: Path) -> None:
    """A file without the right to run it, a folder and a dead link are passed over."""
    (tmp_path / "bin" / "python3.96").mkdir(parents=True)
    (tmp_path / "bin" / "python3.97").write_text("")
    (tmp_path / "bin" / "python3.98").symlink_to(tmp_path / "gone")
    assert [Path(sys.executable)] == [one.path for one in find_candidates()]


def test_each_is_asked_once(tmp_path: Path) -> None:
    """To start a Python takes time: what it said is kept for this process."""
    path = python(tmp_path / "bin" / "python3.97", "3.97.1")
    script(path, f"echo asked >> {tmp_path / 'log'}\n{path.read_text()}")
    assert [path, path] == [found(f">={FAR}"), found(">=3.96")]
    assert "asked\n" == (tmp_path / "log").read_text()
