"""A driver's processes, seen from outside: who belongs to them, what they hold, whether they sleep, and their end.

Members are the processes of the driver's own process group or session, and those that carry its mark in their
environment: a grandchild may leave the group and the session, but it is born with the mark.

Rules:
1. Only members are ever signalled. The leader is reaped last, so that its number, which is the group's, is not given to
   somebody else before.
2. All of it is read from /proc. Where there is none (not Linux), the questions have no answer (`None`, or nothing), and
   what remains is the process group itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

MARK = "WORKBENCH_DRIVER"
"""Name of the environment variable that marks a driver's processes."""

_PROC = Path("/proc")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_SLEEPS = frozenset("SITZX")


class Process(Struct, frozen=True):
    """One line of the process table, as far as it matters here."""

    pid: int
    state: str
    parent: int
    group: int
    session: int


class Holding(Struct, frozen=True):
    """What a group holds at a moment: what a run may not pile up."""

    files: int
    threads: int
    processes: int


def _stat(folder: Path) -> Process | None:
    """Reads the state of a process, or of a thread, from its folder in /proc."""
    try:
        text = (folder / "stat").read_bytes()
    except OSError:
        return None
    # The name stands in parentheses and may hold anything, so what follows is read from its last one on.
    state, parent, group, session = text[text.rindex(b")") + 2 :].split(maxsplit=4)[:4]
    return Process(int(folder.name), state.decode(), int(parent), int(group), int(session))


def _numbers(folder: Path) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isdigit()]  # noqa: PTH208 - /proc, many times a second
    except OSError:
        return []


class Group:
    """The processes of one driver.

    Args:
        leader: the process that was started, which leads its own session and group.
        mark: value of `MARK` in its environment.
    """

    def __init__(self, leader: int, mark: str) -> None:
        self.leader = leader
        self._mark = f"{MARK}={mark}".encode()

    def members(self, *, marked: bool = False) -> list[Process]:
        """Lists those that are alive.

        Args:
            marked: look for the mark, too, in those that left the group: slower, as it reads every environment.
        """
        found = []
        for pid in _numbers(_PROC):
            process = _stat(_PROC / str(pid))
            if process is None or process.state in "ZX":
                continue
            ours = self.leader in (process.pid, process.group, process.session)
            if ours or (marked and self._has_mark(pid)):
                found.append(process)
        return found

    def _has_mark(self, pid: int) -> bool:
        try:
            return self._mark in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            return False

    def asleep(self) -> bool | None:
        """Whether every thread of every member waits for something; None where that cannot be known."""
        members = self.members()
        if not members:
            return None
        return all(state in _SLEEPS for process in members for state in _thread_states(process.pid))

    def resident_bytes(self) -> int:
        """Memory that its members hold, counted by process."""
        total = 0
        for process in self.members():
            with contextlib.suppress(OSError):
                total += int((_PROC / str(process.pid) / "statm").read_bytes().split()[1]) * _PAGE_BYTES
        return total

    def holding(self) -> Holding | None:
        """Counts files, threads and processes; None where that cannot be known."""
        members = self.members(marked=True)
        if not members:
            return None
        return Holding(
            files=len(_numbers(_PROC / str(self.leader) / "fd")),
            threads=len(_numbers(_PROC / str(self.leader) / "task")),
            processes=len(members),
        )

    def sockets(self) -> set[int]:
        """Gives the inodes of the sockets that its members have open."""
        inodes = set()
        for process in self.members(marked=True):
            folder = _PROC / str(process.pid) / "fd"
            for number in _numbers(folder):
                with contextlib.suppress(OSError):
                    target = str((folder / str(number)).readlink())
                    if target.startswith("socket:["):
                        inodes.add(int(target[8:-1]))
        return inodes

    def end(self, grace_s: float) -> None:
        """Ends every member: SIGTERM, a while to obey, SIGKILL. The leader remains to be reaped.

        Args:
            grace_s: between the two; less when all have gone.
        """
        self._signal(signal.SIGTERM)
        until = time.monotonic() + grace_s
        while time.monotonic() < until and self.members(marked=True):
            time.sleep(0.01)
        self._signal(signal.SIGKILL)
        for _ in range(200):  # a process may have been born between the look and the signal
            if not self.members(marked=True):
                return
            self._signal(signal.SIGKILL)
            time.sleep(0.01)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)
        for process in self.members(marked=True):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, number)


def _thread_states(pid: int) -> Iterator[str]:
    threads = _PROC / str(pid) / "task"
    for thread in _numbers(threads):
        found = _stat(threads / str(thread))
        if found is not None:
            yield found.state
