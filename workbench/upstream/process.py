"""One driver process: its start, its runs one after another, its watch, its end.

Theory of operation. The driver has two pipes of its own for the protocol; standard output and standard error are
captured apart from them. Whatever is waited for is waited for in `_attend`: it reads all four streams, looks after
memory and foreign sockets, lets the pace send the next frame, and ends when the conversation has reached a state, with a
`Fault` when it cannot get there.

Rules:
1. A process is in a session of its own, in a fresh folder, with an environment written from nothing and limits that the
   kernel holds.
2. Every `Fault` is the end of the process: there is no going on after one. `close` may be called in any state.
3. The process is not reaped before its group has been ended, so that the group's number is nobody else's.
4. A violation that the guard reported outranks whatever it led to.
"""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Callable

from workbench.upstream.answers import LateAnswerError, ProtocolFaultError
from workbench.upstream.capture import Capture, Lines
from workbench.upstream.group import Group, Holding
from workbench.upstream.limits import Failure, Fault, Limits
from workbench.upstream.lockstep import Pace, Told
from workbench.upstream.netstat import elsewhere
from workbench.upstream.protocol import Description, Record, Run
from workbench.upstream.surroundings import Launch, Surroundings
from workbench.upstream.talk import State, Talk

_READ_BYTES = 1 << 16
_GONE_S = 1.0
"""How long the end of a process may take to show after it closed its answers."""


class DriverProcess:
    """A driver that runs. Made, started, used and closed by one thread.

    Args:
        launch: what to start.
        limits: what it is allowed.

    Attributes:
        description: what it said of itself.
        spoiled: nothing can be asked of it any more.
        late: runs to which an answer came after they were over.
    """

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._mark = secrets.token_hex(8)
        self._talk = Talk(secrets.token_hex(4))
        self._surroundings = Surroundings(launch, self._mark)
        self._selector = selectors.DefaultSelector()
        self._process: subprocess.Popen[bytes] | None = None
        self._group: Group | None = None
        self._requests = self._answers = self._exit = -1
        self._outgoing = bytearray()
        self._lines = Lines(limits.line_bytes, limits.answer_bytes)
        self._captured = (Capture(limits.kept_bytes), Capture(limits.kept_bytes))
        self._pace: Pace = Told()
        self._came = False
        self._closed_answers: float | None = None
        self._watched = 0.0
        self._before: Holding | None = None
        self.description: Description | None = None
        self.spoiled = False
        self.late: list[int] = []

    # ------------------------------------------------------------------------------------------------------- the public

    def start(self) -> Description:
        """Starts the program and waits for its hello.

        Raises:
            Fault: start-failed, or violation.
        """
        try:
            self._spawn()
            self._send(self._talk.hello())
            self._attend(State.READY, self._limits.start_s, "its hello")
        except Fault as fault:
            if fault.manner == "violation":
                raise
            raise Fault("start-failed", fault.detail) from None
        if self._talk.description is None:
            raise Fault("start-failed", "no description")
        self.description = self._talk.description
        self._before = self._group.holding() if self._group is not None else None
        return self.description

    def idle(self) -> bool:
        """Looks whether a run can be asked of it: it lives, and said nothing since its last run.

        What came late is put down in `late`.
        """
        if self.spoiled or self._talk.state is not State.READY:
            return False
        try:
            self._look(0.0)
        except Fault:
            self.spoiled = True
        return not (self.spoiled or self._exited() or self._closed_answers is not None)

    def run(self, seq: int, run: Run, pace: Pace | None = None) -> Record:
        """Asks for one run and waits for its end, and for the driver to come to rest.

        Raises:
            Fault: the run is spoiled, and so is the process.
        """
        self._pace = pace if pace is not None else Told()
        self._lines.restart()
        self._captured = (Capture(self._limits.kept_bytes), Capture(self._limits.kept_bytes))
        self._send(self._talk.run(seq, secrets.token_hex(4), run))
        self._attend(State.ENDED, self._limits.run_s, "the run")
        answers = self._talk.answers
        if answers is None:
            raise Fault("protocol", "no answers")
        if answers.failure is not None:
            raise Fault("raised", answers.failure)
        self._pace = Told()
        self._send(self._talk.rest())
        self._attend(State.READY, self._limits.rest_s, "coming to rest")
        self._weigh()
        return answers.record()

    def failure(self, fault: Fault) -> Failure:
        """Ends the process and says what was known of the run that was spoiled."""
        self.close()
        answers = self._talk.answers
        return Failure(
            manner=fault.manner,
            detail=fault.detail,
            stdout=self._captured[0].text(),
            stderr=self._captured[1].text(),
            partial=answers.record() if answers is not None else None,
        )

    def chatter(self) -> tuple[str, str]:
        """Gives what the last run put out on standard output and standard error, made visible."""
        return self._captured[0].text(), self._captured[1].text()

    def leave(self) -> None:
        """Says goodbye, if it can still be said, and closes.

        Raises:
            Fault: it did not leave as it should; it is closed all the same.
        """
        try:
            if self.idle():
                self._send(self._talk.bye())
                self._attend(State.GONE, self._limits.bye_s, "leaving")
                until = time.monotonic() + self._limits.bye_s
                while not self._exited():
                    if time.monotonic() > until:
                        raise Fault("hung", f"it said goodbye and was there {self._limits.bye_s} s later")
                    self._look(0.01)
                if self._group is not None and self._group.members(marked=True):
                    raise Fault("leak", "it left processes behind")
        finally:
            self.close()

    def close(self) -> None:
        """Ends the process and all that it started, and takes everything away. May be called twice."""
        self.spoiled = True
        if self._process is not None and self._group is not None:
            self._group.end(self._limits.grace_s)
            self._drain()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5.0)
            self._process = None
        self._selector.close()
        for number in (self._requests, self._answers, self._exit):
            if number >= 0:
                os.close(number)
        self._requests = self._answers = self._exit = -1
        self._surroundings.remove()

    # -------------------------------------------------------------------------------------------------------- the start

    def _spawn(self) -> None:
        theirs_in, self._requests = os.pipe()
        self._answers, theirs_out = os.pipe()
        try:
            # No preexec_fn: it is not safe beside threads, and the replay server is one. Limits follow from outside.
            self._process = subprocess.Popen(
                [*self._launch.command, str(theirs_in), str(theirs_out)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._surroundings.work,
                env=self._surroundings.environment(),
                pass_fds=(theirs_in, theirs_out),
                start_new_session=True,
            )
        except OSError as error:
            raise Fault("start-failed", f"cannot be started: {error}") from None
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._group = Group(self._process.pid, self._mark)
        _limit(self._process.pid, self._limits)
        os.set_blocking(self._requests, False)
        self._selector.register(self._answers, selectors.EVENT_READ, self._read_answers)
        for pipe, capture in ((self._process.stdout, 0), (self._process.stderr, 1)):
            if pipe is not None:
                self._selector.register(pipe, selectors.EVENT_READ, self._chatter_reader(pipe.fileno(), capture))
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._exit = os.pidfd_open(self._process.pid)
                self._selector.register(self._exit, selectors.EVENT_READ, self._noticed_exit)

    # ---------------------------------------------------------------------------------------------------------- waiting

    def _attend(self, until: State, limit_s: float, what: str) -> None:
        """Waits until the conversation is in a state.

        Raises:
            Fault: it cannot get there.
        """
        deadline = time.monotonic() + limit_s
        pause_s = 0.0
        try:
            while self._talk.state is not until:
                self._look(max(0.0, min(pause_s, deadline - time.monotonic())))
                if self._talk.state is until:
                    break
                self._check_alive()
                now = time.monotonic()
                if now >= deadline:
                    raise Fault("hung", f"{what} took longer than {limit_s} s")
                if now - self._watched >= self._limits.watch_s:
                    self._watched = now
                    self._watch()
                pause_s = 0.05
                if self._group is not None:
                    pause_s = self._pace.tick(self._group, came=self._came, waiting=self._waiting)
                self._came = False
        except Fault as fault:
            self.spoiled = True
            raise self._ranked(fault) from None
        violations = self._surroundings.violations()
        if violations:
            self.spoiled = True
            raise Fault("violation", violations[0])

    def _look(self, pause_s: float) -> None:
        """Reads what is there, waiting for it at most so long."""
        for key, _ in self._selector.select(pause_s):
            key.data()

    def _waiting(self) -> bool:
        return bool(self._answers >= 0 and select.select([self._answers], [], [], 0)[0])

    def _ranked(self, fault: Fault) -> Fault:
        violations = self._surroundings.violations()
        return Fault("violation", violations[0]) if violations else fault

    def _send(self, line: bytes) -> None:
        """Puts a line on its way; a driver that does not read holds up nobody."""
        self._outgoing += line
        self._selector.register(self._requests, selectors.EVENT_WRITE, self._write_requests)

    def _write_requests(self) -> None:
        try:
            written = os.write(self._requests, self._outgoing[:_READ_BYTES])
            del self._outgoing[:written]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._outgoing.clear()  # it is gone, or reads no more: its answers will show which
        if not self._outgoing:
            self._selector.unregister(self._requests)

    def _read_answers(self) -> None:
        data = os.read(self._answers, _READ_BYTES)
        if not data:
            self._selector.unregister(self._answers)
            self._closed_answers = time.monotonic()
            return
        self._came = True
        frame = self._pace.frame()
        try:
            for line in self._lines.add(data):
                self._talk.receive(line, frame)
        except LateAnswerError as error:
            self.late.append(error.seq)
            raise Fault("late", str(error)) from None
        except ProtocolFaultError as error:
            raise Fault("protocol", str(error)) from None

    def _chatter_reader(self, number: int, capture: int) -> Callable[[], None]:
        def read() -> None:
            data = os.read(number, _READ_BYTES)
            if not data:
                self._selector.unregister(number)
                return
            self._came = True
            self._captured[capture].add(data)
            if sum(each.total_bytes for each in self._captured) > self._limits.chatter_bytes:
                limit = self._limits.chatter_bytes
                raise Fault("flooded", f"more than {limit} bytes on standard output and standard error")

        return read

    # --------------------------------------------------------------------------------------------------------- watching

    def _noticed_exit(self) -> None:
        self._selector.unregister(self._exit)

    def _exited(self) -> bool:
        """Whether the process has ended; it is not reaped by asking."""
        if self._process is None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _check_alive(self) -> None:
        if self._exited():
            self._drain()
            raise Fault("died", self._death())
        if self._closed_answers is not None and time.monotonic() - self._closed_answers > _GONE_S:
            raise Fault("protocol", "it closed its answers and lives on")

    def _death(self) -> str:
        assert self._process is not None  # noqa: S101 - for the type checker
        info = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        how = "for a reason that the system does not tell"
        if info is not None:
            exited = info.si_code == os.CLD_EXITED
            how = f"with exit code {info.si_status}" if exited else f"by {_signal_name(info.si_status)}"
        left = "; half a line of answers was left" if self._lines.rest else ""
        return f"the process ended {how}{left}"

    def _watch(self) -> None:
        if self._group is None:
            return
        held = self._group.resident_bytes()
        if held > self._limits.memory_bytes:
            raise Fault("leak", f"{held >> 20} MB of memory, where {self._limits.memory_bytes >> 20} MB are allowed")
        far = elsewhere(self._group.sockets())
        if far:
            raise Fault("violation", f"network: a connection to {far[0]}")

    def _weigh(self) -> None:
        """Compares what the driver holds at rest with what it held before the run.

        Raises:
            Fault: leak.
        """
        after = self._group.holding() if self._group is not None else None
        before, self._before = self._before, after
        if before is None or after is None:
            return
        for what, more, spare in (
            ("open files", after.files - before.files, self._limits.spare_files),
            ("threads", after.threads - before.threads, self._limits.spare_threads),
            ("processes", after.processes - 1, self._limits.spare_processes),
        ):
            if more > spare:
                self.spoiled = True
                raise Fault("leak", f"{more} {what} were left behind by the run, where {spare} are allowed")

    def _drain(self) -> None:
        """Reads what is left in the pipes of chatter, as evidence."""
        for key in list(self._selector.get_map().values()):
            if key.fd in (self._answers, self._requests, self._exit) or key.fd < 0:
                continue
            os.set_blocking(key.fd, False)
            with contextlib.suppress(BlockingIOError, OSError, Fault, KeyError):
                while key.fd in self._selector.get_map():
                    key.data()


def _limit(pid: int, limits: Limits) -> None:
    """Sets what the kernel holds a process to, and all that it starts. Linux only."""
    if not hasattr(resource, "prlimit"):
        return
    table = [
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_AS, limits.address_space_bytes),
    ]
    for kind, most in table:
        if most is not None:
            with contextlib.suppress(OSError, ValueError):  # it ended already, or the limit here is lower
                resource.prlimit(pid, kind, (most, most))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
