"""The conversation with one driver process: states, order, and whose answer a line is. Sans-IO.

Theory of operation. A `Talk` is the harness's side. Our methods (`hello`, `run`, `rest`, `bye`) return the line to send
and move the state; `receive` takes one line of the driver's and moves the state. Which line may come in which state is
the table `_TURNS`; within a run, their order is for `Answers`.

    FRESH -hello-> GREETING -hello<- READY -run-> RUNNING -done<- ENDED -rest-> RESTING -rest<- READY … -bye-> LEAVING

Rules:
1. Every answer of a run carries the run's `seq` and `nonce`. One that does not is never matched to a run.
2. A line that belongs to an earlier run of this process is a `LateAnswerError` and names that run.
3. After a fault the talk is over: there is no state to go on from.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from workbench.jsontext import write_json
from workbench.transcript import Json
from workbench.upstream.answers import (
    ENDS,
    RANKS,
    Answers,
    LateAnswerError,
    ProtocolFaultError,
    convert,
    excerpt,
    parse_line,
)
from workbench.upstream.protocol import VERSION, Description, Run, run_json


class State(Enum):
    """Where a conversation is."""

    FRESH = auto()
    GREETING = auto()
    READY = auto()
    RUNNING = auto()
    ENDED = auto()
    RESTING = auto()
    LEAVING = auto()
    GONE = auto()


_TURNS: Mapping[tuple[State, str], State] = {
    (State.GREETING, "hello"): State.READY,
    (State.RUNNING, "answer"): State.RUNNING,
    (State.RUNNING, "end"): State.ENDED,
    (State.RESTING, "rest"): State.READY,
    (State.LEAVING, "bye"): State.GONE,
}
"""State and kind of the driver's line to the next state. What is not here is out of turn."""

_BETWEEN = (State.READY, State.LEAVING, State.GONE)
"""States in which the last run is over."""


class Talk:
    """The conversation with one driver process.

    Attributes:
        state: where it is.
        description: what the driver said of itself; None before.
        answers: of the run that was begun last.
    """

    def __init__(self, nonce: str) -> None:
        self._nonce = nonce
        self._runs: dict[int, str] = {}
        self._seq = 0
        self.state = State.FRESH
        self.description: Description | None = None
        self.answers: Answers | None = None

    def hello(self) -> bytes:
        """Opens the conversation; returns the line to send."""
        self._move(State.FRESH, State.GREETING)
        return _line({"hello": VERSION, "nonce": self._nonce})

    def run(self, seq: int, nonce: str, run: Run) -> bytes:
        """Begins a run; returns the line to send."""
        self._move(State.READY, State.RUNNING)
        self._seq = seq
        self._runs[seq] = nonce
        self.answers = Answers(run.way)
        return _line({"run": run_json(run), "seq": seq, "nonce": nonce})

    def rest(self) -> bytes:
        """Asks the driver to let go of what the run needed; returns the line to send."""
        self._move(State.ENDED, State.RESTING)
        return _line({"rest": self._seq, "nonce": self._runs[self._seq]})

    def bye(self) -> bytes:
        """Closes the conversation; returns the line to send."""
        self._move(State.READY, State.LEAVING)
        return _line({"bye": VERSION, "nonce": self._nonce})

    def _move(self, at: State, to: State) -> None:
        if self.state is not at:
            raise RuntimeError(f"a talk that is {self.state.name} cannot become {to.name}")
        self.state = to

    def receive(self, line: bytes, frame: int = -1) -> None:
        """Takes one line of the driver's.

        Args:
            line: without its line end.
            frame: the last frame that was sent when it came.

        Raises:
            LateAnswerError: it belongs to an earlier run.
            ProtocolFaultError: it is malformed, not for us, or out of turn.
        """
        row = parse_line(line)
        nonce = row.pop("nonce", None)
        seq = row.pop("seq", None)
        if "seq" not in row and seq is not None:
            kind, turn = self._answer_kind(row, seq, nonce)
        else:
            kind = turn = next((name for name in ("hello", "rest", "bye") if name in row), "?")
            due = self._runs.get(self._seq) if kind == "rest" else self._nonce
            if nonce != due or kind == "?":
                raise ProtocolFaultError(f"a line that is not for us: {excerpt(line)}")
        after = _TURNS.get((self.state, turn))
        if after is None:
            raise ProtocolFaultError(f"{kind!r} came out of turn ({self.state.name.lower()})")
        if turn in {"answer", "end"} and self.answers is not None:
            self.answers.receive(kind, row, frame)
        elif kind == "hello":
            self.description = self._greeted(row)
        elif row != {kind: self._seq if kind == "rest" else VERSION}:
            raise ProtocolFaultError(f"{kind!r} is malformed: {excerpt(line)}")
        self.state = after

    def _answer_kind(self, row: Mapping[str, Json], seq: Json, nonce: Json) -> tuple[str, str]:
        known = isinstance(seq, int) and not isinstance(seq, bool) and nonce == self._runs.get(seq)
        if known and (seq != self._seq or self.state in _BETWEEN):
            raise LateAnswerError(seq)
        if not known:
            raise ProtocolFaultError(f"an answer with seq {seq!r:.40} and a nonce that is not of run {self._seq}")
        kind = next((name for name in (*ENDS, "raised", *RANKS) if name in row), None)
        if kind is None:
            raise ProtocolFaultError(f"an answer of no known kind: {sorted(row)}"[:200])
        return kind, "end" if kind in ENDS else "answer"

    def _greeted(self, row: Mapping[str, Json]) -> Description:
        if row["hello"] != VERSION or isinstance(row["hello"], bool):
            raise ProtocolFaultError(f"the driver speaks version {row['hello']!r:.40}, this program {VERSION}")
        if set(row) != {"hello", "driver"}:
            raise ProtocolFaultError(f"'hello' has the keys {sorted(row)}, and needs hello and driver")
        description: Description = convert(row["driver"], Description, "driver")
        if not description.variants or not description.ways:
            raise ProtocolFaultError("the driver names no variant or no way")
        names = [variant.id for variant in description.variants]
        if len(set(names)) != len(names):
            raise ProtocolFaultError("two variants have one id")
        return description


def _line(value: Json) -> bytes:
    return write_json(value) + b"\n"
