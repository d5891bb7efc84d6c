"""`workbench upstream` says what is there, what is missing and why, and what is newer, to people and to programs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.cli.test_help import examples_of, help_of
from tests.upstream import shelf as shelves
from tests.upstream.shelf import DEAD, Shelf, data, release, write
from workbench.upstream import releases

SILENT = "the index does not answer; go online, or set one that this machine can reach, and try again"
VERBS = ("install", "list", "lock")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two libraries in place of the project's own: `tiny` with two releases, the second without a lock, and `small`."""
    folder = write(tmp_path / "releases", {})
    monkeypatch.setattr(releases, "home", lambda: folder)
    return folder


@pytest.fixture
def shelf(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An index on loopback that has the packages of both, and a newer `tiny`."""
    with shelves.serve() as served:
        shelves.ask(monkeypatch, f"{served.url}simple/", tmp_path)
        for name, version, day in (
            ("small", "1.0", "2026-02-01"),
            ("tiny", "1.0", "2026-03-01"),
            ("tiny", "1.1", "2026-04-01"),
            ("tiny", "1.2", "2026-05-01"),
        ):
            served.add(name, version, day)
        entries = release("1.0", "2026-03-01") + release("1.1", "2026-04-01")
        reads = data("tiny", releases=entries).replace('"tiny-events"', '"tiny-events"\nvariants = { whole = "other" }')
        files = {
            "data/tiny.toml": reads,
            "locks/tiny@1.0.txt": served.pin("tiny", "1.0"),
            "data/small.toml": data("small", releases=release("1.0", "2026-02-01")),
            "locks/small@1.0.txt": served.pin("small", "1.0"),
        }
        write(folder, files)
        yield served


# ---------------------------------------------------------------------------------------------------------------- help


@pytest.mark.parametrize("words", [("upstream",), *(("upstream", verb) for verb in VERBS)], ids=" ".join)
def test_help_teaches(words: tuple[str, ...]) -> None:
    """Each page fits into 80 columns and has examples of its own command."""
    text = help_of(*words)
    assert [] == [line for line in text.splitlines() if len(line) > 80]
    assert examples_of(text)
    assert [] == [example for example in examples_of(text) if not example.startswith(f"workbench {' '.join(words)}")]


def test_a_bare_call_shows_the_help(call: Call) -> None:
    """Without a verb the verbs are listed."""
    called = call("upstream")
    assert 0 == called.code
    assert list(VERBS) == re.findall(r"(?m)^  (install|list|lock) ", called.out)


# ------------------------------------------------------------------------------------------------------------- install


def test_install_tells_each_release_in_a_line(call: Call, shelf: Shelf) -> None:
    """Without a terminal there is a line per release, then the sum and the place; what was there is told as such."""
    first, second = call("upstream", "install", "tiny@1.0", "small"), call("upstream", "install", "tiny@1.0", "small")
    assert [(0, "")] * 2 == [(called.code, called.err) for called in (first, second)]
    lines = first.out.splitlines()
    version = ".".join(map(str, sys.version_info[:3]))
    line = rf"(small@1\.0|tiny@1\.0 )  installed in \d+\.\d s, Python {re.escape(version)}, 0\.\d MB"
    assert {"small@1.0", "tiny@1.0 "} == {match[1] for one in lines[:2] if (match := re.fullmatch(line, one))}
    assert re.fullmatch(r"2 releases: 2 installed now; 0\.\d MB", lines[2])
    assert f"environments lie in {os.environ['WORKBENCH_CACHE']}/environments" == lines[3]
    assert 2 == len(re.findall(r"(?m)^\S+ +was there, Python ", second.out))
    assert "2 releases: 2 there before; " in second.out


def test_what_cannot_be_installed_is_the_machines_fault(call: Call, shelf: Shelf) -> None:
    """It is one line on standard error with what to do, it stops no other release, and the exit code is 3."""
    called = call("upstream", "install")
    expected = "tiny@1.1 has no lock; `workbench upstream lock tiny@1.1` writes one\n"
    assert (3, expected) == (called.code, called.err)
    assert "3 releases: 2 installed now, 1 missing; " in called.out


def test_what_cannot_be_imported_is_a_finding(call: Call, folder: Path, shelf: Shelf) -> None:
    """It is installed, the line says how it fails, and the exit code is 1."""
    shelf.add("small", "1.0", "2026-02-01", code="import gone")
    write(folder, {"locks/small@1.0.txt": shelf.pin("small", "1.0")})
    called = call("upstream", "install", "small")
    assert (1, "") == (called.code, called.err)
    assert "; cannot be imported: ModuleNotFoundError: No module named 'gone'\n" in called.out


def test_nothing_to_install_is_told(call: Call, folder: Path) -> None:
    """A project without releases has nothing to do."""
    assert (0, "there are no releases\n", "") == _told(call, "upstream", "install")


def _told(call: Call, *arguments: str) -> tuple[int, str, str]:
    called = call(*arguments)
    return called.code, called.out, called.err


def test_names_are_found_whatever_their_case_and_order(call: Call, shelf: Shelf) -> None:
    """A release that is named twice is made once; a library means all its releases."""
    called = call("upstream", "list", "TINY@1.0", "tiny", "--format", "json")
    assert ["tiny@1.0", "tiny@1.1"] == [one["release"] for one in json.loads(called.out)["releases"]]


def test_terminal_shows_a_bar_and_a_pipe_gets_lines(tmp_path: Path) -> None:
    """The bar goes to the terminal alone; standard output holds lines without escapes, in the order asked for."""
    reader, writer = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "NO_COLOR", "FORCE_COLOR"))}
    settings = {
        "UV_DEFAULT_INDEX": DEAD,
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "WORKBENCH_CACHE": str(tmp_path / "cache"),
        "TERM": "xterm-256color",
        "COLUMNS": "160",
    }
    command = [sys.executable, "-m", "workbench", "upstream", "install", "openai", "anthropic"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=writer, env={**clean, **settings}) as process:
        os.close(writer)
        pieces = []
        while True:
            try:
                piece = os.read(reader, 65536)
            except OSError:  # what Linux says once the other side is closed
                break
            if not piece:
                break
            pieces.append(piece)
        assert process.stdout is not None
        out = process.stdout.read().decode()
    os.close(reader)
    terminal = b"".join(pieces).decode()
    assert 3 == process.returncode
    assert "installing" in terminal
    assert "━" in terminal
    names = [one.name for one in releases.all_releases().values() if one.library in {"anthropic", "openai"}]
    assert names == re.findall(rf"([a-z]+@[\d.]+) could not be installed: {re.escape(SILENT)}", terminal)
    assert ["releases:", "lie"] == [line.split()[1] for line in out.splitlines()]
    assert "\x1b" not in out


# ---------------------------------------------------------------------------------------------------------------- list


def test_list_says_what_is_there_and_what_is_missing(call: Call, shelf: Shelf) -> None:
    """Each release has a line with its day, who reads it, and its environment or how to get it."""
    call("upstream", "install", "small")
    called = call("upstream", "list")
    assert (0, "") == (called.code, called.err)
    rows = {
        line.split()[0]: line.split(maxsplit=4)[1:] for line in called.out.splitlines() if "@1" in line.split(" ")[0]
    }
    assert {"small@1.0", "tiny@1.0", "tiny@1.1"} == set(rows)
    assert ["2026-02-01", "subject", "small-events"] == rows["small@1.0"][:3]
    assert re.match(r"Python 3\.\d+\.\d+, 0\.\d MB", rows["small@1.0"][3])
    assert rows["tiny@1.0"][3].startswith("is not installed; `workbench upstream install tiny@1.0` does it")
    assert rows["tiny@1.1"][3].startswith("has no lock; `workbench upstream lock tiny@1.1` writes one")
    assert "/whole: other" in called.out
    assert "3 releases: 1 installed, 2 missing; `workbench upstream install` makes what is missing\n" in called.out


def test_list_for_programs(call: Call, shelf: Shelf) -> None:
    """State, reason, place and size of each release, and what a driver needs to know of it."""
    call("upstream", "install", "small")
    told = json.loads(call("upstream", "list", "--format", "json").out)
    small, first, second = told["releases"]
    assert ["installed", "missing", "unlocked"] == [one["state"] for one in told["releases"]]
    assert ("small@1.0", "small", "1.0", "2026-02-01") == tuple(
        small[key] for key in ("release", "library", "version", "date")
    )
    assert (["subject"], "tiny-events", {"whole": "other"}, "tiny") == tuple(
        first[key] for key in ("roles", "design", "variants", "driver")
    )
    assert Path(small["folder"]).is_relative_to(told["cache"])
    assert small["bytes"] > 1000
    assert "tiny@1.1 has no lock; `workbench upstream lock tiny@1.1` writes one" == second["reason"]
    assert [
        {"library": "small", "index": "small", "newest": "1.0"},
        {"library": "tiny", "index": "tiny", "newest": "1.1"},
    ]
    assert [] == [one for one in told["libraries"] if "newer" in one]


def test_list_asks_the_index_only_when_told_to(call: Call, shelf: Shelf) -> None:
    """Without `--newer` it looks at the disk alone."""
    call("upstream", "list")
    assert [] == shelf.asked
    call("upstream", "list", "--newer")
    assert {"/simple/small/", "/simple/tiny/"} == set(shelf.asked)


def test_newer_releases_are_told(call: Call, shelf: Shelf) -> None:
    """A line per library that has newer ones, with the call that adds the newest; the others are named together."""
    called = call("upstream", "list", "--newer")
    assert (0, "") == (called.code, called.err)
    line = "tiny: the index has 1.2, newer than 1.1; `workbench upstream lock tiny@1.2`"
    assert [line, "nothing newer on the index: small"] == called.out.splitlines()[-2:]
    told = json.loads(call("upstream", "list", "--newer", "--format", "json").out)
    assert {"small": [], "tiny": ["1.2"]} == {one["library"]: one["newer"] for one in told["libraries"]}


def test_many_newer_releases_are_counted(call: Call, shelf: Shelf) -> None:
    """A line names the first few."""
    for number in range(3, 11):
        shelf.add("tiny", f"1.{number}", "2026-05-01")
    out = call("upstream", "list", "tiny", "--newer").out
    assert "tiny: the index has 1.10, 1.9, 1.8, 1.7, 1.6, 1.5 and 3 more, newer than 1.1; " in out


def test_library_without_releases_is_told_what_there_is(call: Call, folder: Path, shelf: Shelf) -> None:
    """It has no row, and everything on the index is newer."""
    write(folder, {"data/tiny.toml": data("tiny")})
    (folder / "locks" / "tiny@1.0.txt").unlink()
    called = call("upstream", "list", "tiny", "--newer")
    first, second = called.out.splitlines()
    assert "there are no releases" == first
    assert second.startswith("tiny: the index has 1.2, 1.1, 1.0, and nothing is tracked; ")


def test_silent_index_is_one_line(call: Call, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk has is shown all the same; what is newer is not known, which is exit code 3 and null."""
    monkeypatch.setenv("PIP_INDEX_URL", DEAD)
    called = call("upstream", "list", "--newer")
    expected = f"the versions of small are not known: {SILENT}; nor is it told of 1 library more\n"
    assert (3, expected) == (called.code, called.err)
    assert "3 releases: 0 installed" in called.out
    assert "nothing newer" not in called.out
    told = json.loads(call("upstream", "list", "tiny", "--newer", "--format", "json").out)
    assert [(None, f"the versions of tiny are not known: {SILENT}")] == [
        (one["newer"], one["reason"]) for one in told["libraries"]
    ]


# ---------------------------------------------------------------------------------------------------------------- lock


def test_lock_adds_a_release(call: Call, folder: Path, shelf: Shelf) -> None:
    """It says what was resolved and which files were written; after that the release can be installed."""
    called = call("upstream", "lock", "tiny@1.2")
    assert (0, "") == (called.code, called.err)
    head = "tiny@1.2: 1 package as of 2026-05-02T00:00:00Z for Python >=3.11"
    assert [head, "written: data/tiny.toml", "written: locks/tiny@1.2.txt"] == called.out.splitlines()
    assert 0 == call("upstream", "install", "tiny@1.2").code


def test_lock_takes_what_is_said(call: Call, folder: Path, shelf: Shelf) -> None:
    """Day, Python, companions and roles of the entry; the version may be written in another form."""
    options = ("--date", "2026-05-03", "--python", "3.12", "--with", "small", "--role", "oracle", "--role", "subject")
    called = call("upstream", "lock", "tiny@v1.2", *options)
    assert "tiny@1.2: 2 packages as of 2026-05-04T00:00:00Z for Python >=3.12, with small==1.0\n" in called.out
    assert ("oracle", "subject") == releases.all_releases(folder)["tiny@1.2"].roles


def test_lock_that_is_there_is_told(call: Call, shelf: Shelf) -> None:
    """Nothing is written where nothing changed."""
    called = call("upstream", "lock", "small@1.0")
    assert (0, "the lock was there and is the same") == (called.code, called.out.splitlines()[-1])


def test_lock_without_an_index_is_one_line(call: Call, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the machine's fault."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", DEAD)
    called = call("upstream", "lock", "tiny@1.2")
    assert (3, "", 1) == (called.code, called.out, called.err.count("\n"))
    assert called.err.endswith(f": {SILENT}\n")


# --------------------------------------------------------------------------------------------------------- wrong calls

ALL = "there are small, tiny; a new one begins as a file in workbench/upstream/data"
WRONG = {
    "install tny": f"no library 'tny', did you mean tiny? {ALL}",
    "install zzz": f"no library 'zzz'; {ALL}",
    "list tny": f"no library 'tny', did you mean tiny? {ALL}",
    "install tiny@0.9": "no release '0.9' of tiny; there are 1.0, 1.1; `workbench upstream lock tiny@0.9` adds one",
    "install tiny@": "no release '' of tiny; there are 1.0, 1.1; name a version",
    "install --jobs 0": "Invalid value for '-j' / '--jobs': 0 is not in the range 1<=x<=16; see `workbench upstream ",
    "lock": "Missing argument 'NAME@VERSION'; see `workbench upstream lock --help`",
    "lock tiny": "'tiny' names no version; write NAME@VERSION, as in llm@0.36",
    "lock tiny@new": "'new' is no version; write NAME@VERSION, as in llm@0.36",
    "lock zzz@1.0": f"no library 'zzz'; {ALL}",
    "lock tiny@1.2 --python new": "--python 'new' is no range of versions; write one such as >=3.12",
    "lock tiny@1.2 --with =": "--with '=' is no requirement; write one such as llm-anthropic==0.29",
    "lock tiny@1.2 --date today": "Invalid value for '--date': 'today' does not match the format '%Y-%m-%d'; see ",
    "lock tiny@1.0 --role oracle": "tiny@1.0 is in tiny.toml; change it there, then lock it without options",
    "lock tiny@9.9": "the index has no version 9.9 of tiny; the newest there are 1.2, 1.1, 1.0",
    "instal": "No such command 'instal'",
}


@pytest.mark.parametrize(("typed", "line"), WRONG.items(), ids=WRONG)
def test_wrong_call_is_one_line(call: Call, shelf: Shelf, typed: str, line: str) -> None:
    """Nothing on standard output, one line on standard error, and exit code 2."""
    called = call("upstream", *typed.split())
    assert (2, "", 1) == (called.code, called.out, called.err.count("\n"))
    assert called.err.startswith(f"workbench: {line}")


def test_faulty_data_are_one_line(call: Call, folder: Path, shelf: Shelf) -> None:
    """A file that cannot be read is the machine's, with the file and the fault."""
    write(folder, {"data/tiny.toml": "library ="})
    for verb in (["install"], ["list"], ["lock", "tiny@1.0"]):
        called = call("upstream", *verb)
        assert (3, "", 1) == (called.code, called.out, called.err.count("\n"))
        assert called.err.startswith("workbench: data/tiny.toml: is no TOML: ")
