"""The side of the protocol that every driver needs: reads what is asked, writes the answers. See driver-protocol.md."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any


class Harness:
    """The other side: reads what it asks, and writes the answers to one run; see `echo.py`."""

    def __init__(self, requests: int, answers: int) -> None:
        for number in (requests, answers):
            os.set_inheritable(number, False)
        self._requests = os.fdopen(requests, "rb")
        self._answers = os.fdopen(answers, "wb", buffering=0)
        self._mark: dict[str, Any] = {}
        self._count = 0

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yields what is asked, until the harness hangs up."""
        for line in self._requests:
            yield json.loads(line)

    def say(self, line: dict[str, Any]) -> None:
        """Writes one line, all of it."""
        data = memoryview(json.dumps(line).encode() + b"\n")
        while data:
            data = data[self._answers.write(data) :]

    def begin(self, question: dict[str, Any]) -> None:
        """Remembers which run the answers belong to."""
        self._mark = {"seq": question["seq"], "nonce": question["nonce"]}
        self._count = 0

    def answer(self, kind: str, value: Any, frame: int | None = None) -> None:
        """Answers; in the framework way an event and an exception say after which frame they came."""
        told = {} if frame is None else {"frame": frame}
        self.say({**self._mark, kind: value, **told})
        self._count += 1

    def end(self, kind: str, value: Any = None) -> None:
        """Ends the run."""
        self.say({**self._mark, kind: self._count if kind == "done" else value})
