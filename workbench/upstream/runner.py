"""Runs of one driver, whatever becomes of its processes: fresh ones where they are needed, failures where they belong.

Rules:
1. A run gives a `Result` or a `Failure`; nothing that a driver does raises here.
2. A process that was spoiled is ended, and the next run gets a fresh one. A driver that cannot be started is tried
   `Limits.starts` times; then its failure is the answer to every run.
3. An answer that comes after its run was over spoils that run (`late`), not the one in whose time it came: that one is
   repeated in a fresh process. So look at `late` before results are published.
4. A run is repeated in a fresh process to see whether it is steady: what only a used process says, or only sometimes,
   differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Self

import msgspec
from msgspec import UNSET, Struct

from workbench.transcript import Json
from workbench.upstream.answers import LateAnswerError
from workbench.upstream.limits import Failure, Fault, Limits
from workbench.upstream.lockstep import LONG_QUIET_S, QUIET_S, Free, Lockstep, Pace, Told
from workbench.upstream.process import DriverProcess
from workbench.upstream.protocol import Description, Record, Run
from workbench.upstream.replay import Received, ReplayServer, Script
from workbench.upstream.surroundings import Launch
from workbench.verdict import compare

_TRIES = 2


class Result(Struct, frozen=True, kw_only=True):
    """A run that came to its end.

    Attributes:
        received: the requests that the replay server got.
        exact: the frames of events are exact; otherwise they are upper bounds that differ from run to run.
        unsettled: frames after which the driver was not idle in time; not empty only in lockstep.
        stdout: what was kept of standard output, made visible.
    """

    record: Record
    received: tuple[Received, ...] = ()
    exact: bool = True
    unsettled: tuple[int, ...] = ()
    stdout: str = ""
    stderr: str = ""


class Twice(Struct, frozen=True):
    """One run, done twice, the second time in a fresh process.

    Attributes:
        differs: what is not the same, in words; None when the run is steady.
    """

    first: Result | Failure
    second: Result | Failure
    differs: str | None = None


class DriverRunner:
    """Keeps one driver running; a context manager, used by one thread.

    Args:
        launch: what to start.
        limits: what it is allowed.
        expect: library and release that the driver must report; a wrong environment is a failed start.

    Attributes:
        description: what the driver said of itself, once it was started.
        late: runs that were spoiled after they had given a result, by their number.
        parting: how the last process failed to leave; None when it left well.
        started: how many processes there were.
    """

    def __init__(self, launch: Launch, limits: Limits | None = None, *, expect: tuple[str, str] | None = None) -> None:
        self._launch = launch
        self._limits = limits if limits is not None else Limits()
        self._expect = expect
        self._process: DriverProcess | None = None
        self._seq = 0
        self._failed_starts = 0
        self._not_startable: Failure | None = None
        self._late: dict[int, Failure] = {}
        self.description: Description | None = None
        self.parting: Failure | None = None
        self.started = 0

    def __enter__(self) -> Self:
        """Starts nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the process, if there is one."""
        self.close()

    @property
    def late(self) -> Mapping[int, Failure]:
        """Runs that were spoiled after they had given a result, by their number."""
        return self._late

    @property
    def seq(self) -> int:
        """Number of the last run, from 1."""
        return self._seq

    def describe(self) -> Description | Failure:
        """Starts the driver, if it is not running, and gives what it says of itself."""
        ready = self._ready()
        if isinstance(ready, Failure):
            return ready
        assert self.description is not None  # noqa: S101 - a process that is ready has said hello
        return self.description

    def run(
        self, run: Run, script: Script | None = None, *, lockstep: bool = False, quiet_s: float = QUIET_S
    ) -> Result | Failure:
        """Does one run.

        Args:
            run: what to ask; its `base_url` is filled in.
            script: what the replay server plays; None in the framework way.
            lockstep: send each frame when the driver is idle; the script's first answer must be in lockstep.
            quiet_s: in lockstep, how long the driver must have been idle.
        """
        self._seq += 1
        for _ in range(_TRIES):
            try:
                if script is None:
                    return self._once(run, Told(), None)
                with ReplayServer(script) as server:
                    asked = msgspec.structs.replace(run, base_url=server.url)
                    settle_s = self._limits.settle_s
                    pace = Lockstep(server, quiet_s=quiet_s, settle_s=settle_s) if lockstep else Free(server)
                    return self._once(asked, pace, server)
            except LateAnswerError:
                continue  # not this run's fault; a fresh process has no earlier runs
        return Failure(manner="protocol", detail="answers to other runs kept coming")

    def run_twice(self, run: Run, script: Script | None = None, *, lockstep: bool = False) -> Twice:
        """Does one run, and again in a fresh process; in lockstep the second time with a longer quiet time.

        Args:
            run: what to ask.
            script: as for `run`.
            lockstep: as for `run`.
        """
        first = self.run(run, script, lockstep=lockstep)
        self.renew()
        second = self.run(run, script, lockstep=lockstep, quiet_s=LONG_QUIET_S)
        return Twice(first, second, _difference(first, second))

    def renew(self) -> None:
        """Lets the process go: the next run gets a fresh one."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.leave()
        except Fault as fault:
            self.parting = process.failure(fault)
        self._note_late(process)

    def close(self) -> None:
        """Ends the process, if there is one."""
        self.renew()

    def _once(self, run: Run, pace: Pace, server: ReplayServer | None) -> Result | Failure:
        ready = self._ready()
        if isinstance(ready, Failure):
            return ready
        try:
            record = ready.run(self._seq, run, pace)
        except Fault as fault:
            self._process = None
            return ready.failure(fault)
        except LateAnswerError as error:
            self._process = None
            ready.note_late(error)
            self._note_late(ready)
            ready.close()
            raise
        stdout, stderr = ready.chatter()
        if ready.runs == self._limits.runs_per_process:
            self.renew()
        unsettled = tuple(pace.unsettled) if isinstance(pace, Lockstep) else ()
        return Result(
            record=record,
            received=server.received if server is not None else (),
            exact=not isinstance(pace, Free) and not unsettled,
            unsettled=unsettled,
            stdout=stdout,
            stderr=stderr,
        )

    def _ready(self) -> DriverProcess | Failure:
        """Gives a process that a run can be asked of."""
        if self._process is not None:
            if self._process.idle():
                return self._process
            self._note_late(self._process)
            self._process.close()
            self._process = None
        while self._not_startable is None:
            process = self._process = DriverProcess(self._launch, self._limits)
            self.started += 1
            try:
                self.description = self._checked(process.start())
            except Fault as fault:
                self._process = None
                failure = process.failure(fault)
                if fault.manner != "start-failed":
                    return failure
                self._failed_starts += 1
                if self._failed_starts >= self._limits.starts:
                    self._not_startable = failure
            else:
                self._failed_starts = 0
                return process
        return self._not_startable

    def _checked(self, description: Description) -> Description:
        found = (description.library, description.release)
        if self._expect is not None and found != self._expect:
            wanted = " ".join(self._expect)
            raise Fault("start-failed", f"the environment has {' '.join(found)}, where {wanted} is expected")
        return description

    def _note_late(self, process: DriverProcess) -> None:
        for seq, detail in process.late.items():
            self._late[seq] = Failure(manner="protocol", detail=detail)


def _content(outcome: Result | Failure, *, exact: bool) -> Json:
    """What must be the same when a run is done twice."""
    if isinstance(outcome, Failure):
        return {"failure": outcome.manner}
    record: dict[str, Json] = msgspec.to_builtins(outcome.record)
    if not exact:
        for kind in ("events", "legacy"):
            record[kind] = [event for _, event in record[kind]]
        for raised in record["raised"].values():
            del raised["frame"]
    record["requests"] = [msgspec.to_builtins(one.json) for one in outcome.received if one.json is not UNSET]
    return record


def _difference(first: Result | Failure, second: Result | Failure) -> str | None:
    exact = all(isinstance(one, Failure) or one.exact for one in (first, second))
    evidence = compare(_content(first, exact=exact), _content(second, exact=exact)).evidence
    if evidence is None:
        return None
    return f"{evidence.where}: {evidence.sent!r:.80} the first time, {evidence.seen!r:.80} the second"
