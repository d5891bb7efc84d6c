"""The anthropic driver in the environment of its release: both ways, every variant, against the replay server.

Rules:
1. Skipped, with the reason, where the release is not installed; nothing is installed here.
2. As shipped, frames are upper bounds, so content is compared and not when it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import Native, NativeRaise
from workbench.designs.anthropic_messages import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import only
from workbench.harness.run import ReadBody, read_bodies
from workbench.transcript import Json, Phase, see
from workbench.upstream.environments import find_environment
from workbench.upstream.protocol import Earlier, Run
from workbench.upstream.releases import Missing, all_releases
from workbench.upstream.replay import Script, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "anthropic.py"
DIALECTS = all_dialects()
DIALECT = DIALECTS["anthropic-messages"]
BODIES = {str(body.address): body for body in read_bodies(load_corpus(), DIALECTS)}
OWN = [address for address, body in BODIES.items() if body.address.dialect == DIALECT.id]
NEXT = BODIES["text-only/1@anthropic-messages"].body.data
"""What is answered to the next request; nobody looks at it."""
FIRST = [one for one in OWN if BODIES[one].address.turn == 0]
HELPER = ("text", "thinking", "signature", "input_json")


@pytest.fixture(scope="module")
def runner() -> Iterator[DriverRunner]:
    """The driver of the newest release that is installed, started once."""
    found = [find_environment(one) for one in all_releases().values() if one.library == "anthropic"]
    there = [one for one in found if not isinstance(one, Missing)]
    if not there:
        pytest.skip("no release of anthropic is installed: workbench upstream install anthropic")
    with DriverRunner(Launch.python(there[-1].python, DRIVER)) as keeper:
        yield keeper
    assert keeper.parting is None
    assert {} == dict(keeper.late)


def done(outcome: object) -> Result:
    """The result of a run that must have one."""
    assert isinstance(outcome, Result), outcome
    return outcome


def ours(body: ReadBody) -> Native:
    """What the adapter makes of a body."""
    return adapt(DESIGN, body.decoded, body.turn.request, body.turn.follow)


def shipped(runner: DriverRunner, body: ReadBody, variant: str, history: tuple[Earlier, ...] = ()) -> Result:
    """Lets the library read a body; an answer to its next request is played, too."""
    run = Run(
        way="shipped",
        variant=variant,
        dialect=DIALECT.id,
        request=body.turn.request,
        follow=body.turn.follow,
        history=history,
    )
    return done(runner.run(run, Script((play(DIALECT, body.body.data), play(DIALECT, NEXT)))))


def in_key_order(text: str) -> str:
    """JSON text with its keys in order: the SDK writes a search result in the order of its class. Other text stays."""
    return json.dumps(json.loads(text), sort_keys=True) if text[:1] in ("[", "{") else text


def content(phase: Phase, native: Native) -> Json:
    """What is seen in a phase, less when it was."""
    seen = msgspec.to_builtins(see(DESIGN.observe(phase, only(phase, native))))
    named = ("kind", "text", "value", "id", "name", "signature", "data", "redacted", "server", "error", "end_stated")
    parts = [{key: part[key] for key in named if key in part} for part in seen["parts"]]
    for part in parts:
        if part["kind"] == "tool-result":
            part["text"] = in_key_order(part["text"])
    told = {key: seen[key] for key in ("finish_raw", "usage", "response_id", "model", "failure")}
    return {**told, "parts": parts, "turns": seen["turns"], "ended": seen["ended"] is not None}


@pytest.mark.parametrize("address", BODIES)
def test_framework_equals_the_port(runner: DriverRunner, address: str) -> None:
    """The same raw events through the release and through the adapter: every event, message and request, all fields."""
    body = BODIES[address]
    provider, events = DESIGN.start(body.turn.request), []
    try:
        for frame, step in body.decoded.steps:
            events.extend((frame, DESIGN.produced_json(event)) for event in provider.produce(step))
    except NativeRaise:
        pass  # what came before it is pushed all the same
    run = Run(
        way="framework",
        variant="stream",
        dialect=body.address.dialect,
        request=body.turn.request,
        follow=body.turn.follow,
        events=events,
    )
    mine, theirs = ours(body), done(runner.run(run)).record
    assert list(mine.events) == list(theirs.events)
    assert (mine.message, mine.stored, mine.restored) == (theirs.message, theirs.stored, theirs.restored)
    if body.address.turn == 0:  # a later turn goes on from what was stored, which is tested below
        assert mine.request == theirs.request


@pytest.mark.parametrize(
    ("variant", "address"),
    [*(("stream", one) for one in FIRST), *(("async-stream", one) for one in FIRST[::4])],
)
def test_shipped_shows_what_the_adapter_shows(runner: DriverRunner, address: str, variant: str) -> None:
    """Over its own dialect, what a user of the release can see is what the adapter says, in every phase."""
    body = BODIES[address]
    result = shipped(runner, body, variant)
    theirs = result.record.native(body.decoded.last_frame, request=result.received[1].json, flat=True)
    assert set(result.record.raised) <= {"event"}
    for phase in DESIGN.phases:
        assert content(phase, ours(body)) == content(phase, theirs), phase


@pytest.mark.parametrize("address", FIRST[::3])
def test_bare_events_are_those_of_the_helper(runner: DriverRunner, address: str) -> None:
    """`raw` hands out the API's events and nothing else: no message, and so nothing to store or to go on from."""
    body = BODIES[address]
    raw, helped = shipped(runner, body, "raw"), shipped(runner, body, "stream")
    more = {"content_block_stop": "content_block", "message_stop": "message"}
    bare = [
        {key: value for key, value in event.items() if key != more.get(event["type"])}
        for _, event in helped.record.events
        if event["type"] not in HELPER
    ]
    assert bare == [event for _, event in raw.record.events]
    assert (msgspec.UNSET, 1) == (raw.record.message, len(raw.received))


def test_what_shipped_events_have_beside(runner: DriverRunner) -> None:
    """The reason for which native JSON differs: the API begins a tool's input with an empty piece, no delta."""
    body = BODIES["one-call-streamed/1@anthropic-messages"]
    theirs = [event for _, event in shipped(runner, body, "stream").record.events]
    empty = [event for event in theirs if event.get("partial_json") == ""]
    assert [{"type": "input_json", "partial_json": "", "snapshot": {}}] == empty
    assert [event["type"] for _, event in ours(body).events] == [
        event["type"] for event in theirs if event not in empty and event.get("delta", {}).get("partial_json") != ""
    ]


def test_a_second_turn_is_asked_from_what_was_stored(runner: DriverRunner) -> None:
    """The conversation is restored from stored forms: what is sent is what the first turn sent as its next request."""
    first, second = (BODIES[f"two-turns-with-tool/{turn}@anthropic-messages"] for turn in (1, 2))
    before = shipped(runner, first, "stream")
    history = (Earlier(before.record.stored, first.turn.follow),)
    after = shipped(runner, second, "stream", history)
    assert before.received[1].json["messages"] == after.received[0].json["messages"]
    roles = [message["role"] for message in after.received[1].json["messages"]]
    assert ["user", "assistant", "user", "assistant", "user"] == roles


def test_the_request_says_what_was_asked(runner: DriverRunner) -> None:
    """Model, tools and schema go out; signatures go back with their blocks."""
    called: Any = shipped(runner, BODIES["one-call-streamed/1@anthropic-messages"], "stream").received[0].json
    typed: Any = shipped(runner, BODIES["structured-text/1@anthropic-messages"], "stream").received[0].json
    signed: Any = shipped(runner, BODIES["redacted-reasoning/1@anthropic-messages"], "stream").received[1].json
    assert (True, "model-under-test", True) == (called["stream"], called["model"], "tools" in called)
    assert "json_schema" == typed["output_config"]["format"]["type"]
    (answer,) = [message for message in signed["messages"] if message["role"] == "assistant"]
    assert ["thinking", "redacted_thinking", "text"] == [block["type"] for block in answer["content"]]


def test_another_dialect_is_declined(runner: DriverRunner) -> None:
    """The SDK speaks one dialect as shipped."""
    run = Run(way="shipped", variant="stream", dialect="openai-chat", request=BODIES[OWN[0]].turn.request)
    result = done(runner.run(run, Script((play(DIALECT, b""),))))
    assert "no provider code for openai-chat" == result.record.declined
