"""The smallest driver: it measures a toy library, which is written here, and shows every line of the protocol.

Copy it to begin a driver of your own: put calls of the real library in the place of `EchoLibrary`, and keep `Harness`
and `main`.
`specs/driver-protocol.md` explains what is done here, and why.

Rules of every driver:
1. It imports the standard library and the library under test.
2. Its answers go to the descriptor that it was given, one JSON object a line, each sent at once. What it prints is
   captured and shown, and never read.
3. What the library raises is an answer, too: it stands where the library raised.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import sys
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

PATHS = {"openai-chat": "/v1/chat/completions", "anthropic-messages": "/v1/messages"}


class EchoLibrary:
    """A toy: it posts a request, reads server-sent events the naive way, and hands each out as it stands."""

    def __init__(self, base_url: str, dialect: str) -> None:
        self.url = base_url + PATHS[dialect]

    def stream(self, messages: list[Any]) -> Iterator[dict[str, str]]:
        """Yields each event with its name and its data."""
        body = json.dumps({"stream": True, "messages": messages}).encode()
        # The harness has cleared the proxies, and the URL is the one that it gave.
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request) as response:  # noqa: S310
            event: dict[str, str] = {}
            for line in response:
                field, _, value = line.decode().rstrip("\r\n").partition(":")
                if field in {"event", "data"}:
                    event[field] = value.strip()
                elif not field and event:
                    yield event
                    event = {}


class Harness:
    """The other side: reads what it asks, and writes the answers to one run."""

    def __init__(self, requests: int, answers: int) -> None:
        for number in (requests, answers):
            os.set_inheritable(number, False)  # what the library starts must not hold these open
        self._requests = os.fdopen(requests, "rb")
        self._answers = os.fdopen(answers, "wb", buffering=0)
        self._mark: dict[str, Any] = {}
        self._count = 0

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yields what is asked, until the harness hangs up."""
        for line in self._requests:
            yield json.loads(line)

    def say(self, line: dict[str, Any]) -> None:
        """Writes one line. A pipe may take a part of it only, so this goes on until all of it is taken."""
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

    def try_to(self, at: str, make: Callable[[], Any], frame: int | None = None) -> Any:
        """Answers with what a call of the library gives, or with what it raises; returns it, or None."""
        try:
            value = make()
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
            self.answer("raised", {"at": at, "type": type(error).__name__, "message": str(error)}, frame)
            return None
        self.answer(at, value)
        return value

    def end(self, kind: str, value: Any = None) -> None:
        """Ends the run: `done`, `declined` with a reason, or `failed` with what went wrong in the driver itself."""
        self.say({**self._mark, kind: self._count if kind == "done" else value})


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: events, then what the library has of message, stored form, restored message, next request."""
    if asked["way"] == "shipped" and asked["dialect"] not in PATHS:
        harness.end("declined", f"no provider code for {asked['dialect']}")
        return
    events = framework(harness, asked) if asked["way"] == "framework" else shipped(harness, asked)
    # From here on the library must not read the stream any more: an event after this is out of order.
    frame = max([frame for frame, _ in asked["events"]], default=None)
    message = harness.try_to("message", lambda: {"events": events}, frame)
    stored = harness.try_to("stored", lambda: json.dumps(message), frame)
    restored = harness.try_to("restored", lambda: json.loads(stored), frame)
    if asked["follow"] is not None:
        follow(harness, asked, restored, frame)
    harness.end("done")


def framework(harness: Harness, asked: dict[str, Any]) -> list[Any]:
    """Pushes producer events through the framework, which here hands them on; says after which frame each came."""
    for frame, event in asked["events"]:
        harness.answer("event", event, frame)
    return [event for _, event in asked["events"]]


def shipped(harness: Harness, asked: dict[str, Any]) -> list[Any]:
    """Lets the library read the stream; says each event the moment it comes."""
    events: list[Any] = []
    stream = EchoLibrary(asked["base_url"], asked["dialect"]).stream(asked["request"]["messages"])
    try:
        for event in list(stream) if asked["variant"] == "late" else stream:
            events.append(event)
            harness.answer("event", event)
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", {"at": "event", "type": type(error).__name__, "message": str(error)})
    return events


def follow(harness: Harness, asked: dict[str, Any], restored: Any, frame: int | None) -> None:
    """Makes the next request from what was stored alone; as shipped it is really sent, and the harness receives it."""
    history = [turn["stored"] for turn in asked["history"]]
    messages = [*history, restored, {"user": asked["follow"]["prompt"]}]
    if asked["way"] == "framework":
        harness.answer("request", {"messages": messages})
        return
    try:
        for _ in EchoLibrary(asked["base_url"], asked["dialect"]).stream(messages):
            pass  # an answer to it is played, too; nobody looks at it
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", {"at": "request", "type": type(error).__name__, "message": str(error)}, frame)


def describe() -> dict[str, Any]:
    """Says what this driver is; a real one asks `importlib.metadata.version` for the release."""
    return {
        "library": "echo",
        "release": "1.0",
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [
            {"id": "sync", "title": "events as they come"},
            {"id": "late", "title": "all events once the stream is over", "ways": ["shipped"]},
        ],
        "dialects": sorted(PATHS),
    }


def main() -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    for question in harness.questions():
        nonce = question["nonce"]
        if "hello" in question:
            harness.say({"hello": 1, "nonce": nonce, "driver": describe()})
        elif "run" in question:
            harness.begin(question)
            try:
                run(harness, question["run"])
            except Exception as error:  # noqa: BLE001 - a failure of the driver itself ends the run, not the harness
                trace = traceback.format_exc()
                harness.end("failed", {"type": type(error).__name__, "message": str(error), "trace": trace})
        elif "rest" in question:
            gc.collect()  # what the run has opened is to be closed by now
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            return


if __name__ == "__main__":
    main()
