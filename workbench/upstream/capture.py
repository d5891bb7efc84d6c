"""What a driver's process puts out, gathered within bounds: lines of answers, and the two ends of its chatter.

Rules:
1. Nothing here grows beyond its bound, however much comes in.
2. Chatter is shown only through `workbench.visible`: it may hold anything.
"""

from __future__ import annotations

from workbench.upstream.limits import Fault
from workbench.visible import visible


class Capture:
    """Keeps the head and the tail of a stream of bytes.

    Attributes:
        total_bytes: how many came in.
    """

    def __init__(self, kept_bytes: int) -> None:
        self._half = max(1, kept_bytes // 2)
        self._head = bytearray()
        self._tail = bytearray()
        self.total_bytes = 0

    def add(self, data: bytes) -> None:
        """Takes the next bytes."""
        self.total_bytes += len(data)
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if data:
            self._tail += data[-self._half :]
            del self._tail[: -self._half]

    def text(self) -> str:
        """Gives what was kept, made visible, with a remark where something was dropped."""
        dropped = self.total_bytes - len(self._head) - len(self._tail)
        if not dropped:
            return _shown(bytes(self._head + self._tail))
        return f"{_shown(bytes(self._head))}\n… {dropped} bytes dropped …\n{_shown(bytes(self._tail))}"


def _shown(data: bytes) -> str:
    return visible(data.decode("utf-8", "backslashreplace"), newlines=True)


class Lines:
    """Cuts a stream of bytes into lines, at LF.

    Attributes:
        rest: what follows the last line end.
    """

    def __init__(self, line_bytes: int, total_bytes: int) -> None:
        self._line_bytes = line_bytes
        self._total_bytes = total_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._total = 0

    def restart(self) -> None:
        """Begins to count anew, for the next run."""
        self._total = 0

    def add(self, data: bytes) -> list[bytes]:
        """Takes the next bytes; returns the lines that they complete.

        Raises:
            Fault: flooded: a line, or all lines together, are longer than allowed.
        """
        self._total += len(data)
        if self._total > self._total_bytes:
            raise Fault("flooded", f"more than {self._total_bytes} bytes of answers in one run")
        pieces = data.split(b"\n")
        lines: list[bytes] = []
        for index, piece in enumerate(pieces):
            self._size += len(piece)
            if self._size > self._line_bytes:
                raise Fault("flooded", f"a line of answers longer than {self._line_bytes} bytes")
            self._parts.append(piece)
            if index < len(pieces) - 1:
                lines.append(b"".join(self._parts))
                self._parts = []
                self._size = 0
        return lines

    @property
    def rest(self) -> bytes:
        """What follows the last line end."""
        return b"".join(self._parts)
