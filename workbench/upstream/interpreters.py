"""Finds the Python that a release runs on, also where no command leads to it.

Where is looked, in this order: the Python that runs us; pyenv's folder of versions, which holds more than its shims let
through; those that uv has put there; the folders of the path; the usual folders of the system.

Rules:
1. The lowest minor version in a release's range is taken: that is the one its lock was resolved from. Within a minor
   version the first one found counts.
2. What a name or a folder claims decides only who is asked first. Each interpreter that is taken was run, and was asked
   for its version and for the modules that libraries need and that a home-made Python may lack.
3. Nothing is installed or downloaded here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from workbench.upstream.releases import Missing
from workbench.upstream.tools import plain, surroundings

NEEDED = ("ctypes", "lzma", "sqlite3", "ssl", "zlib")
"""Modules of the standard library that a Python built without the right headers lacks."""

_PROBE = f"""
import json, sys
lacks = []
for name in {NEEDED!r}:
    try:
        __import__(name)
    except ImportError:
        lacks.append(name)
print(json.dumps({{
    "version": list(sys.version_info[:3]),
    "plain": sys.version_info.releaselevel == "final" and "t" not in sys.abiflags,
    "kind": sys.implementation.name,
    "path": getattr(sys, "_base_executable", None) or sys.executable,
    "lacks": lacks,
}}))
"""
_PROBE_SECONDS = 30
_COMMAND = re.compile(r"python3\.(\d+)")
_FOLDER = re.compile(r"(?:cpython-)?3\.(\d+)\.(\d+)(?:-.*)?")
_SYSTEM = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")


class Interpreter(Struct, frozen=True):
    """A Python that was run and asked.

    Attributes:
        path: the program itself; where a virtual environment was asked, the one below it.
        version: as in `3.12.1`.
    """

    path: Path
    version: str


class Candidate(Struct, frozen=True):
    """A Python that was found and not yet asked.

    Attributes:
        path: the program.
        claims: minor version by its name or its folder.
        patch: the rest of the version by its folder; None when only a name speaks.
    """

    path: Path
    claims: int
    patch: int | None = None

    def may_fit(self, versions: SpecifierSet) -> bool:
        """Says whether what it claims leaves room for a version in the range."""
        patches = (0, 99) if self.patch is None else (self.patch,)
        return any(versions.contains(f"3.{self.claims}.{patch}") for patch in patches)


def find_candidates() -> list[Candidate]:
    """Lists the interpreters of this machine, each once, in the order in which they are looked for."""
    found: dict[Path, Candidate] = {}
    for candidate in _iter_candidates():
        # A shim is one script under many names: what is the same program is told by the name that it is called by.
        key = candidate.path.parent.resolve() / candidate.path.name
        if candidate.path.is_file() and os.access(candidate.path, os.X_OK):
            found.setdefault(key, candidate)
    return list(found.values())


def find_interpreter(python: str) -> Interpreter | Missing:
    """Finds the lowest Python in a range.

    Args:
        python: a range, as a release has it.

    Returns:
        The interpreter, or why there is none: what was found instead, and how to get one.
    """
    versions = SpecifierSet(python)
    candidates = [one for one in find_candidates() if one.may_fit(versions)]
    refused: list[str] = []
    # The sort is stable: within a minor version the order of the search stays.
    for candidate in sorted(candidates, key=lambda one: one.claims):
        asked = probe(candidate.path)
        if isinstance(asked, Interpreter) and versions.contains(asked.version):
            return asked
        if isinstance(asked, Missing):
            refused.append(asked.reason)
    seen = sorted({one.claims for one in find_candidates()})
    there = f"there is {', '.join(f'3.{minor}' for minor in seen)}" if seen else "no other was found"
    told = "".join(f"; {reason}" for reason in refused)
    hint = f"`uv python install '{python}'` or `pyenv install` brings one"
    return Missing(f"no Python {python} on this machine ({there}{told}); {hint}")


def probe(path: Path) -> Interpreter | Missing:
    """Runs a Python and asks what it is; each is asked once per process.

    Returns:
        What it is, or why it will not do: it does not run, is no plain CPython, or lacks a needed module.
    """
    return _probe(str(path))


@lru_cache(maxsize=256)
def _probe(path: str) -> Interpreter | Missing:
    try:
        done = subprocess.run(
            [path, "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
            env=surroundings(),
        )
        told = json.loads(done.stdout.splitlines()[-1])
        version = ".".join(str(number) for number in told["version"])
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError, KeyError, TypeError):
        return Missing(f"{plain(path)} does not run")
    if told["kind"] != "cpython" or not told["plain"]:
        return Missing(f"{plain(path)} is no plain release of CPython")
    if told["lacks"]:
        return Missing(f"{plain(path)} was built without {', '.join(told['lacks'])}")
    return Interpreter(Path(told["path"]), version)


def _iter_candidates() -> Iterator[Candidate]:
    yield Candidate(Path(sys.executable), sys.version_info.minor, sys.version_info.micro)
    for folder in _pyenv_folders():
        yield from _versions(folder, "bin/python")
    yield from _versions(_uv_folder(), "bin/python3")
    for place in [*os.environ.get("PATH", "").split(os.pathsep), *_SYSTEM]:
        if place:
            yield from _commands(Path(place))


def _pyenv_folders() -> list[Path]:
    roots = [os.environ.get("PYENV_ROOT"), str(Path.home() / ".pyenv")]
    return list(dict.fromkeys(Path(root) / "versions" for root in roots if root))


def _uv_folder() -> Path:
    named = os.environ.get("UV_PYTHON_INSTALL_DIR")
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(named) if named else Path(data) / "uv" / "python"


def _versions(folder: Path, command: str) -> Iterator[Candidate]:
    """Interpreters of a folder that has a sub-folder per version, the newest patch first."""
    # Others there are older than Python 3, of another kind, or environments with a name of their own.
    claims = [(claim, sub) for sub in _entries(folder) if (claim := _FOLDER.fullmatch(sub.name))]
    found = [Candidate(sub / command, int(claim[1]), int(claim[2])) for claim, sub in claims]
    yield from sorted(found, key=lambda one: (one.claims, one.patch or 0), reverse=True)


def _commands(folder: Path) -> Iterator[Candidate]:
    for path in _entries(folder):
        claim = _COMMAND.fullmatch(path.name)
        if claim:
            yield Candidate(path, int(claim[1]))


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # the path names folders that do not exist, and some that are not ours to read
        return []
