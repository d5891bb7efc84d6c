"""A driver's processes, seen from outside: who belongs to them, what they hold, whether they sleep, and their end.

Members are the processes of the driver's own process group or session, and those that carry its mark in their
environment: a grandchild may leave the group and the session, but it is born with the mark.

Rules:
1. Only members are ever signalled. The leader is reaped last, so that its number, which is the group's, is not given to
   somebody else before.
2. All of it is read from /proc. Where there is none (not Linux), the questions have no answer (`None`, or nothing), and
   what remains is the process group itself.
3. A look is cheap: it is taken hundreds of times a second in lockstep. A process that had no mark once is not asked
   again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

from msgspec import Struct

MARK = "WORKBENCH_DRIVER"
"""Name of the environment variable that marks a driver's processes."""

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_SLEEPS = frozenset(b"SITZX")
_GONE = frozenset(b"ZX")


class Process(Struct, frozen=True, gc=False):
    """One line of the process table, as far as it matters here.

    Attributes:
        state: the kernel's letter for it, as a byte.
        born: when it started, in the kernel's ticks; with `pid` it names a process for good.
    """

    pid: int
    state: int
    group: int
    session: int
    born: int


class Holding(Struct, frozen=True):
    """What a group holds at a moment: what a run may not pile up."""

    files: int
    threads: int
    processes: int


class Group:
    """The processes of one driver.

    Args:
        leader: the process that was started, which leads its own session and group.
        mark: value of `MARK` in its environment.
    """

    def __init__(self, leader: int, mark: str) -> None:
        self.leader = leader
        self._mark = f"{MARK}={mark}".encode()
        self._strangers: set[tuple[int, int]] = set()
        self._known: list[int] = []

    def members(self) -> list[Process]:
        """Lists those that are alive, by looking at every process of this machine."""
        found = []
        strangers = set()
        for pid in _numbers("/proc"):
            process = _stat(f"/proc/{pid}")
            if process is None or process.state in _GONE:
                continue
            name = (pid, process.born)
            if self.leader in (pid, process.group, process.session):
                found.append(process)
            elif name in self._strangers or not self._has_mark(pid):
                strangers.add(name)
            else:
                found.append(process)
        self._strangers = strangers
        self._known = [process.pid for process in found]
        return found

    def _has_mark(self, pid: int) -> bool:
        return self._mark in (_read(f"/proc/{pid}/environ") or b"").split(b"\0")

    def asleep(self) -> bool | None:
        """Whether every thread of every member waits for something; None where that cannot be known.

        Looks at the leader, what it started and is still its own, and whatever `members` found last.
        """
        states = [state for pid in {*_family(self.leader), *self._known} for state in _thread_states(pid)]
        return all(state in _SLEEPS for state in states) if states else None

    def resident_bytes(self) -> int:
        """Memory of the members that `members` found last, counted by process."""
        pages = ((_read(f"/proc/{pid}/statm") or b"0 0").split()[1] for pid in self._known)
        return sum(int(count) for count in pages) * _PAGE_BYTES

    def holding(self) -> Holding | None:
        """Counts files and threads of the leader, and the processes; None where that cannot be known."""
        members = self.members()
        if not members:
            return None
        files, threads = _numbers(f"/proc/{self.leader}/fd"), _numbers(f"/proc/{self.leader}/task")
        return Holding(len(files), len(threads), len(members))

    def sockets(self) -> set[int]:
        """Gives the inodes of the open sockets of the members that `members` found last."""
        inodes = set()
        for pid in self._known:
            for number in _numbers(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    target = os.readlink(f"/proc/{pid}/fd/{number}")  # noqa: PTH115 - see rule 3
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
        while time.monotonic() < until and self.members():
            time.sleep(0.01)
        self._signal(signal.SIGKILL)
        for _ in range(200):  # a process may have been born between the look and the signal
            if not self.members():
                return
            self._signal(signal.SIGKILL)
            time.sleep(0.01)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.leader, number)
        for process in self.members():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, number)


def _read(path: str) -> bytes | None:
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        pieces = []
        while piece := os.read(number, 1 << 16):
            pieces.append(piece)
        return b"".join(pieces)
    except OSError:  # it ended meanwhile, or is not ours to look into
        return None
    finally:
        os.close(number)


def _stat(folder: str) -> Process | None:
    """Reads the state of a process, or of a thread, from its folder in /proc."""
    text = _read(f"{folder}/stat")
    if not text:
        return None
    # The name stands in parentheses and may hold anything, so what follows is read from its last one on.
    words = text[text.rindex(b")") + 2 :].split()
    return Process(int(text.partition(b" ")[0]), words[0][0], int(words[2]), int(words[3]), int(words[19]))


def _numbers(folder: str) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isdigit()]  # noqa: PTH208 - see rule 3
    except OSError:
        return []


def _family(pid: int) -> Iterator[int]:
    """Yields a process, its children, theirs, and so on."""
    yield pid
    for thread in _numbers(f"/proc/{pid}/task"):
        for child in (_read(f"/proc/{pid}/task/{thread}/children") or b"").split():
            yield from _family(int(child))


def _thread_states(pid: int) -> Iterator[int]:
    for thread in _numbers(f"/proc/{pid}/task"):
        found = _stat(f"/proc/{pid}/task/{thread}")
        if found is not None:
            yield found.state
