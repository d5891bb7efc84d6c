"""One driver process: its start, its runs one after another, its watch, its end.

Theory of operation. Whatever is waited for is waited for in `_attend`: it reads all streams, looks after memory and
foreign sockets, lets the pace send the next frame, and ends when the conversation has reached a state, with a `Fault`
when it cannot get there.

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
import signal
import subprocess
import time

from workbench.upstream.answers import LateAnswerError, ProtocolFaultError
from workbench.upstream.group import Group, Holding
from workbench.upstream.limits import Failure, Fault, Limits
from workbench.upstream.lockstep import Pace, Told
from workbench.upstream.netstat import elsewhere
from workbench.upstream.pipes import Pipes
from workbench.upstream.protocol import Description, Record, Run
from workbench.upstream.surroundings import Launch, Surroundings
from workbench.upstream.talk import State, Talk

_PAUSE_S = 0.05
_GONE_S = 1.0
"""How long the end of a process may take to show after it closed its answers."""


class DriverProcess:
    """A driver that runs. Made, started, used and closed by one thread.

    Args:
        launch: what to start.
        limits: what it is allowed.

    Attributes:
        spoiled: nothing can be asked of it any more.
        late: what came after a run was over, by the run's number.
        runs: how many it was asked for.
    """

    def __init__(self, launch: Launch, limits: Limits) -> None:
        self._launch = launch
        self._limits = limits
        self._talk = Talk(secrets.token_hex(4))
        self._pace: Pace = Told()
        self._pipes = Pipes(self._take, limits)
        self._process: subprocess.Popen[bytes] | None = None
        self._watched_at = 0.0
        mark = secrets.token_hex(8)
        self._surroundings = Surroundings(launch, mark)
        self._group = Group(0, mark)
        self._before: Holding | None = None
        self.spoiled = False
        self.late: dict[int, str] = {}
        self._seq = 0
        self.runs = 0

    def start(self) -> Description:
        """Starts the program and waits for its hello.

        Raises:
            Fault: start-failed, or violation.
        """
        try:
            self._spawn()
            self._pipes.send(self._talk.hello())
            self._attend(State.READY, self._limits.start_s, "its hello")
        except Fault as fault:
            if fault.manner == "violation":
                raise
            raise Fault("start-failed", fault.detail) from None
        if self._talk.description is None:
            raise Fault("start-failed", "it described nothing")
        self._before = self._group.holding()
        return self._talk.description

    def idle(self) -> bool:
        """Looks whether a run can be asked of it: it lives, and said nothing since its last run.

        What came late is put down in `late`; what nobody can claim is the last run's.
        """
        if self.spoiled or self._talk.state is not State.READY:
            return False
        try:
            self._pipes.look(0.0)
        except (Fault, ProtocolFaultError) as error:
            self.spoiled = True
            self.note_late(error)
        return not (self.spoiled or self._ended() or self._pipes.closed_at is not None)

    def note_late(self, error: Exception) -> None:
        """Puts down what came after a run was over."""
        seq = error.seq if isinstance(error, LateAnswerError) else self._seq
        if seq:
            self.late[seq] = str(error)

    def run(self, seq: int, run: Run, pace: Pace | None = None) -> Record:
        """Asks for one run, and waits for its end and for the driver to come to rest.

        Raises:
            Fault: the run is spoiled, and so is the process.
            LateAnswerError: an earlier run is spoiled, and so is the process; this one deserves a fresh one.
        """
        self.runs += 1
        self._seq = seq
        self._pipes.begin()
        self._pace = pace if pace is not None else Told()
        self._pipes.send(self._talk.run(seq, secrets.token_hex(4), run))
        self._attend(State.ENDED, self._limits.run_s, "the run")
        answers = self._talk.answers
        if answers is None or answers.failure is not None:
            self.spoiled = True
            raise Fault("raised", answers.failure or "" if answers is not None else "")
        self._pace = Told()
        self._pipes.send(self._talk.rest())
        self._attend(State.READY, self._limits.rest_s, "coming to rest")
        self._weigh()
        return answers.record()

    def failure(self, fault: Fault) -> Failure:
        """Ends the process and says what was known of the run that was spoiled."""
        self.close()
        stdout, stderr = self._pipes.chatter()
        answers = self._talk.answers
        partial = answers.record() if answers is not None else None
        return Failure(manner=fault.manner, detail=fault.detail, stdout=stdout, stderr=stderr, partial=partial)

    def chatter(self) -> tuple[str, str]:
        """Gives what the last run put out on standard output and standard error, made visible."""
        return self._pipes.chatter()

    def leave(self) -> None:
        """Says goodbye, if it can still be said, and closes.

        Raises:
            Fault: it did not leave as it should; it is closed all the same.
        """
        try:
            if self.idle():
                self._pipes.send(self._talk.bye())
                self._attend(State.GONE, self._limits.bye_s, "leaving")
                until = time.monotonic() + self._limits.bye_s
                while not self._ended():
                    if time.monotonic() > until:
                        raise Fault("hung", f"it said goodbye and was there {self._limits.bye_s} s later")
                    self._pipes.look(0.01)
                if self._group.members():
                    raise Fault("leak", "it left processes behind")
        except LateAnswerError as error:
            self.note_late(error)
        finally:
            self.close()

    def close(self) -> None:
        """Ends the process and all that it started, and takes everything away. May be called twice."""
        self.spoiled = True
        if self._process is not None:
            self._group.end(self._limits.grace_s)
            with contextlib.suppress(Fault, ProtocolFaultError):
                self._pipes.drain()
            self._process.wait()
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()
            self._process = None
        self._pipes.close()
        self._surroundings.remove()

    def _spawn(self) -> None:
        ends = self._pipes.open()
        try:
            # No preexec_fn: it is not safe beside threads, and the replay server is one. Limits are set from outside.
            self._process = subprocess.Popen(
                [*self._launch.command, *(str(number) for number in ends)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=self._surroundings.work,
                env=self._surroundings.environment(),
                pass_fds=ends,
                start_new_session=True,
            )
        except OSError as error:
            raise Fault("start-failed", f"it cannot be started: {error}") from None
        finally:
            self._pipes.handed_over()
        _limit(self._process.pid, self._limits)
        self._group.leader = self._process.pid
        if self._process.stdout is not None and self._process.stderr is not None:
            self._pipes.listen(self._process.stdout.fileno(), self._process.stderr.fileno(), self._process.pid)

    def _take(self, line: bytes) -> None:
        self._talk.receive(line, self._pace.frame())

    def _attend(self, until: State, limit_s: float, what: str) -> None:
        """Waits until the conversation is in a state.

        Raises:
            Fault: it cannot get there.
            LateAnswerError: an answer to an earlier run came.
        """
        deadline = time.monotonic() + limit_s
        try:
            self._wait(until, deadline, f"{what} took longer than {limit_s} s")
        except LateAnswerError:
            self.spoiled = True
            raise
        except (Fault, ProtocolFaultError) as error:
            self.spoiled = True
            fault = error if isinstance(error, Fault) else Fault("protocol", str(error))
            violations = self._surroundings.violations()
            raise Fault("violation", violations[0]) if violations else fault from None
        violations = self._surroundings.violations()
        if violations:
            self.spoiled = True
            raise Fault("violation", violations[0])

    def _wait(self, until: State, deadline: float, late: str) -> None:
        pause_s = 0.0
        while True:
            self._pipes.look(max(0.0, min(pause_s, deadline - time.monotonic())))
            if self._talk.state is until:
                return
            if self._ended():
                self._pipes.drain()
                if self._talk.state is until:
                    return
                raise Fault("died", self._death())
            now = time.monotonic()
            if self._pipes.closed_at is not None and now - self._pipes.closed_at > _GONE_S:
                raise Fault("protocol", "it closed its answers and lives on")
            if now >= deadline:
                raise Fault("hung", late)
            if now - self._watched_at >= self._limits.watch_s:
                self._watched_at = now
                self._watch()
            came, self._pipes.came = self._pipes.came, False
            pause_s = min(_PAUSE_S, self._pace.tick(self._group, came=came, waiting=self._pipes.waiting))

    def _ended(self) -> bool:
        """Whether the process has ended; it is not reaped by asking."""
        return self._process is None or self._how() is not None

    def _how(self) -> os.waitid_result | None:
        if self._process is None:
            return None
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)

    def _death(self) -> str:
        info = self._how()
        how = ""
        if info is not None:
            exited = info.si_code == os.CLD_EXITED
            how = f" with exit code {info.si_status}" if exited else f" by {_signal_name(info.si_status)}"
        return f"the process ended{how}{'; half a line of answers was left' if self._pipes.half_line else ''}"

    def _watch(self) -> None:
        self._group.members()
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
        before, after = self._before, self._group.holding()
        self._before = after
        if before is None or after is None:
            return
        for what, more, spare in (
            ("processes", after.processes - 1, self._limits.spare_processes),
            ("open files", after.files - before.files, self._limits.spare_files),
            ("threads", after.threads - before.threads, self._limits.spare_threads),
        ):
            if more > spare:
                self.spoiled = True
                raise Fault("leak", f"{more} {what} were left behind by the run, where {spare} are allowed")


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
