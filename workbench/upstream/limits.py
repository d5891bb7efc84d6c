"""How much a driver may take, and what it is called when it takes more.

Rules:
1. Every wait for a driver has a limit, and so has everything that it can pile up.
2. A failure spoils the run in which it showed and no other: the process is ended, with its group, and the next run gets
   a fresh one.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from workbench.upstream.protocol import Record

MIB = 1 << 20

Manner = Literal["raised", "died", "hung", "flooded", "protocol", "violation", "leak", "start-failed"]
"""How a run was spoiled:

- raised: the driver reported a failure of its own.
- died: its process ended, by exit or signal.
- hung: no end of the run within the time.
- flooded: more output, or a longer line, than is taken.
- protocol: it said what it may not say, or not now.
- violation: it reached for another machine, or wrote outside its folder.
- leak: it held more memory, or kept more files, threads or processes, than a run may leave behind.
- start-failed: it never got as far as a valid hello; the cells of this are not-run, not crash.
"""


class Limits(Struct, frozen=True, kw_only=True):
    """What a driver process is allowed.

    Attributes:
        start_s: from start to hello; imports of large libraries are slow.
        run_s: one run, with all that its script delays.
        rest_s: from `rest` to its answer.
        settle_s: in lockstep, how long a driver is waited for after a frame.
        bye_s: from `bye` to the end of the process.
        grace_s: between SIGTERM and SIGKILL.
        watch_s: between two looks at memory and sockets.
        memory_bytes: resident, all processes of the group together.
        address_space_bytes: of each process, held by the kernel; None: no limit, for runtimes that reserve much.
        open_files: of each process, held by the kernel.
        file_bytes: the largest file that it may write, held by the kernel.
        cpu_s: of each process over its life, held by the kernel: the net below all others, should we be killed.
        line_bytes: one line of answers.
        answer_bytes: all answers of a run.
        chatter_bytes: standard output and standard error of a run together.
        kept_bytes: how much of each of the two is kept: one half from its beginning, one from its end.
        spare_files: open files that one run may add; a library may open its log.
        spare_threads: threads that one run may add.
        spare_processes: processes, beside the driver's own, that may outlive a run.
        runs_per_process: after so many runs a fresh process; None: only when it was spoiled.
        starts: how often a start is tried before its failure is taken for all runs.
    """

    start_s: float = 60.0
    run_s: float = 30.0
    rest_s: float = 5.0
    settle_s: float = 2.0
    bye_s: float = 2.0
    grace_s: float = 0.5
    watch_s: float = 0.2
    memory_bytes: int = 1024 * MIB
    address_space_bytes: int | None = 8192 * MIB
    open_files: int = 1024
    file_bytes: int = 256 * MIB
    cpu_s: int = 1800
    line_bytes: int = 16 * MIB
    answer_bytes: int = 256 * MIB
    chatter_bytes: int = 4 * MIB
    kept_bytes: int = 64 * 1024
    spare_files: int = 32
    spare_threads: int = 16
    spare_processes: int = 0
    runs_per_process: int | None = None
    starts: int = 2


class Failure(Struct, frozen=True, kw_only=True):
    """A run that was spoiled.

    Attributes:
        detail: what happened, in words; one line.
        stdout: what was kept of standard output, made visible.
        stderr: the same of standard error.
        partial: what the driver had answered before; evidence, never a result.
    """

    manner: Manner
    detail: str
    stdout: str = ""
    stderr: str = ""
    partial: Record | None = None


class Fault(Exception):  # noqa: N818 - it carries a manner, and never leaves this package
    """Raised inside to end a run; `Failure` is what callers get."""

    def __init__(self, manner: Manner, detail: str) -> None:
        super().__init__(detail)
        self.manner: Manner = manner
        self.detail = detail
