"""Where answers are played: chunks, rests, gates and ends, and how far each answer is.

Rules:
1. The position moves before the bytes of a chunk are written: an event that a frame caused never finds that frame
   unsent.
2. A chunk in lockstep puts up a gate and waits there; so does the end of the body, which is a step of its own. `next`
   takes the oldest gate down and may be called from another thread; all else belongs to the server's.
3. Whoever waits looks out for the client: when it leaves, `ConnectionError` is raised.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable

from msgspec import Struct

from workbench.upstream.replay.record import End, Position
from workbench.upstream.replay.script import Answer, Script

_LOOK_S = 0.02
_LINGER_RESET = struct.pack("ii", 1, 0)


class Line(Struct, frozen=True):
    """A connection, seen from the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self.reader.at_eof() or self.writer.is_closing()


class Stage:
    """Plays answers and knows how far they are.

    Attributes:
        position: the answer that began last and its last frame that was sent.
        frames: per answer, its last frame that was sent; -1 before the first.
    """

    def __init__(self, script: Script) -> None:
        self.position = Position()
        self.frames = [-1] * len(script.answers)
        self._gates: deque[asyncio.Event] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def held(self) -> bool:
        """Whether an answer waits at a gate."""
        return bool(self._gates)

    def next(self) -> bool:
        """Takes the oldest gate down; says whether there was one."""
        try:
            gate = self._gates.popleft()
        except IndexError:
            return False
        if self._loop is not None:
            self._loop.call_soon_threadsafe(gate.set)
        return True

    async def play(self, index: int, answer: Answer, line: Line, progress: Callable[[int, End], None]) -> End:
        """Sends a body as its answer says.

        Args:
            index: of the answer in its script.
            answer: what to play; its head was sent.
            line: the connection.
            progress: called with the bytes of the body that were sent so far, and how it goes.

        Returns:
            How it ended.

        Raises:
            ConnectionError: the client left.
        """
        self._loop = asyncio.get_running_loop()
        self.position = Position(index, -1)
        writer, stop, sent = line.writer, answer.stop_after, 0
        for piece in answer.pieces:
            if sent >= stop:
                break
            await self._step(answer, line)
            data = piece[: stop - sent]
            sent += len(data)
            self.frames[index] = answer.frame_at(sent)
            self.position = Position(index, self.frames[index])
            writer.write(b"%x\r\n%b\r\n" % (len(data), data) if answer.transfer == "chunked" else data)
            await writer.drain()
            progress(sent, "running")
        if answer.stall_after is not None and sent >= answer.stall_after:
            progress(sent, "stalled")
            await _rest(line)
        if answer.disconnect_after is not None and sent >= answer.disconnect_after:
            if answer.reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
                writer.transport.abort()
            return "disconnected"
        if answer.lockstep:
            await self._wait(line)
        if answer.transfer == "chunked":
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        return "complete"

    async def _step(self, answer: Answer, line: Line) -> None:
        """What comes before a chunk."""
        if answer.lockstep:
            await self._wait(line)
        if answer.delay_s:
            await _rest(line, rest_s=answer.delay_s)

    async def _wait(self, line: Line) -> None:
        gate = asyncio.Event()
        self._gates.append(gate)
        try:
            await _rest(line, gate)
        finally:
            with contextlib.suppress(ValueError):  # `next` has taken it
                self._gates.remove(gate)


async def _rest(line: Line, gate: asyncio.Event | None = None, rest_s: float | None = None) -> None:
    """Waits for a gate, or for some seconds, or without end.

    Raises:
        ConnectionError: the client left meanwhile.
    """
    wait = gate if gate is not None else asyncio.Event()
    loop = asyncio.get_running_loop()
    until = None if rest_s is None else loop.time() + rest_s
    while until is None or loop.time() < until:
        if line.gone:
            raise ConnectionResetError("the client left")
        look_s = _LOOK_S if until is None else max(0.0, min(_LOOK_S, until - loop.time()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wait.wait(), look_s)
            return
