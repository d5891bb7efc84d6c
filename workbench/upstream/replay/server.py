"""`ReplayServer`: answers a script over loopback HTTP, from an event loop in a thread of its own.

Theory of operation. A cursor walks over the script's answers. A request that the answer at the cursor serves gets it
and moves the cursor; so the next turn answers the next request, on whichever connection it comes. Anything else is
answered at once, from the table or with a refusal, and moves nothing.

Rules:
1. It listens on 127.0.0.1, on a port that the system chose, and nowhere else; a request that names another host is
   refused.
2. Nothing that a client sends raises here; it is recorded (`workbench.upstream.replay.record`).
3. Closing ends every connection and the thread, whatever state they are in.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from workbench.jsontext import write_json
from workbench.transcript import Json
from workbench.upstream.replay.http import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    BadRequestError,
    Heard,
    read_request,
    response_head,
)
from workbench.upstream.replay.record import End, Kind, Position, Received, json_of, listed
from workbench.upstream.replay.script import Answer, Script
from workbench.upstream.replay.stage import Line, Stage

HOST = "127.0.0.1"


class ReplayServer:
    """A loopback server that plays one script; a context manager.

    State: listens between enter and exit, once. What was recorded can be read then and afterwards, from any thread.

    Args:
        script: what to answer.
        patience_s: how long one request may take to arrive, from its first byte.
        max_body_bytes: of a request.
    """

    def __init__(self, script: Script, *, patience_s: float = 10.0, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._script = script
        self._patience_s = patience_s
        self._max_body_bytes = max_body_bytes
        self._stage = Stage(script)
        self._cursor = 0
        self._received: list[Received] = []
        self._port = 0
        self._link: tuple[int, int] | None = None
        self._ready = threading.Event()
        self._failed: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)

    def __enter__(self) -> Self:
        """Starts to listen.

        Raises:
            OSError: no port could be had.
        """
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            raise self._failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends every connection and waits for the thread."""
        if self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed already
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens, without a path: `http://127.0.0.1:40311`."""
        return f"http://{HOST}:{self._port}"

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests so far, in the order in which they were complete."""
        return tuple(self._received)

    @property
    def position(self) -> Position:
        """How far the script has been played."""
        return self._stage.position

    @property
    def held(self) -> bool:
        """Whether an answer in lockstep waits for `next`."""
        return self._stage.held

    @property
    def link(self) -> tuple[int, int] | None:
        """Ports of the connection that plays: the server's and the client's; None before the first answer."""
        return self._link

    def frame_of(self, answer: int) -> int:
        """Gives the index of the last frame of an answer that was sent so far; -1 before the first."""
        frames = self._stage.frames
        return frames[answer] if answer < len(frames) else -1

    def next(self) -> bool:
        """Lets the chunk that waits longest be sent; says whether one waited."""
        return self._stage.next()

    # What follows runs in the server's own thread.

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        loop = self._loop
        tasks: dict[asyncio.Task[None], Line] = {}

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = Line(reader, writer)
            task = loop.create_task(self._connection(line))
            tasks[task] = line
            task.add_done_callback(tasks.pop)

        try:
            server = await asyncio.start_server(connected, HOST, 0, limit=MAX_HEAD_BYTES)
            self._port = server.sockets[0].getsockname()[1]
        except OSError as error:
            self._failed = error
            return
        finally:
            self._ready.set()
        await self._stopping.wait()
        # A connection that was just accepted must be let in: asyncio cannot attach it to a server that is closed.
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
        await _turns(4)
        server.close()
        lines = list(tasks.values())
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in lines:
            line.writer.transport.abort()
        await _turns(3)  # for transports to close their sockets

    async def _connection(self, line: Line) -> None:
        try:
            while await self._exchange(line):
                pass
        except ConnectionError:
            pass  # the client left; how far it got is recorded
        except asyncio.CancelledError:
            pass  # the server closes, and with it the connection
        finally:
            line.writer.close()

    async def _exchange(self, line: Line) -> bool:
        """Reads one request and answers it; says whether the connection goes on."""
        try:
            heard = await read_request(
                line.reader, line.writer, patience_s=self._patience_s, max_body_bytes=self._max_body_bytes
            )
        except BadRequestError as error:
            self._received.append(Received("refused", -1, "", "", status=error.status, note=str(error), end="complete"))
            await _reply(line, error.status, "replay-refused", str(error), keep_alive=False)
            return False
        if heard is None:
            return False
        path = heard.target.partition("?")[0]
        key = f"{heard.method} {path}"
        host = heard.headers.get("host", "")
        if host not in {f"{HOST}:{self._port}", f"localhost:{self._port}"} or not path.startswith("/"):
            note = f"this server is {HOST}:{self._port}; the request names {host or 'no host'} and {heard.target[:200]}"
            return await self._refuse(heard, line, "refused", 421, note)
        answers = self._script.answers
        due = answers[self._cursor] if self._cursor < len(answers) else None
        if due is not None and due.serves(heard.method, path):
            self._cursor += 1
            return await self._answer(self._cursor - 1, due, heard, line)
        if key in self._script.table:
            self._record(heard, "table", -1, 200, "complete")
            await _send_json(line, 200, self._script.table[key], keep_alive=heard.keep_alive)
            return heard.keep_alive
        if due is None and any(answer.serves(heard.method, path) for answer in answers):
            note = f"one request too many: the script's {len(answers)} answers were all given"
            return await self._refuse(heard, line, "too-many", 410, note)
        served = f"{due.method} {due.path}" if due is not None else "nothing more"
        return await self._refuse(heard, line, "surprise", 404, f"expected {served}, not {key[:200]}")

    async def _answer(self, index: int, answer: Answer, heard: Heard, line: Line) -> bool:
        """Plays one answer; says whether the connection goes on."""
        at = self._record(heard, "expected", index, answer.status, "running")
        self._link = (self._port, line.writer.get_extra_info("peername")[1])
        keep_alive = heard.keep_alive and answer.transfer != "close"
        head = [("content-type", answer.media_type), *answer.headers]
        if answer.transfer == "chunked":
            head.append(("transfer-encoding", "chunked"))
        elif answer.transfer == "length":
            head.append(("content-length", str(len(answer.body))))
        head.append(("connection", "keep-alive" if keep_alive else "close"))

        def progress(sent_bytes: int, end: End) -> None:
            self._received[at] = replace(self._received[at], sent_bytes=sent_bytes, end=end)

        end: End = "stopped"
        try:
            line.writer.write(response_head(answer.status, head))
            await line.writer.drain()
            end = await self._stage.play(index, answer, line, progress)
        except ConnectionError:
            end = "client-left"
            raise
        finally:
            if (end, self._received[at].end) != ("stopped", "stalled"):
                self._received[at] = replace(self._received[at], end=end)
        return keep_alive and end == "complete"

    def _record(self, heard: Heard, kind: Kind, answer: int, status: int, end: End, note: str = "") -> int:
        """Records a request; returns where."""
        sent = json_of(heard.body)
        headers = listed(heard.headers)
        size = len(heard.body)
        self._received.append(
            Received(kind, answer, heard.method, heard.target, headers, sent, size, status, note, end=end)
        )
        return len(self._received) - 1

    async def _refuse(self, heard: Heard, line: Line, kind: Kind, status: int, note: str) -> bool:
        self._record(heard, kind, -1, status, "complete", note)
        await _reply(line, status, f"replay-{kind}", note, keep_alive=heard.keep_alive)
        return heard.keep_alive


async def _turns(count: int) -> None:
    """Lets the event loop go round so often."""
    for _ in range(count):
        await asyncio.sleep(0)


async def _reply(line: Line, status: int, kind: str, note: str, *, keep_alive: bool) -> None:
    await _send_json(line, status, {"error": {"type": kind, "message": note}}, keep_alive=keep_alive)


async def _send_json(line: Line, status: int, value: Json, *, keep_alive: bool) -> None:
    body = write_json(value)
    head = [("content-type", "application/json"), ("content-length", str(len(body)))]
    head.append(("connection", "keep-alive" if keep_alive else "close"))
    line.writer.write(response_head(status, head) + body)
    await line.writer.drain()
