"""The driver of pydantic-ai in its release's environment: the framework beside our port, and the library as shipped.

A release that is not installed is skipped with the reason. What is held here of the release is what it really did.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import UNSET

import workbench.upstream.drivers
from tests.designs.pydantic_ai.streams import ASKED, FOLLOW, SHAPED, STREAMS, Steps, native_of
from tests.strategies import responses
from workbench.corpus import load_corpus
from workbench.designs.pydantic_ai import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.run import ReadBody, read_bodies
from workbench.native import Native
from workbench.transcript import Delta, Json, Message, Part, Request, StreamTruncated, TextPart, ToolCallPart, see
from workbench.upstream.environments import find_environment
from workbench.upstream.protocol import Earlier, Run
from workbench.upstream.releases import Missing, all_releases
from workbench.upstream.replay import Script, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

pytestmark = pytest.mark.differential

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "pydantic_ai"
DIALECTS = all_dialects()
VERSION = "2.68.0"
OPENAI, ANTHROPIC = "openai-chat", "anthropic-messages"


@pytest.fixture(scope="module")
def runner() -> Iterator[DriverRunner]:
    """The driver, started once; afterwards it left well and said nothing too late."""
    environment = find_environment(all_releases()[f"pydantic-ai@{VERSION}"])
    if isinstance(environment, Missing):
        pytest.skip(environment.reason)
    with DriverRunner(Launch.python(environment.python, DRIVER), expect=("pydantic-ai", VERSION)) as keeper:
        yield keeper
    assert keeper.parting is None
    assert {} == dict(keeper.late)


@cache
def bodies() -> dict[str, ReadBody]:
    """The bodies in the driver's dialects, by address."""
    spoken = (body for body in read_bodies(load_corpus(), DIALECTS) if body.address.dialect in (OPENAI, ANTHROPIC))
    return {str(body.address): body for body in spoken}


def done(outcome: object) -> Result:
    """The result of a run that must have one, with nothing declined."""
    assert isinstance(outcome, Result), outcome
    assert outcome.record.declined is None
    return outcome


def produced(steps: Sequence[tuple[int, Sequence[Delta]]], request: Request) -> tuple[tuple[int, Json], ...]:
    """What our provider code does, as JSON, each with its frame."""
    adapter = DESIGN.start(request)
    told = [(frame, DESIGN.produced_json(one)) for frame, step in steps for one in adapter.produce(step)]
    return tuple((frame, event) for frame, event in json.loads(json.dumps(told)))


def as_json(native: Native) -> str:
    """All of it, keys in their order, so that an order that differs is a difference."""
    return json.dumps(msgspec.to_builtins(native), indent=1)


def asked(body: ReadBody, **how: Any) -> Run:
    """A shipped run of a body."""
    turn = body.turn
    return Run(way="shipped", variant="direct", dialect=body.address.dialect, request=turn.request, **how)


def shipped(runner: DriverRunner, address: str, **how: Any) -> Result:
    """The library on a body, with the next request sent."""
    body = bodies()[address]
    answer = play(DIALECTS[body.address.dialect], body.body.data)
    run = msgspec.structs.replace(asked(body, follow=body.turn.follow), **how)
    return done(runner.run(run, Script((answer, answer))))


def seen(phase: Any, result: Result) -> Any:
    """What our reader sees in what the library said."""
    return see(DESIGN.observe(phase, result.record.native(99, flat=True)))


# ----------------------------------------------------------------------------------------------------- framework way


def test_the_release_is_the_one_that_is_ported(runner: DriverRunner) -> None:
    """The design names the release, and the driver describes itself."""
    done(
        runner.run(Run(way="framework", variant="direct", dialect=OPENAI, request=ASKED, events=((0, {"end": True}),)))
    )
    assert DESIGN.port is not None
    assert runner.description is not None
    assert (DESIGN.port.library, DESIGN.port.release) == (runner.description.library, runner.description.release)
    assert {"anthropic", "openai"} < set(runner.description.packages)


@pytest.mark.slow
def test_framework_and_port_agree_on_every_body(runner: DriverRunner, subtests: pytest.Subtests) -> None:
    """Events with their frames, exception, message, stored form, restored message and next request are equal."""
    histories: dict[tuple[str, str], tuple[Json, tuple[Earlier, ...]]] = {}
    for address, body in bodies().items():
        key = (body.address.fixture, body.address.dialect)
        ours, earlier = histories.get(key, (UNSET, ())) if body.address.turn else (UNSET, ())
        request, follow = body.turn.request, body.turn.follow
        native = adapt(DESIGN, body.decoded, request, follow, history=ours)
        run = Run(way="framework", variant="direct", dialect=body.address.dialect, request=request, follow=follow)
        events = produced(body.decoded.steps, request)
        theirs = done(runner.run(msgspec.structs.replace(run, events=events, history=earlier))).record
        with subtests.test(body=address):
            assert as_json(native) == as_json(theirs.native(body.decoded.last_frame))
        histories[key] = (native.request, (*earlier, Earlier(theirs.stored, follow)))


def agree(runner: DriverRunner, steps: Steps, request: Request = ASKED) -> None:
    """Holds the port against the framework on a stream of deltas."""
    framed = [(step[-1].frame, step) for step in steps if step]
    run = Run(
        way="framework",
        variant="direct",
        dialect=OPENAI,
        request=request,
        follow=FOLLOW,
        events=produced(framed, request),
    )
    theirs = done(runner.run(run)).record
    assert as_json(native_of(steps, request)) == as_json(theirs.native(framed[-1][0] if framed else -1))


@pytest.mark.parametrize("request_", [ASKED, SHAPED], ids=["plain", "with a class of answer"])
@pytest.mark.parametrize("name", STREAMS)
def test_framework_and_port_agree_on_written_streams(runner: DriverRunner, name: str, request_: Request) -> None:
    """Also where names and ids are missing or late, and where the library trips over itself."""
    agree(runner, STREAMS[name], request_)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deltas=responses())
def test_framework_and_port_agree_on_generated_streams(runner: DriverRunner, deltas: list[Delta]) -> None:
    """Whatever parts come in whatever order, a frame for each delta."""
    numbered = [[msgspec.structs.replace(delta, frame=frame)] for frame, delta in enumerate(deltas)]
    agree(runner, numbered or [[StreamTruncated(0)]])


# ------------------------------------------------------------------------------------------------------- shipped way


@pytest.mark.parametrize("dialect", [OPENAI, ANTHROPIC])
def test_the_library_reads_a_body(runner: DriverRunner, dialect: str) -> None:
    """Reasoning, text, call and text come out in order, live and in the message; nothing is said twice or printed."""
    result = shipped(runner, f"reasoning-text-call-text/1@{dialect}")
    kinds = ["reasoning", "text", "tool-call", "text"]
    assert [kinds] * 3 == [[part.kind for part in seen(phase, result).parts] for phase in ("live", "final", "stored")]
    assert result.record.message == result.record.restored
    assert ("", "", {}) == (result.stdout, result.stderr, dict(result.record.raised))


@pytest.mark.parametrize("address", ["text-only/1@openai-chat", "server-tool/1@anthropic-messages"])
def test_sync_says_the_same(runner: DriverRunner, address: str) -> None:
    """The call without async hands out the same events and the same message."""
    one, other = (shipped(runner, address, variant=variant).record for variant in ("direct", "sync"))
    assert as_json(one.native(9, flat=True)) == as_json(other.native(9, flat=True))


@pytest.mark.parametrize(
    "address", ["server-tool/1@anthropic-messages", "parallel-calls-interleaved/1@openai-chat"], ids=["times", "calls"]
)
def test_two_runs_say_the_same(runner: DriverRunner, address: str) -> None:
    """The clock is stopped, ids count from 1, and no port is told; in a fresh process, too."""
    body = bodies()[address]
    answer = play(DIALECTS[body.address.dialect], body.body.data)
    assert runner.run_twice(asked(body, follow=body.turn.follow), Script((answer, answer))).differs is None


def test_made_up_ids_are_the_same_in_each_run(runner: DriverRunner) -> None:
    """A call without an id gets the first one in each run."""
    for _ in range(2):
        agree(runner, STREAMS["calls without ids"])


def test_the_next_request_is_sent(runner: DriverRunner) -> None:
    """It holds what was stored, the canned result for each call, and what the user says next."""
    result = shipped(runner, "two-turns-with-tool/1@anthropic-messages")
    sent = DIALECTS[ANTHROPIC].read_request(result.received[1].json)
    body = bodies()["two-turns-with-tool/1@anthropic-messages"]
    assert ["system", "user", "assistant", "tool", "user"] == [
        role for role, _ in groupby(one.role for one in sent.messages)
    ]
    told = [part for one in sent.messages if one.role in ("assistant", "tool") for part in one.parts]
    assert [spaceless(part) for part in body.truth.conversation] == [spaceless(part) for part in told]
    assert TextPart(body.turn.follow.prompt) == sent.messages[-1].parts[-1]


def spaceless(part: Part) -> Part:
    """A part whose arguments, which Anthropic takes as a value, are written without spaces."""
    if not isinstance(part, ToolCallPart):
        return part
    return msgspec.structs.replace(part, arguments=json.dumps(json.loads(part.arguments), separators=(",", ":")))


def test_earlier_turns_are_restored_from_what_was_stored(runner: DriverRunner) -> None:
    """The second turn's request is what the first turn's next one would have been."""
    first = shipped(runner, "two-turns-with-tool/1@openai-chat")
    body = bodies()["two-turns-with-tool/1@openai-chat"]
    earlier = (Earlier(first.record.stored, body.turn.follow),)
    second = shipped(runner, "two-turns-with-tool/2@openai-chat", history=earlier)
    assert first.received[1].json == second.received[0].json


def test_tools_and_class_of_answer_are_declared(runner: DriverRunner) -> None:
    """A tool as it is, a class of answer as a tool that bears its title."""
    tools = shipped(runner, "one-call-streamed/1@openai-chat").received[0].json["tools"]
    assert [one.name for one in bodies()["one-call-streamed/1@openai-chat"].turn.request.tools] == [
        tool["function"]["name"] for tool in tools
    ]
    shaped = shipped(runner, "structured-call/1@openai-chat")
    assert "MeetingPlan" in [tool["function"]["name"] for tool in shaped.received[0].json["tools"]]
    results = [event for _, event in shaped.record.events if event["event_kind"] == "final_result"]
    assert ["MeetingPlan"] == [one["tool_name"] for one in results]


def test_an_error_in_the_stream_is_an_answer(runner: DriverRunner) -> None:
    """It stands where the library raised; what came before is in the message."""
    result = shipped(runner, "error-midstream/1@openai-chat")
    live = result.record.raised["event"]
    assert ("ModelOverloadedError", True) == (live.type, "Brackenmoor-77" in live.message)
    assert ("incomplete", 2) == (result.record.message["state"], len(result.record.message["parts"]))


def test_a_body_that_was_cut_is_told_as_complete(runner: DriverRunner) -> None:
    """For chat completions the release makes up a reason; our port, which could, tells that it was cut."""
    message = shipped(runner, "truncated-text/1@openai-chat").record.message
    assert ("complete", "stop") == (message["state"], message["finish_reason"])
    body = bodies()["truncated-text/1@openai-chat"]
    ours = adapt(DESIGN, body.decoded, body.turn.request, body.turn.follow).message
    assert ("incomplete", None) == (ours["state"], ours["finish_reason"])


@pytest.mark.parametrize(("name", "field"), [("reasoning_content", "reasoning_content"), ("reasoning", "reasoning")])
def test_reasoning_is_read_from_either_field(runner: DriverRunner, name: str, field: str) -> None:
    """With the profile of an unknown model, both are read; the part's id is the field's name."""
    chunks = [{"reasoning_content": "a"}, {"reasoning": "b"}, {"content": "c"}]
    own = [delta for delta in chunks if name in delta or "content" in delta]
    result = done(runner.run(Run(way="shipped", variant="direct", dialect=OPENAI, request=ASKED), chat(own)))
    parts = result.record.message["parts"]
    assert [("thinking", field), ("text", None)] == [(part["part_kind"], part["id"]) for part in parts]


def test_a_think_tag_in_a_piece_of_its_own_begins_reasoning(runner: DriverRunner) -> None:
    """The release splits tags for chat completions where they are whole pieces; our port leaves text as text."""
    pieces = [{"content": text} for text in ("<think>", "hm", "</think>", "so")]
    result = done(runner.run(Run(way="shipped", variant="direct", dialect=OPENAI, request=ASKED), chat(pieces)))
    parts = result.record.message["parts"]
    assert [("thinking", "hm"), ("text", "so")] == [(part["part_kind"], part["content"]) for part in parts]


def chat(deltas: Sequence[Json]) -> Script:
    """A body of chat completions with these deltas."""
    chunks = [{"id": "r", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []}]
    chunks += [{**chunks[0], "choices": [{"index": 0, "delta": one, "finish_reason": None}]} for one in deltas]
    data = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"
    return Script((play(DIALECTS[OPENAI], data.encode()),))


@pytest.mark.parametrize("dialect", [OPENAI, ANTHROPIC])
def test_frames_are_exact_in_lockstep(runner: DriverRunner, dialect: str) -> None:
    """Each event comes with the frame that brought it, as our port says, and the last part's end with the last."""
    body = bodies()[f"text-only/1@{dialect}"]
    script = Script((play(DIALECTS[dialect], body.body.data, lockstep=True),))
    result = done(runner.run(asked(body), script, lockstep=True))
    ours = adapt(DESIGN, body.decoded, body.turn.request, body.turn.follow)
    assert [frame for frame, _ in ours.events] == [frame for frame, _ in result.record.events]
    assert (True, ()) == (result.exact, result.unsettled)


def test_other_dialects_are_declined(runner: DriverRunner) -> None:
    """Without provider code there is no run, and no failure either."""
    told = runner.run(Run(way="shipped", variant="direct", dialect="smoke-signals", request=ASKED), chat([]))
    assert isinstance(told, Result)
    assert "smoke-signals" in (told.record.declined or "")


def test_a_request_that_the_library_refuses_is_an_answer(runner: DriverRunner) -> None:
    """An error status raises in the library: that is what its user gets, and the next run goes well."""
    missing = Script((msgspec.structs.replace(chat([]).answers[0], status=404, body=b"{}", chunks=()),))
    request = Request((Message("user", (TextPart("hi"),)),))
    result = done(runner.run(Run(way="shipped", variant="direct", dialect=OPENAI, request=request), missing))
    assert ("ModelNotFoundError", UNSET) == (result.record.raised["event"].type, result.record.message)
    assert {} == dict(shipped(runner, "text-only/1@openai-chat").record.raised)
