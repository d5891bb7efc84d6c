"""Holds the port of the command against the real one of llm 0.32: equal writes, equal status, equal next request.

Theory of operation. A model is registered with the llm beside us, which yields what the plug-in half of the design
`llm` yields. The real command is run in this process with its two outputs caught write by write, and its log in a
folder of the test's own.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

import llm
import llm.cli
import llm.parts
import llm.plugins
import pytest

from workbench.corpus import load_corpus
from workbench.design import NativeRaise
from workbench.designs.llm.plugin import Plugin
from workbench.designs.llm_cli import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    FollowUp,
    Message,
    OpaqueDelta,
    PartStart,
    ReasoningDelta,
    Request,
    ResponseEnded,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    TextPart,
)

pytestmark = pytest.mark.differential

Steps = Iterable[Iterable[Delta]]
Told = dict[str, Any]
ASKED = Request((Message("user", (TextPart("How is it?"),)),))


class APIError(Exception):
    """Stands for the exception of that name that a provider's SDK raises; its text reaches the user."""


class Scripted(llm.Model):
    """Yields the stream events of a list of steps, and keeps the messages that it was sent last."""

    model_id = "scripted"
    can_stream = True
    supports_schema = True

    def __init__(self) -> None:
        self.steps: Steps = ()
        self.sent: list[Any] = []

    def execute(self, prompt: Any, stream: Any, response: Any, conversation: Any) -> Iterator[Any]:
        """Called by llm."""
        self.sent = [message.to_dict() for message in prompt.messages]
        plugin = Plugin(response)
        try:
            for step in self.steps:
                for event in plugin.produce(list(step)):
                    yield llm.parts.StreamEvent(**asdict(event))  # type: ignore[call-overload]
        except NativeRaise as error:
            raise APIError(str(error)) from error


@pytest.fixture
def model(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """Gives a model that the command knows, and the command a folder of its own."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    scripted = Scripted()

    class Registration:
        @llm.hookimpl
        def register_models(self, register: Callable[..., None]) -> None:
            register(scripted)

    plugin = Registration()
    llm.plugins.pm.register(plugin)
    yield scripted
    llm.plugins.pm.unregister(plugin)


class Channel(io.RawIOBase):
    """An output that writes down each write, with the name of the channel."""

    def __init__(self, channel: str, writes: list[Told]) -> None:
        super().__init__()
        self.channel = channel
        self.writes = writes

    def writable(self) -> bool:
        """Says that it can be written to."""
        return True

    def write(self, data: Any, /) -> int:
        """Takes a write."""
        self.writes.append({self.channel: bytes(data).decode()})
        return len(data)


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[list[Told], int]:
    """Runs the real command; gives its writes and its status."""
    writes: list[Told] = []
    with monkeypatch.context() as patch, contextlib.ExitStack() as stack:
        for name in ("stdout", "stderr"):
            text = io.TextIOWrapper(io.BufferedWriter(Channel(name, writes)), encoding="utf-8")
            patch.setattr(f"sys.{name}", stack.enter_context(text))
        with pytest.raises(SystemExit) as ended:
            llm.cli.cli.main(["prompt", "-m", "scripted", *words], prog_name="llm")
    return writes, ended.value.code  # type: ignore[return-value]


def joined(writes: Iterable[Told]) -> list[tuple[str, str]]:
    """Joins writes to one channel in a row: a line feed may be a write of its own or not, and says the same."""
    runs: list[tuple[str, str]] = []
    for name, text in (item for write in writes for item in write.items()):
        if runs and runs[-1][0] == name:
            runs[-1] = name, runs[-1][1] + text
        else:
            runs.append((name, text))
    return runs


def expect_equal(monkeypatch: pytest.MonkeyPatch, model: Scripted, steps: Steps, request: Request = ASKED) -> None:
    """Runs both on the same deltas."""
    model.steps = steps
    texts = {message.role: "".join(part.text for part in message.parts) for message in request.messages}  # type: ignore[union-attr]
    system = ["--system", texts["system"]] if "system" in texts else []
    writes, status = command(monkeypatch, *system, "--", texts["user"])
    model.steps = ()
    command(monkeypatch, "--continue", "--", "Go on.")
    adapter = DESIGN.start(request)
    ours: list[Told] = []
    raised = None
    try:
        for step in steps:
            ours.extend(DESIGN.event_json(event) for event in adapter.receive(list(step)))
    except NativeRaise as error:
        raised = error.type
    following = DESIGN.resume(DESIGN.history(request), adapter.stored(), FollowUp({}, "Go on."))
    assert joined(writes) == joined(ours)
    assert (status, raised) == (adapter.message()["exit"], "CalledProcessError" if status else None)
    assert model.sent == following


def test_the_release_beside_us_is_the_one_that_is_ported() -> None:
    """The installed llm is the release that the design names."""
    assert DESIGN.port is not None
    assert DESIGN.port.release == importlib.metadata.version("llm")


@pytest.mark.slow
def test_every_body_gives_equal_output(
    subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch, model: Scripted, tmp_path: Any
) -> None:
    """On every body that the command can be asked for, outputs, status and next request are those of the real one."""
    compared = 0
    for fixture, turn, body in load_corpus().bodies():
        decoded = all_dialects()[body.dialect].decode(body.data)
        if DESIGN.applies(turn.request) is not None:
            continue
        compared += 1
        with subtests.test(fixture=fixture.slug, dialect=body.dialect):
            monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / str(compared)))
            expect_equal(monkeypatch, model, [step for _, step in decoded.steps], turn.request)
    assert compared > 20


STREAMS: dict[str, list[list[Delta]]] = {
    "a call that nobody asked for": [
        [TextDelta(0, 0, "a"), PartStart(0, 1, "tool-call", name="look"), ArgumentsDelta(0, 1, '{"a"')],
        [CallNamed(1, 1, "c"), ArgumentsDelta(1, 1, ": 1}"), PartStart(1, 2, "tool-call", id="d", name="look")],
        [PartStart(2, 3, "tool-call", id="s", name="search", server=True), ArgumentsDelta(2, 3, "{")],
        [PartStart(3, 4, "tool-result", id="s", name="search", server=True), ResultDelta(3, 4, "found")],
        [ResponseEnded(4)],
    ],
    "nothing": [[ResponseEnded(0)]],
    "reasoning alone": [[ReasoningDelta(0, 0, "hm")], [ResponseEnded(1)]],
    "two blocks of reasoning around text": [
        [ReasoningDelta(0, 0, "a"), SignatureDelta(0, 0, "s")],
        [TextDelta(1, 1, "b"), TextDelta(1, 1, "")],
        [ReasoningDelta(2, 2, "c"), TextDelta(2, 3, "d")],
        [ResponseEnded(3)],
    ],
    "a signature alone, then text": [[PartStart(0, 0, "reasoning"), SignatureDelta(0, 0, "s")], [TextDelta(1, 1, "b")]],
    "redacted, then text": [
        [PartStart(0, 0, "reasoning", redacted=True), OpaqueDelta(0, 0, "blob")],
        [TextDelta(1, 1, "b"), ResponseEnded(1)],
    ],
    "encrypted": [[ReasoningDelta(0, 0, "a"), OpaqueDelta(0, 0, "blob")], [TextDelta(1, 1, "b"), ResponseEnded(1)]],
    "line feeds of the model's own": [
        [ReasoningDelta(0, 0, "a\n")],
        [TextDelta(1, 1, "\nb\n")],
        [ResponseEnded(1)],
    ],
    "failed in reasoning": [[ReasoningDelta(0, 0, "a")], [StreamFailed(1, Failure("Error: odd"))]],
}


@pytest.mark.parametrize("steps", STREAMS.values(), ids=STREAMS)
def test_written_streams_give_equal_output(
    monkeypatch: pytest.MonkeyPatch, model: Scripted, steps: list[list[Delta]]
) -> None:
    """Line feeds, blocks around one another, what is withheld, a failure."""
    ended = any(isinstance(one, ResponseEnded | StreamFailed) for step in steps for one in step)
    expect_equal(monkeypatch, model, steps if ended else [*steps, [ResponseEnded(9)]])


def test_output_of_the_command_is_what_the_harness_records(monkeypatch: pytest.MonkeyPatch, model: Scripted) -> None:
    """Message and events of the adapter, as the harness records them, are the captured output of the real command."""
    fixture, turn, body = next(one for one in load_corpus().bodies() if one[0].slug == "reasoning-then-text")
    del fixture
    decoded = all_dialects()[body.dialect].decode(body.data)
    model.steps = [step for _, step in decoded.steps]
    writes, status = command(monkeypatch, "--", "x")
    native = adapt(DESIGN, decoded, turn.request, turn.follow)
    captured = {name: "".join(text for at, text in joined(writes) if at == name) for name in ("stdout", "stderr")}
    assert {**captured, "exit": status} == native.message
