"""Where a driver runs: a fresh folder, and an environment that holds nothing of ours.

Rules:
1. The environment is written from nothing: no keys, no proxies, no settings of the person who runs this.
2. The folder has a working folder, a home, a place for temporary files and the guard's report. It goes when the process
   goes.
3. Everything that makes two runs differ and can be fixed is fixed: hash seed, time zone, locale, terminal.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from workbench.upstream.group import MARK

GUARD = Path(__file__).resolve().parent / "guard"


class Launch(Struct, frozen=True):
    """How a driver is started.

    Attributes:
        command: program and arguments; the numbers of the two descriptors are put behind them.
        environment: set beside what `Surroundings` sets, for languages that need more.
    """

    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()

    @classmethod
    def python(cls, python: Path, driver: Path) -> Launch:
        """Starts a Python driver with the interpreter of an environment."""
        return cls((str(python), str(driver)))


class Surroundings:
    """The folder and the environment of one driver process.

    Attributes:
        folder: all that it may write to.
    """

    def __init__(self, launch: Launch, mark: str) -> None:
        self._launch = launch
        self._mark = mark
        self.folder = Path(tempfile.mkdtemp(prefix="workbench-driver-")).resolve()
        for name in ("work", "home", "tmp"):
            (self.folder / name).mkdir()
        self._report = self.folder / "guard.jsonl"
        self._report.touch()

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.folder / "work"

    def environment(self) -> dict[str, str]:
        """Gives all variables that the driver gets."""
        programs = str(Path(self._launch.command[0]).parent)
        home = str(self.folder / "home")
        return {
            "DO_NOT_TRACK": "1",
            "HOME": home,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "*",
            "PATH": os.pathsep.join([programs, "/usr/local/bin", "/usr/bin", "/bin"]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONNOUSERSITE": "1",
            "PYTHONPATH": str(GUARD),
            "PYTHONSAFEPATH": "1",  # a driver is named for its library, which it must not hide
            "TERM": "dumb",
            "TMPDIR": str(self.folder / "tmp"),
            "TZ": "UTC",
            "WORKBENCH_GUARD_FOLDER": str(self.folder),
            "WORKBENCH_GUARD_REPORT": str(self._report),
            MARK: self._mark,
            **dict(self._launch.environment),
        }

    def violations(self) -> list[str]:
        """Reads what the guard has reported."""
        try:
            lines: Sequence[bytes] = self._report.read_bytes().splitlines()
        except OSError:
            return ["the guard's report is gone"]
        found = []
        for line in lines:
            try:
                row = json.loads(line)
                found.append(f"{row['kind']}: {row['detail']}")
            except (ValueError, TypeError, KeyError):
                found.append("the guard's report was written to by somebody else")
        return found

    def remove(self) -> None:
        """Removes the folder, as far as that can be done."""
        with contextlib.suppress(OSError):
            shutil.rmtree(self.folder, ignore_errors=True)
