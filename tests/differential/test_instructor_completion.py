"""Holds the port of Instructor's object with completion against the real package, and its responses against the SDKs.

Theory of operation. The corpus has streamed bodies, and this call wants a whole response. So there are two halves.
What the provider would have sent is made by the port (`completion.py`), and is held against what the official SDKs
assemble of the streamed body themselves. Then a loopback server sends that response, whole, and the real client
reads it through `create_with_completion`: pair, exception, and the cache's entry have to be equal. Rules:

1. Both sides get the same class, which `schema.response_model` made.
2. The object is compared as `model_dump(mode="json", exclude_unset=True)`, the response by the fields that were sent.
3. Normalisations: `told` leaves out of an SDK's own assembly what no delta tells; `sent` leaves out the nulls that an
   SDK writes into the cache for fields that were not sent; the words of a real exception hold ours, since Instructor
   adds its record of attempts; `as_released` is about pydantic's version in them.
4. There are no deviations.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from instructor.cache import AutoCache, load_cached_response, store_cached_response
from pydantic import BaseModel

from tests.differential.assembling import by_anthropic, by_openai, told
from tests.differential.test_instructor import CASES, DIALECTS, client_of, dump
from tests.differential.test_instructor_iterable import as_released
from workbench.corpus import Body, Turn
from workbench.design import NativeRaise
from workbench.designs.instructor_completion import DESIGN
from workbench.designs.instructor_completion.completion import completion_of
from workbench.families.instructor.schema import response_model
from workbench.transcript import Delta, Json, Request, ResponseEnded, StreamFailed, StreamTruncated, see

pytestmark = pytest.mark.differential


def deltas_of(body: Body) -> list[Delta]:
    """What a body holds."""
    return list(DIALECTS[body.dialect].decode(body.data).deltas())


ENDED = [case for case in CASES if isinstance(deltas_of(case.values[1])[-1], ResponseEnded)]  # type: ignore[arg-type]
"""The bodies that make a whole response."""

# -------------------------------------------------------------------------------------------- the response, by the SDKs


@pytest.mark.parametrize(("turn", "body"), ENDED)
def test_response_is_what_the_sdk_assembles(turn: Turn, body: Body) -> None:
    """The response that is handed to Instructor holds what the provider's own SDK makes of the same stream."""
    ours = completion_of(see(deltas_of(body)))
    theirs = by_openai(body.data) if body.dialect == "openai-chat" else by_anthropic(body.data)
    assert ours == told(theirs, ours)


# ------------------------------------------------------------------------------------------------------ the real client


class Answer(ThreadingHTTPServer):
    """Sends one answer, whatever it is asked."""

    daemon_threads = True
    status = 200
    data = b""
    missing_bytes = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Answer

    def do_POST(self) -> None:
        """Reads the request and sends the answer; says that more would come than does, where it is to be cut."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.server.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(self.server.data) + self.server.missing_bytes))
        self.end_headers()
        self.wfile.write(self.server.data)
        self.close_connection = self.server.missing_bytes > 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
        """Drops the line."""


@pytest.fixture(scope="module")
def answer() -> Iterator[Answer]:
    """A loopback server."""
    with Answer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Instructor logs each exhausted retry as an error."""
    caplog.set_level("CRITICAL")


def run_real(answer: Answer, dialect: str, model: type[BaseModel]) -> tuple[Any, Any] | tuple[str, str]:
    """Calls the real `create_with_completion`; returns the pair, or the name and words of what it raised."""

    async def ask() -> tuple[Any, Any]:
        sdk, client, arguments = client_of(dialect, f"http://127.0.0.1:{answer.server_port}")
        async with sdk:
            return await client.create_with_completion(response_model=model, **arguments)

    try:
        return asyncio.run(ask())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return type(error).__name__, str(error)


def run_port(body: Body, request: Request) -> tuple[list[Json], NativeRaise | None, Any]:
    """Runs the port over a body's deltas: events, what it raised, and the adapter."""
    adapter = DESIGN.start(request)
    events: list[Json] = []
    try:
        for _, step in DIALECTS[body.dialect].decode(body.data).steps:
            events += [DESIGN.event_json(event) for event in adapter.receive(step)]
    except NativeRaise as error:
        return events, error, adapter
    return events, None, adapter


def put(answer: Answer, body: Body) -> None:
    """Makes the server answer as the provider would without streaming."""
    deltas = deltas_of(body)
    failures = [one.failure for one in deltas if isinstance(one, StreamFailed)]
    answer.status = 529 if failures else 200
    answer.missing_bytes = 10 if any(isinstance(one, StreamTruncated) for one in deltas) else 0
    said: Json = completion_of(see(deltas))
    if failures:
        said = {"type": "error", "error": {"type": failures[0].type, "message": failures[0].message}}
    answer.data = json.dumps(said).encode()


def sent(value: Json) -> Json:
    """Leaves out nulls: an SDK writes one for every field that it knows and that was not sent."""
    if isinstance(value, dict):
        return {key: sent(one) for key, one in value.items() if one is not None}
    return [sent(one) for one in value] if isinstance(value, list) else value


def plain(value: Any) -> Json:
    """What `SimpleNamespace` made of JSON, as JSON again."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in vars(value).items()} if hasattr(value, "__dict__") else value


def test_the_package_at_hand_is_the_release_that_is_ported() -> None:
    """The installed Instructor is the one that the port names."""
    assert DESIGN.port is not None
    assert importlib.metadata.version("instructor") == DESIGN.port.release


@pytest.mark.parametrize(("turn", "body"), CASES)
def test_port_equals_instructor_on_the_corpus(answer: Answer, turn: Turn, body: Body) -> None:
    """On each fixture with a response model, port and package return the same pair, or raise the same."""
    put(answer, body)
    model = response_model(turn.request)
    first, second = run_real(answer, body.dialect, model)
    events, raised, adapter = run_port(body, turn.request)
    if raised is not None:
        assert (first, []) == (raised.type, events)
        assert str(raised) in as_released(second)
        with pytest.raises(NativeRaise):
            adapter.message()
        return
    assert events == [[dump(first), second.model_dump(mode="json", exclude_unset=True)]]
    assert events[0] == adapter.message()
    assert_stored_alike(first, model, adapter.stored(), turn.request)


def assert_stored_alike(found: Any, model: type[BaseModel], stored: Json, request: Request) -> None:
    """The cache's entry holds the same, and reads back the same."""
    cache = AutoCache()
    store_cached_response(cache, "key", found)
    entry = json.loads(cache.get("key"))
    assert json.loads(entry["model"]) == stored["model"]
    assert sent(json.loads(entry["raw"])) == sent(stored["raw"])
    restored: Any = load_cached_response(cache, "key", model, strict=True)
    value, completion = DESIGN.restore(stored, request)
    assert dump(restored) == value
    assert sent(plain(restored._raw_response)) == sent(completion)


def test_the_corpus_shows_every_outcome() -> None:
    """Among the bodies are some for a pair of either provider, and some for each way to raise."""
    outcomes = {
        raised.type if raised is not None else events[0][1].get("type", "chat")
        for events, raised, _ in (run_port(case.values[1], case.values[0].request) for case in CASES)  # type: ignore[arg-type, union-attr]
    }
    assert {"chat", "message", "InstructorRetryException", "IncompleteOutputException"} == outcomes


def test_normalisations_leave_what_was_sent() -> None:
    """A field that was sent is never left out, and a value that differs still differs."""
    assert {"a": 1, "b": [{"c": 0}]} == sent({"a": 1, "b": [{"c": 0, "d": None}], "e": None})
    assert {"created": 3, "x": None} == told({"created": 3, "x": None, "index": 0}, {"created": 3, "x": 5})
    assert {"unexpected": 1} == told({"unexpected": 1}, {})
