"""Runs the tools that know packages, uv and pip, and catches what they say.

Rules:
1. The uv is the one of the project's own environment, so that everyone locks and installs with the same.
2. A tool sees the settings of the machine, its index among them, and nothing of the environment that we run in.
3. What a tool wrote is text from outside: it is kept as it came, and made visible where it is shown. Of it, only what
   is `plain` may become a reason: reasons stand in results that are published, and those name no index and no machine.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec import Struct

from workbench.upstream.releases import Missing

_OURS = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS")
_QUIET = {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_DOWNLOADS": "never", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
_TAIL_CHARACTERS = 20_000
_ADDRESS = re.compile(r"\b[a-z][a-z+.-]*://[^\s`'\"<>)]*")
_UNREACHED = r"(?i)error sending request|dns error|network was disabled|connection (?:broken|refused|reset)|timed out"
_KNOWN = (
    # Which of the many words of a tool stands for what, and what helps: the first that is found counts.
    (
        r"No space left on device|Disk quota exceeded",
        "there is no room; make some, or set WORKBENCH_CACHE to another disk",
    ),
    (
        r"HTTP status \w+ error \((\d+)[^)]*\)",
        "the index refuses with status {}; see what this machine's settings ask for",
    ),
    (_UNREACHED, "the index does not answer; go online, or set one that this machine can reach, and try again"),
)
_WORDY = re.compile(r"(?i)error: (?:no solution found|failed to|request failed)")
_PATH = re.compile(r"(?<![\w.~…])/(?:[\w.+@ -]*[\w.+@-]/)+([\w.+@-]*)")


class Ran(Struct, frozen=True):
    """A tool that came to its end.

    Attributes:
        fine: it ended with exit code 0, in time.
        stdout: what it wrote to standard output.
        stderr: what it wrote to standard error, the end of it where that is long.
    """

    fine: bool
    stdout: str
    stderr: str

    def missing(self, what: str) -> Missing:
        """Words its failure: what was wanted, and its cause where that is known, else the most telling line."""
        return Missing(f"{what}: {self._cause()}", self.stderr)

    def _cause(self) -> str:
        for pattern, words in _KNOWN:
            if hit := re.search(pattern, self.stderr):
                return words.format(*hit.groups())
        lines = [plain(line) for line in self.stderr.splitlines()]
        telling = [line for line in lines if line and not line.lower().startswith(("warning", "hint"))]
        errors = [line for line in telling if line.lower().startswith(("error", "cause"))]
        if len(errors) > 1 and _WORDY.match(errors[0]):
            del errors[0]  # it only says that something failed; the line below says what
        said = errors[0] if errors else telling[-1] if telling else "the tool said nothing"
        return re.sub(r"(?i)^(?:error|cause): ", "", said)


def unreached(missing: Missing) -> bool:
    """Says whether a tool failed because the index did not answer: then nothing else that asks it will do better."""
    return bool(re.search(_UNREACHED, missing.output))


def plain(text: str) -> str:
    """Takes out of a line what differs between machines: addresses, folders, and white space in excess."""
    return " ".join(_PATH.sub(r"…/\1", _ADDRESS.sub("the index", text)).split())


def surroundings() -> dict[str, str]:
    """The environment variables that a tool sees."""
    return {key: value for key, value in os.environ.items() if key not in _OURS} | _QUIET


def find_uv() -> Path | Missing:
    """Finds uv beside the Python that runs us, or in its packages."""
    beside = Path(sys.executable).with_name("uv")
    if os.access(beside, os.X_OK):
        return beside
    try:
        return Path(importlib.import_module("uv").find_uv_bin())
    except (ImportError, FileNotFoundError, AttributeError):
        return Missing("there is no uv beside the Python that runs this; `make setup` or `pip install uv` brings it")


def run_uv(
    *arguments: str, stdin: str = "", cwd: Path | None = None, seconds: float = 600, keeps: Collection[int] = ()
) -> Ran:
    """Runs uv; one that is not there counts as one that failed.

    Args:
        arguments: behind `uv`.
        stdin: what it reads from standard input.
        cwd: folder that it runs in, in which it finds no project.
        seconds: time limit; past it, uv is killed.
        keeps: descriptors that stay open in it: a file that we hold is held for as long as uv lives, even if we die.
    """
    uv = find_uv()
    if isinstance(uv, Missing):
        return Ran(fine=False, stdout="", stderr=f"error: {uv.reason}")
    return run_tool([str(uv), *arguments], stdin=stdin, cwd=cwd, seconds=seconds, keeps=keeps)


def run_pip(*arguments: str, seconds: float = 120) -> Ran:
    """Runs the pip of the Python that runs us; see `run_uv`."""
    return run_tool([sys.executable, "-I", "-m", "pip", *arguments], seconds=seconds)


def run_tool(
    command: Sequence[str], *, stdin: str = "", cwd: Path | None = None, seconds: float, keeps: Collection[int] = ()
) -> Ran:
    """Runs a command to its end; see `run_uv`."""
    try:
        done = subprocess.run(
            command,
            input=stdin.encode(),
            cwd=cwd,
            env=surroundings(),
            capture_output=True,
            timeout=seconds,
            check=False,
            pass_fds=keeps,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stderr or b"").decode("utf-8", "replace")
        return Ran(fine=False, stdout="", stderr=f"{said[-_TAIL_CHARACTERS:]}\nerror: killed after {seconds:g} s")
    except OSError as error:
        return Ran(fine=False, stdout="", stderr=f"error: {command[0]} cannot be run: {error.strerror or error}")
    stderr = done.stderr.decode("utf-8", "replace")
    return Ran(done.returncode == 0, done.stdout.decode("utf-8", "replace"), stderr[-_TAIL_CHARACTERS:])
