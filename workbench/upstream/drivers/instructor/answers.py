"""The side of the protocol that every driver needs: reads what is asked, writes the answers. See driver-protocol.md."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from typing import Any


class Harness:
    """The other side: reads what it asks, and writes the answers to one run."""

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
        """Writes one line, all of it. JSON has no NaN: as pydantic's own JSON does, null stands for it."""
        try:
            text = json.dumps(line, allow_nan=False)
        except ValueError:
            text = json.dumps(_without_nan(line))
        data = memoryview(text.encode() + b"\n")
        while data:
            data = data[self._answers.write(data) :]

    def begin(self, question: dict[str, Any]) -> None:
        """Remembers which run the answers belong to."""
        self._mark = {"seq": question["seq"], "nonce": question["nonce"]}
        self._count = 0

    def answer(self, kind: str, value: Any, frame: int | None = None) -> None:
        """Answers; in the framework way an event and an exception say after which frame they came."""
        self.say({**self._mark, kind: value, **({} if frame is None else {"frame": frame})})
        self._count += 1

    def raised(self, at: str, error: Exception, frame: int | None = None) -> None:
        """Answers with what the library raised."""
        self.answer("raised", {"at": at, "type": type(error).__name__, "message": str(error)}, frame)

    def try_to(self, at: str, make: Callable[[], Any], frame: int | None = None) -> None:
        """Answers with what a call of the library gives, or with what it raises."""
        try:
            value = make()
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
            self.raised(at, error, frame)
        else:
            self.answer(at, value)

    def end(self, kind: str, value: Any = None) -> None:
        """Ends the run."""
        self.say({**self._mark, kind: self._count if kind == "done" else value})


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
