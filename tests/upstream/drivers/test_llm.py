"""The driver of llm, in the environments of its releases: what its variants show, and what tells releases apart.

Needs the environments that `workbench upstream install llm` makes; skipped, with the reason, where one is not there.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import Design, NativeRaise
from workbench.designs.llm import DESIGN as LLM
from workbench.designs.llm.plugin import Plugin
from workbench.designs.llm_text import DESIGN as LLM_TEXT
from workbench.dialect import Decoded
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.native import FramedEvent, Native
from workbench.transcript import Json, Request, TextPart
from workbench.upstream.environments import find_environment
from workbench.upstream.protocol import Description, Earlier, Run
from workbench.upstream.releases import Missing, all_releases
from workbench.upstream.replay import Script, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "llm"
RELEASES = ("0.31", "0.32a0", "0.32a1", "0.32", "0.36")
WITH_EVENTS = RELEASES[1:]
CHAT, CLAUDE = "openai-chat", "anthropic-messages"
BODIES = {
    (fixture.slug, turn.number, body.dialect): (turn, body.data) for fixture, turn, body in load_corpus().bodies()
}

each_release = pytest.mark.parametrize("version", RELEASES)
each_dialect = pytest.mark.parametrize("dialect", [CHAT, CLAUDE])

Start = Callable[[str], DriverRunner]


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Gives the driver in the environment of a release, started once; nothing may be wrong when it leaves."""
    runners: dict[str, DriverRunner] = {}

    def runner(version: str) -> DriverRunner:
        if version not in runners:
            release = all_releases().get(f"llm@{version}")
            if release is None:
                pytest.skip(f"llm {version} is not among the releases")
            environment = find_environment(release)
            if isinstance(environment, Missing):
                pytest.skip(environment.reason)
            runners[version] = DriverRunner(Launch.python(environment.python, DRIVER), expect=("llm", version))
        return runners[version]

    yield runner
    for one in runners.values():
        one.close()
    assert [] == [(name, one.parting, one.late) for name, one in runners.items() if one.parting or one.late]


@cache
def decoded(key: tuple[str, int, str]) -> Decoded:
    """Decodes a body once."""
    return all_dialects()[key[2]].decode(BODIES[key][1])


def ask(
    runner: DriverRunner, variant: str, key: tuple[str, int, str], *, history: Sequence[Earlier] = (), **how: Any
) -> Result:
    """Does one run that must come to its end, in the shipped way unless `events` are given."""
    turn, data = BODIES[key]
    dialect = all_dialects()[key[2]]
    asked = Run(
        way="framework" if "events" in how else "shipped",
        variant=variant,
        dialect=dialect.id,
        request=turn.request,
        follow=turn.follow,
        history=history,
        **how,
    )
    script = None if "events" in how else Script((play(dialect, data), play(dialect, data)))
    outcome = runner.run(asked, script)
    assert isinstance(outcome, Result), outcome
    return outcome


def events_of(result: Result) -> list[Json]:
    """The events, without frames."""
    return [event for _, event in result.record.events]


def shape(request: Json) -> list[str]:
    """Tells what the messages of a request of chat completions are."""
    return [one["role"] + ("+calls" if one.get("tool_calls") else "") for one in request["messages"]]


def second_turn(runner: DriverRunner, variant: str, slug: str, dialect: str) -> Result:
    """Does both turns of a fixture, the second from what the first one stored."""
    first = ask(runner, variant, (slug, 1, dialect))
    assert first.record.stored is not UNSET
    earlier = Earlier(first.record.stored, BODIES[slug, 1, dialect][0].follow)
    return ask(runner, variant, (slug, 2, dialect), history=(earlier,))


# --------------------------------------------------------------------------------------------------------- the driver


@pytest.mark.parametrize("path", sorted(DRIVER.glob("*.py")), ids=lambda path: path.name)
def test_no_module_imports_anything_of_ours(path: Path) -> None:
    """The driver runs where this package is not installed: the standard library, its own folder, and llm by name."""
    own = {one.stem for one in DRIVER.glob("*.py")}
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
        names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    assert {name.partition(".")[0] for name in names} <= {*sys.stdlib_module_names, *own}


@each_release
def test_description_says_what_the_release_has(start: Start, version: str) -> None:
    """Stored dicts from 0.32a0 on; the option that hides reasoning, too; the release is what is installed."""
    said = start(version).describe()
    assert isinstance(said, Description), said
    variants = {one.id: one for one in said.variants}
    later = version != "0.31"
    assert ("to_dict" if later else None, "sqlite") == (variants["sync"].store, variants["sqlite"].store)
    assert later == ("cli-hide-reasoning" in variants)
    assert ((CLAUDE, CHAT), True) == (said.dialects, "llm-anthropic" in said.packages)


@each_release
@each_dialect
def test_text_comes_whole_by_every_api(start: Start, version: str, dialect: str) -> None:
    """Sync, async and with the log, the pieces join to the text that was sent, and the message holds it."""
    key = ("text-only", 1, dialect)
    sent = "".join(part.text for part in BODIES[key][0].transcript.parts if isinstance(part, TextPart))
    for variant in ("sync", "async", "sqlite"):
        result = ask(start(version), variant, key)
        record = result.record
        assert isinstance(record.message, dict)
        pieces = [one if isinstance(one, str) else one["chunk"] for one in events_of(result)]
        if version == "0.31":
            assert sent == record.message["text"]
        else:
            assert [{"type": "text", "text": sent}] == record.message["messages"][0]["parts"]
            assert pieces == [chunk for _, chunk in record.legacy]
        assert (sent, {}) == ("".join(pieces), dict(record.raised))


@each_release
@each_dialect
def test_error_in_the_stream_ends_the_run(start: Start, version: str, dialect: str) -> None:
    """What came before is there; the exception stands in the place of the rest, and llm is asked nothing more."""
    result = ask(start(version), "sync", ("error-midstream", 1, dialect))
    assert {"event"} == set(result.record.raised)
    assert result.record.raised["event"].type in {"APIError", "APIStatusError"}
    assert (True, UNSET, 1) == (bool(result.record.events), result.record.message, len(result.received))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "variant"), [("0.36", "async"), ("0.31", "sqlite"), ("0.36", "sqlite"), ("0.36", "cli-terminal")]
)
def test_runs_are_steady(start: Start, version: str, variant: str) -> None:
    """A second run in a fresh process gives the same, what is stored included."""
    turn, data = BODIES["redacted-reasoning", 1, CLAUDE]
    dialect = all_dialects()[CLAUDE]
    asked = Run(way="shipped", variant=variant, dialect=CLAUDE, request=turn.request, follow=turn.follow)
    twice = start(version).run_twice(asked, Script((play(dialect, data), play(dialect, data))))
    assert isinstance(twice.first, Result), twice.first
    assert twice.differs is None


def test_no_dialect_without_provider_code(start: Start) -> None:
    """A dialect that neither plug-in speaks is declined."""
    asked = Run(way="shipped", variant="sync", dialect="gemini", request=Request(()))
    outcome = start("0.36").run(asked, Script((play(all_dialects()[CHAT], b""),)))
    assert isinstance(outcome, Result)
    assert "no provider code for gemini" == outcome.record.declined


# ----------------------------------------------------------------------------------------- what tells releases apart


@pytest.mark.parametrize(
    ("version", "sent"),
    [
        ("0.32a0", ["tool", "user", "assistant", "user"]),
        ("0.32a1", ["system", "user", "assistant+calls", "tool", "user", "assistant", "user"]),
        ("0.32", ["system", "user", "assistant+calls", "tool", "user", "assistant", "user"]),
        ("0.36", ["system", "user", "assistant+calls", "tool", "user", "assistant", "user"]),
    ],
)
def test_tool_conversation_out_of_the_log(start: Start, version: str, sent: list[str]) -> None:
    """0.32a0 goes on from the log with a tool result that answers no call; 0.32a1 sends the whole conversation.

    https://github.com/simonw/llm/issues/1426
    """
    result = second_turn(start(version), "sqlite", "two-turns-with-tool", CHAT)
    assert sent == shape(result.received[1].json)


@pytest.mark.parametrize("version", WITH_EVENTS)
def test_tool_conversation_out_of_the_dict(start: Start, version: str) -> None:
    """From `to_dict` every release sends the whole conversation: the fault of 0.32a0 is one of its log."""
    result = second_turn(start(version), "sync", "two-turns-with-tool", CHAT)
    expected = ["system", "user", "assistant+calls", "tool", "user", "assistant", "user"]
    assert expected == shape(result.received[1].json)


@pytest.mark.parametrize(("version", "messages"), [("0.32a0", 0), ("0.32a1", 0), ("0.32", 3), ("0.36", 3)])
def test_dict_and_the_plugin_of_the_time(start: Start, version: str, messages: int) -> None:
    """llm-anthropic 0.25 knows nothing of `messages=`: what is resumed from a dict on 0.32a0 and 0.32a1 is empty."""
    result = ask(start(version), "sync", ("two-turns-with-tool", 1, CLAUDE))
    assert messages == len(result.received[1].json["messages"])


@pytest.mark.parametrize(("version", "spaces"), [("0.31", 1), ("0.32a0", 1), ("0.32a1", 1), ("0.32", 1), ("0.36", 0)])
def test_async_lacks_the_space_after_calls(start: Start, version: str, spaces: int) -> None:
    """llm-anthropic adds a space after a response with calls; up to 0.26 only where it is read synchronously."""
    key = ("one-call-streamed", 1, CLAUDE)
    sync, other = (events_of(ask(start(version), variant, key)) for variant in ("sync", "async"))
    assert spaces == len(sync) - len(other)
    assert other == sync[: len(other)]


@pytest.mark.parametrize("version", RELEASES)
def test_log_before_it_kept_messages(start: Start, version: str) -> None:
    """Until 0.32 the log lost the order of text and calls; since then what is loaded is what was answered."""
    result = ask(start(version), "sqlite", ("text-after-call", 1, CHAT))
    message, restored = result.record.message, result.record.restored
    assert isinstance(message, dict)
    assert isinstance(restored, dict)
    if version == "0.31":
        assert message["tool_calls"] == restored["tool_calls"]
        return
    before, after = ([part["type"] for part in one["messages"][0]["parts"]] for one in (message, restored))
    assert ["tool_call", "text"] == [kind for kind in before if kind != "reasoning"]
    assert (["text", "tool_call"] if version.startswith("0.32a") else before) == after


# ---------------------------------------------------------------------------------------------------------- the command


@pytest.mark.parametrize("version", ["0.32", "0.36"])
def test_piped_output_stays_clean_of_reasoning(start: Start, version: str) -> None:
    """Standard output is the answer, standard error the reasoning; with the option, standard error is empty."""
    key = ("reasoning-then-text", 1, CLAUDE)
    thought, answer = (part.text for part in BODIES[key][0].transcript.parts)
    piped = ask(start(version), "cli", key).record.message
    hidden = ask(start(version), "cli-hide-reasoning", key).record.message
    assert {"stdout": f"{answer}\n", "stderr": f"{thought}\n", "exit": 0} == piped
    assert {"stdout": f"{answer}\n", "exit": 0} == hidden


def test_command_of_a_release_without_reasoning(start: Start) -> None:
    """In 0.31 the command shows the answer and nothing of the reasoning."""
    key = ("reasoning-then-text", 1, CLAUDE)
    _, answer = (part.text for part in BODIES[key][0].transcript.parts)
    assert {"stdout": f"{answer}\n", "exit": 0} == ask(start("0.31"), "cli", key).record.message


def test_terminal_shows_reasoning_dim(start: Start) -> None:
    """On a terminal both are one stream, and every piece of reasoning is dim."""
    key = ("reasoning-then-text", 1, CLAUDE)
    thought, answer = (part.text for part in BODIES[key][0].transcript.parts)
    result = ask(start("0.36"), "cli-terminal", key)
    screen = "".join(event["terminal"] for event in events_of(result))
    assert f"{thought}\n{answer}\n" == screen.replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert {"terminal": screen, "exit": 0} == result.record.message
    assert screen.rindex("\x1b[0m") < screen.index(answer)


def test_command_goes_on_from_its_log(start: Start) -> None:
    """`llm --continue` sends the conversation before it, reasoning and its signature included."""
    result = ask(start("0.36"), "cli", ("reasoning-then-text", 1, CLAUDE))
    blocks = [block["type"] for one in result.received[1].json["messages"] for block in one["content"]]
    assert ["text", "thinking", "text", "text"] == blocks


def test_command_that_fails_says_so_in_its_status(start: Start) -> None:
    """The error is on standard error, and a program that checks the status gets an exception; output is kept."""
    record = ask(start("0.36"), "cli", ("error-midstream", 1, CHAT)).record
    assert isinstance(record.message, dict)
    assert ("CalledProcessError", 1) == (record.raised["event"].type, record.message["exit"])
    assert record.message["stderr"].startswith("Error: ")
    assert record.message["stdout"]


def test_command_and_tools(start: Start) -> None:
    """A request with tools is declined: the command would run them and ask again."""
    declined = ask(start("0.36"), "cli", ("one-call-streamed", 1, CHAT)).record.declined
    assert declined is not None
    assert "tools" in declined


# ------------------------------------------------------------------------------------------------------------ fidelity


def produced(design: Design, key: tuple[str, int, str]) -> tuple[FramedEvent, ...]:
    """Makes the producer events of a body, calls on the response and an exception included."""
    events: list[FramedEvent] = []
    frame = -1

    class Told:
        """Writes down what the plug-in half of `llm` calls on the response."""

        def set_usage(self, **counts: Any) -> None:
            events.append((frame, {"set_usage": counts}))

        def set_resolved_model(self, model_id: str) -> None:
            events.append((frame, {"set_resolved_model": model_id}))

    half = Plugin(Told()) if design is LLM else design.start(BODIES[key][0].request)
    try:
        for frame, step in decoded(key).steps:
            events.extend((frame, design.produced_json(event)) for event in half.produce(step))
    except NativeRaise as error:
        events.append((frame, {"raise": {"type": error.type, "message": str(error)}}))
    return tuple(events)


def compared(native: Native) -> Json:
    """What of a record has to be equal."""
    return {
        "live": native.events,
        "legacy": native.legacy,
        "raised": native.raised,
        "message": native.message,
        "restored": native.restored,
        "request": native.request,
    }


def pushed(runner: DriverRunner, design: Design, variant: str, key: tuple[str, int, str]) -> tuple[Json, Json]:
    """Pushes a body's producer events through the real framework; gives the port's record and the framework's."""
    turn, _ = BODIES[key]
    ours = adapt(design, decoded(key), turn.request, turn.follow)
    result = ask(runner, variant, key, events=produced(design, key))
    return compared(ours), compared(result.record.native(decoded(key).last_frame))


@pytest.mark.slow
@pytest.mark.differential
def test_port_of_llm_text_equals_llm(start: Start, subtests: pytest.Subtests) -> None:
    """On every body, llm 0.31 makes of the port's chunks and calls what the port makes of them, its log included."""
    runner = start("0.31")
    for key in (key for key in BODIES if key[1] == 1):  # a second turn of 0.31 can only come out of its log
        with subtests.test(key=key):
            ours, real = pushed(runner, LLM_TEXT, "sqlite", key)
            assert ours == real


@pytest.mark.differential
def test_second_turn_of_llm_text(start: Start) -> None:
    """What llm 0.31 sends after two turns out of its log is what the port builds from its own two."""
    slug, dialect = "two-turns-with-tool", CHAT
    history: list[Earlier] = []
    request: Any = UNSET
    for number in (1, 2):
        key = (slug, number, dialect)
        turn = BODIES[key][0]
        result = ask(start("0.31"), "sqlite", key, events=produced(LLM_TEXT, key), history=tuple(history))
        history.append(Earlier(result.record.stored, turn.follow))
        ours = adapt(LLM_TEXT, decoded(key), turn.request, turn.follow, history=request)
        request = ours.request
        assert (ours.restored, request) == (result.record.restored, result.record.request)


SOME = [
    ("reasoning-text-call-text", 1, CLAUDE),
    ("redacted-reasoning", 1, CLAUDE),
    ("parallel-calls-interleaved", 1, CHAT),
    ("error-midstream", 1, CHAT),
]


@pytest.mark.differential
@pytest.mark.parametrize("key", SOME, ids=lambda key: key[0])
@pytest.mark.parametrize("variant", ["sync", "async"])
def test_port_of_llm_equals_llm(start: Start, variant: str, key: tuple[str, int, str]) -> None:
    """The port of llm 0.32 and the release agree through the driver, as they do side by side in one process."""
    ours, real = pushed(start("0.32"), LLM, variant, key)
    assert ours == real


@pytest.mark.differential
def test_a_difference_would_be_seen(start: Start) -> None:
    """One producer event left out on the framework's side makes the two differ."""
    key = SOME[0]
    events = produced(LLM, key)
    ours = adapt(LLM, decoded(key), BODIES[key][0].request, BODIES[key][0].follow)
    result = ask(start("0.32"), "sync", key, events=events[1:])
    assert compared(ours) != compared(replace(result.record.native(ours.last_frame), raised=None))
