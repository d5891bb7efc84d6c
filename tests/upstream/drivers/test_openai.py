"""The openai driver in the environment of its release: both ways, every variant, against the replay server.

Rules:
1. Skipped, with the reason, where the release is not installed; nothing is installed here.
2. As shipped, frames are upper bounds, so content is compared and not when it came.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import Native, NativeRaise
from workbench.designs.openai_chat import DESIGN
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

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "openai.py"
DIALECTS = all_dialects()
DIALECT = DIALECTS["openai-chat"]
BODIES = {str(body.address): body for body in read_bodies(load_corpus(), DIALECTS)}
OWN = [address for address, body in BODIES.items() if body.address.dialect == DIALECT.id]
NEXT = BODIES["text-only/1@openai-chat"].body.data
"""What is answered to the next request; nobody looks at it."""
FIRST = [one for one in OWN if BODIES[one].address.turn == 0]
ENDLESS = ("length", "content-filter")
"""Reasons for ending for which `get_final_completion()` raises."""


@pytest.fixture(scope="module")
def runner() -> Iterator[DriverRunner]:
    """The driver of the newest release that is installed, started once."""
    found = [find_environment(one) for one in all_releases().values() if one.library == "openai"]
    there = [one for one in found if not isinstance(one, Missing)]
    if not there:
        pytest.skip("no release of openai is installed: workbench upstream install openai")
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


def content(phase: Phase, native: Native) -> Json:
    """What is seen in a phase, less when it was."""
    seen = msgspec.to_builtins(see(DESIGN.observe(phase, only(phase, native))))
    parts = [
        {key: part[key] for key in ("kind", "text", "value", "id", "name", "end_stated") if key in part}
        for part in seen["parts"]
    ]
    told = {key: seen[key] for key in ("finish_raw", "usage", "response_id", "model", "failure")}
    return {**told, "parts": parts, "turns": seen["turns"], "ended": seen["ended"] is not None}


@pytest.mark.parametrize("address", BODIES)
def test_framework_equals_the_port(runner: DriverRunner, address: str) -> None:
    """The same chunks through the release and through the adapter: every event, completion and request."""
    body = BODIES[address]
    provider, events = DESIGN.start(body.turn.request), []
    try:
        for frame, step in body.decoded.steps:
            events.extend((frame, DESIGN.produced_json(chunk)) for chunk in provider.produce(step))
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
    endless = body.truth.projected.outcome.finish in ENDLESS
    request = UNSET if endless else result.received[1].json
    mine, theirs = ours(body), result.record.native(body.decoded.last_frame, request=request, flat=True)
    assert endless == ("message" in result.record.raised)
    if endless:  # the adapter's record cannot tell a raise of the message from one of the iteration
        mine = msgspec.structs.replace(mine, raised=None)
    for phase in DESIGN.phases:
        assert content(phase, mine) == content(phase, theirs), phase


@pytest.mark.parametrize("address", FIRST[::3])
def test_bare_chunks_add_up_to_the_same(runner: DriverRunner, address: str) -> None:
    """`raw` hands out the chunks; the completion, its stored form and the next request are those of the helper."""
    body = BODIES[address]
    raw, helped = shipped(runner, body, "raw"), shipped(runner, body, "stream")
    chunks = [event["chunk"] for _, event in helped.record.events if event["type"] == "chunk"]
    assert chunks == [event for _, event in raw.record.events]
    assert (helped.record.message, helped.record.restored) == (raw.record.message, raw.record.restored)
    assert [one.json["messages"] for one in helped.received[1:]] == [one.json["messages"] for one in raw.received[1:]]


def test_what_a_shipped_chunk_has_beside(runner: DriverRunner) -> None:
    """The reasons for which native JSON differs: chunks without anything to say, and fields that no delta tells."""
    body = BODIES["text-only/1@openai-chat"]
    (first, *_), mine = [event for _, event in shipped(runner, body, "raw").record.events], ours(body).events[0][1]
    assert {"created", "service_tier", "system_fingerprint", "usage"} == set(first) - set(mine["chunk"])
    assert {"content": "", "refusal": None, "role": "assistant"} == first["choices"][0]["delta"]
    assert {"role": "assistant"} == mine["chunk"]["choices"][0]["delta"]


def test_a_second_turn_is_asked_from_what_was_stored(runner: DriverRunner) -> None:
    """The conversation is restored from stored forms: what is sent is what the first turn sent as its next request."""
    first, second = BODIES["two-turns-with-tool/1@openai-chat"], BODIES["two-turns-with-tool/2@openai-chat"]
    before = shipped(runner, first, "stream")
    history = (Earlier(before.record.stored, first.turn.follow),)
    after = shipped(runner, second, "stream", history)
    assert before.received[1].json["messages"] == after.received[0].json["messages"]
    roles = [message["role"] for message in after.received[1].json["messages"]]
    assert ["user", "assistant", "tool", "user", "assistant", "user"] == [role for role in roles if role != "system"]


def test_the_request_says_what_was_asked(runner: DriverRunner) -> None:
    """Model, tools and schema go out; a tool whose schema meets what strict mode demands is marked so."""
    plain: Any = shipped(runner, BODIES["one-call-streamed/1@openai-chat"], "stream").received[0].json
    strict: Any = shipped(runner, BODIES["openai-chat-documented/1@openai-chat"], "stream").received[0].json
    typed: Any = shipped(runner, BODIES["structured-text/1@openai-chat"], "stream").received[0].json
    assert (True, "model-under-test", True) == (plain["stream"], plain["model"], "tools" in plain)
    assert [None, True] == [one["tools"][0]["function"].get("strict") for one in (plain, strict)]
    assert "json_schema" == typed["response_format"]["type"]


def test_another_dialect_is_declined(runner: DriverRunner) -> None:
    """The SDK speaks one dialect as shipped."""
    run = Run(way="shipped", variant="stream", dialect="anthropic-messages", request=BODIES[OWN[0]].turn.request)
    result = done(runner.run(run, Script((play(DIALECT, b""),))))
    assert "no provider code for anthropic-messages" == result.record.declined
