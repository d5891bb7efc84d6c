"""The streams between harness and driver process, all read and written by one thread that never blocks on any of them.

Two pipes carry the protocol, two more what the driver chatters on standard output and standard error; a fifth
descriptor, where the system has it, tells that the process has ended.

Rules:
1. A driver that does not read holds up nobody: what is sent waits here until the pipe takes it.
2. What comes in is bounded; more is a `Fault`, flooded.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import time
from collections.abc import Callable

from workbench.upstream.capture import Capture, Lines
from workbench.upstream.limits import Fault, Limits

_READ_BYTES = 1 << 16


class Pipes:
    """The descriptors of one driver process.

    Args:
        take: called with each line of answers as it is complete.
        limits: bounds of what comes in.

    Attributes:
        came: something came in since this was last set to False.
        closed_at: when the driver closed its answers, by the monotonic clock; None while they are open.
    """

    def __init__(self, take: Callable[[bytes], None], limits: Limits) -> None:
        self._take = take
        self._limits = limits
        self._selector = selectors.DefaultSelector()
        self._their_ends = (-1, -1)
        self._requests = self._answers = -1
        self._owned: list[int] = []
        self._outgoing = bytearray()
        self._lines = Lines(limits.line_bytes, limits.answer_bytes)
        self._captures = (Capture(limits.kept_bytes), Capture(limits.kept_bytes))
        self.came = False
        self.closed_at: float | None = None

    def open(self) -> tuple[int, int]:
        """Makes the two pipes of the protocol; returns the driver's ends: where it reads, and where it writes."""
        theirs_in, self._requests = os.pipe()
        self._answers, theirs_out = os.pipe()
        self._owned += [self._requests, self._answers]
        self._their_ends = (theirs_in, theirs_out)
        os.set_blocking(self._requests, False)
        os.set_blocking(self._answers, False)
        self._selector.register(self._answers, selectors.EVENT_READ, self._read_answers)
        return self._their_ends

    def handed_over(self) -> None:
        """Closes the driver's ends here, once it has them."""
        for number in self._their_ends:
            os.close(number)

    def listen(self, stdout: int, stderr: int, pid: int) -> None:
        """Begins to read the chatter of a process, and to notice its end."""
        for index, number in enumerate((stdout, stderr)):
            os.set_blocking(number, False)
            self._selector.register(number, selectors.EVENT_READ, self._chatter_reader(number, index))
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                ended = os.pidfd_open(pid)
                self._owned.append(ended)
                self._selector.register(ended, selectors.EVENT_READ, lambda: self._selector.unregister(ended))

    def begin(self) -> None:
        """Begins to count and to keep anew, for the next run."""
        self._lines.restart()
        self._captures = (Capture(self._limits.kept_bytes), Capture(self._limits.kept_bytes))

    def send(self, line: bytes) -> None:
        """Puts a line on its way."""
        if not self._outgoing:
            self._selector.register(self._requests, selectors.EVENT_WRITE, self._write_requests)
        self._outgoing += line

    def look(self, pause_s: float) -> None:
        """Reads and writes what can be, waiting for it at most so long.

        Raises:
            Fault: flooded.
            ProtocolFaultError: whatever the taker of lines raises.
        """
        for key, _ in self._selector.select(pause_s):
            key.data()

    def waiting(self) -> bool:
        """Looks whether answers wait to be read."""
        return self.closed_at is None and bool(select.select([self._answers], [], [], 0)[0])

    def drain(self) -> None:
        """Reads all that the driver left, once it has ended; raises as `look` does."""
        while True:
            ready = [key for key, events in self._selector.select(0) if events & selectors.EVENT_READ]
            if not ready:
                return
            for key in ready:
                key.data()

    def chatter(self) -> tuple[str, str]:
        """Gives what was kept of standard output and standard error, made visible."""
        return self._captures[0].text(), self._captures[1].text()

    @property
    def half_line(self) -> bool:
        """Whether answers broke off inside a line."""
        return bool(self._lines.rest)

    def close(self) -> None:
        """Closes all that was opened here. May be called twice."""
        self._selector.close()
        for number in self._owned:
            os.close(number)
        self._owned.clear()

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
        try:
            data = os.read(self._answers, _READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(self._answers)
            self.closed_at = time.monotonic()
            return
        self.came = True
        for line in self._lines.add(data):
            self._take(line)

    def _chatter_reader(self, number: int, index: int) -> Callable[[], None]:
        def read() -> None:
            try:
                data = os.read(number, _READ_BYTES)
            except BlockingIOError:
                return
            if not data:
                self._selector.unregister(number)
                return
            self.came = True
            self._captures[index].add(data)
            if sum(capture.total_bytes for capture in self._captures) > self._limits.chatter_bytes:
                what = "on standard output and standard error"
                raise Fault("flooded", f"more than {self._limits.chatter_bytes} bytes {what}")

        return read
