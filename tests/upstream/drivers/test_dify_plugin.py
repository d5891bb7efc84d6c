"""The dify-plugin driver in the environments of its releases: both ways, against the replay server.

Rules:
1. Skipped, with the reason, where a release is not installed; nothing is installed here.
2. Where a release differs from our adapter as shipped, the difference is named here, with its reason.
3. What tells the two releases apart is shown on bodies that are written here, since no fixture holds such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import Native
from workbench.designs.dify_tagged import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import trace_of
from workbench.harness.run import ReadBody, read_bodies
from workbench.shipped.asking import NEXT, framework, produced, shipped
from workbench.shipped.fidelity import fidelity, framework_variant
from workbench.shipped.playing import Player
from workbench.shipped.reading import native_of, shipped_trace
from workbench.transcript import FollowUp, Json, Message, Phase, Request, TextPart
from workbench.upstream.cache import Cache
from workbench.upstream.environments import Environment, find_environment
from workbench.upstream.protocol import Description, Earlier, Run, Variant
from workbench.upstream.releases import Missing, Release, all_releases
from workbench.upstream.replay import Script, error_answer, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "dify_plugin.py"
DIALECTS = all_dialects()
CHAT = DIALECTS["openai-chat"]
BODIES = {str(body.address): body for body in read_bodies(load_corpus(), DIALECTS)}
OWN = [address for address, body in BODIES.items() if body.address.dialect == CHAT.id]
RELEASES = ("0.7.4", "0.10.2")
REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")
MIXED_UP = "parallel-calls-interleaved/1@openai-chat"
"""The class adds a piece without an id to the last call that it knows of; our adapter goes by part."""

each_release = pytest.mark.parametrize("version", RELEASES)
each_body = pytest.mark.parametrize("address", OWN)

Start = Callable[[str], DriverRunner]


def found(version: str) -> tuple[Release, Environment]:
    """A release and its environment."""
    release = all_releases().get(f"dify-plugin@{version}")
    if release is None:
        pytest.skip(f"dify-plugin {version} is not among the releases")
    environment = find_environment(release)
    if isinstance(environment, Missing):
        pytest.skip(environment.reason)
    return release, environment


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """Gives the driver in the environment of a release, started once; nothing may be wrong when it leaves."""
    runners: dict[str, DriverRunner] = {}

    def runner(version: str) -> DriverRunner:
        if version not in runners:
            _, environment = found(version)
            launch = Launch.python(environment.python, DRIVER)
            runners[version] = DriverRunner(launch, expect=("dify-plugin", version))
        return runners[version]

    yield runner
    for one in runners.values():
        one.close()
        assert (None, {}) == (one.parting, dict(one.late))


def done(outcome: object) -> Result:
    """The result of a run that must have one."""
    assert isinstance(outcome, Result), outcome
    return outcome


def ours(body: ReadBody) -> Native:
    """What the adapter makes of a body."""
    return adapt(DESIGN, body.decoded, body.turn.request, body.turn.follow)


def read(runner: DriverRunner, body: ReadBody, history: tuple[Earlier, ...] = ()) -> Result:
    """Lets the class read a body, as fast as it can; an answer to its next request is played, too."""
    asked = shipped(Variant("sync"), body, CHAT, history)
    assert asked is not None
    run = asked.run
    return done(runner.run(run, Script((play(CHAT, body.body.data), play(CHAT, CHAT.encode(NEXT))))))


# ----------------------------------------------------------------------------------------------------------- framework


def test_adapter_equals_the_framework(tmp_path: Path) -> None:
    """Every body whose provider code does not raise: chunks with their frames, and all that the SDK makes of them."""
    release, environment = found("0.7.4")
    with Cache(tmp_path / "runs") as cache, Player(release, environment, cache) as player:
        description = player.describe()
        assert isinstance(description, Description)
        designs = {one.id: release.design_of(one.id) for one in description.variants}
        variant = framework_variant(description, DESIGN, designs)
        assert variant is not None
        shown = fidelity(player, variant, DESIGN, BODIES.values(), None, release.name)
    assert [] == shown.findings
    assert ("live", "legacy", "final", "stored", "resumed") == shown.phases
    failing = [body for body in BODIES.values() if body.truth.projected.outcome.completion == "failed"]
    assert (len(BODIES) - len(failing), len(failing)) == (shown.equal, sum(shown.left_out.values()))


@pytest.mark.parametrize("address", OWN[::4])
def test_newer_framework_differs_by_one_field(start: Start, address: str) -> None:
    """Through 0.10.2 the same chunks come out with a null `opaque_body` in each of the assistant's messages."""
    body = BODIES[address]
    events = produced(DESIGN, body)
    if events is None:
        return  # its provider code raises
    record = done(start("0.10.2").run(framework("sync", body, events).run)).record
    assert [body for _, body in ours(body).events] == [without(event, "opaque_body") for _, event in record.events]
    assert ours(body).message == without(record.message, "opaque_body")
    assert None is record.message["message"]["opaque_body"]


def without(value: Json, name: str) -> Json:
    """A value without the fields of that name."""
    if isinstance(value, dict):
        return {key: without(item, name) for key, item in value.items() if key != name}
    return [without(item, name) for item in value] if isinstance(value, list) else value


# ------------------------------------------------------------------------------------------------------------- shipped


def content(phase: Phase, trace: Any) -> Json:
    """What is seen in a phase, less when, less the model's name, which the class repeats as it was asked for."""
    seen = msgspec.to_builtins(trace.seen[phase])
    parts = [{key: part[key] for key in ("kind", "text", "id", "name")} for part in seen["parts"]]
    told = {key: seen[key] for key in ("finish_raw", "usage")}
    raised = seen["raised"] and (seen["raised"]["type"], seen["raised"]["message"].rstrip("}"))
    return {**told, "parts": parts, "ended": seen["ended"] is not None, "raised": raised}


@each_release
@each_body
def test_shipped_shows_what_the_adapter_shows(start: Start, version: str, address: str) -> None:
    """What a user of the class can see is what the adapter says, in every phase, but for what is named here."""
    body = BODIES[address]
    result = read(start(version), body)
    theirs = shipped_trace(DESIGN, CHAT, native_of(result, body.decoded.last_frame), body.address, "dify-plugin")
    mine = trace_of(DESIGN, ours(body), body.address)
    counted = body.truth.projected.outcome.usage is not None
    for phase in DESIGN.phases:
        expected, shown = content(phase, mine), content(phase, theirs)
        if not counted:  # the class estimates
            assert expected.pop("usage") is None
            del shown["usage"]
        if expected["raised"] is not None:  # it shows all fields of the provider's object, we those that we know
            assert shown.pop("raised")[1].startswith(expected["raised"][1])
            assert expected.pop("raised")[0] == "ValueError"
        assert (expected == shown) == (address != MIXED_UP or phase == "legacy"), phase


@each_release
@pytest.mark.parametrize("address", ["text-only/1@openai-chat", "reasoning-then-text/1@openai-chat"])
def test_chunks_come_with_their_frames(start: Start, version: str, address: str) -> None:
    """Frame by frame, the class says each piece when our adapter does, and nothing before or after."""
    body = BODIES[address]
    ask = shipped(Variant("sync"), body, CHAT, ())
    assert ask is not None
    assert ask.lockstep
    result = done(start(version).run(ask.run, ask.script, lockstep=True))
    told = [
        [(frame, event["delta"]["message"]["content"]) for frame, event in one]
        for one in (ours(body).events, result.record.events)
    ]
    assert told[0] == told[1]
    assert result.exact


@each_release
def test_conversation_is_restored_from_what_was_stored(start: Start, version: str) -> None:
    """A second turn begins with what the first sent as its next request."""
    bodies = [BODIES[f"two-turns-with-tool/{turn}@openai-chat"] for turn in (1, 2)]
    before = read(start(version), bodies[0])
    after = read(start(version), bodies[1], (Earlier(before.record.stored, bodies[0].turn.follow),))
    sent: list[Any] = [one.json for one in (*before.received, *after.received)]
    assert sent[1]["messages"] == sent[2]["messages"]
    roles = [message["role"] for message in sent[3]["messages"]]
    assert ["user", "assistant", "tool", "user", "assistant", "user"] == [role for role in roles if role != "system"]


@each_release
def test_request_says_what_was_asked(start: Start, version: str) -> None:
    """Model and tools go out, and the stream is asked for; usage is not."""
    body = BODIES["one-call-streamed/1@openai-chat"]
    sent: Any = read(start(version), body).received[0].json
    assert (True, "model-under-test", "auto") == (sent["stream"], sent["model"], sent["tool_choice"])
    assert [tool.name for tool in body.turn.request.tools] == [tool["function"]["name"] for tool in sent["tools"]]
    assert "stream_options" not in sent


@each_release
def test_another_dialect_is_declined(start: Start, version: str) -> None:
    """The class speaks one dialect."""
    run = Run(way="shipped", variant="sync", dialect="anthropic-messages", request=REQUEST)
    result = done(start(version).run(run, Script((play(CHAT, b""),))))
    assert "no provider code for anthropic-messages" == result.record.declined


# ---------------------------------------------------------------------------------------------- bodies that are written


def body_of(*frames: dict[str, Any] | str, end: str = "\n\n") -> bytes:
    """A body in the dialect of OpenAI's chat completions."""
    datas = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
    return "".join(f"data: {data}{end}" for data in datas).encode()


def choice(finish: str | None = None, **delta: Any) -> dict[str, Any]:
    """A frame with one choice."""
    return {"id": "r", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


USAGE = {"id": "r", "model": "m", "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}
END: tuple[dict[str, Any] | str, ...] = (choice("stop"), USAGE, "[DONE]")


def record(runner: DriverRunner, body: bytes, follow: FollowUp | None = None) -> Any:
    """What the class makes of a body."""
    run = Run(way="shipped", variant="sync", dialect=CHAT.id, request=REQUEST, follow=follow)
    return done(runner.run(run, Script((play(CHAT, body),)))).record


def text_of(found: Any) -> str:
    """All text of a stream."""
    return "".join(event["delta"]["message"]["content"] for _, event in found.events)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (body_of(choice(reasoning="Hm"), choice(content="Yes"), *END), ("Yes", "<think>\nHm\n</think>Yes")),
        (
            body_of(choice(content="Yes", reasoning_content="Hm"), *END),
            ("<think>\nHm\n</think>", "<think>\nHm\n</think>Yes"),
        ),
        (
            body_of(choice(reasoning_content="H"), choice(reasoning_content=""), choice(reasoning_content="m"), *END),
            ("<think>\nH\n</think><think>\nm\n</think>", "<think>\nHm\n</think>"),
        ),
        (body_of(choice(reasoning_content="Hm")), ("<think>\nHm", "<think>\nHm\n</think>")),
        (body_of(choice(content="Yes"), *END, end="\r\n\r\n"), ("", "")),
    ],
    ids=["reasoning-by-its-newer-name", "both-in-one-delta", "empty-in-between", "cut-in-reasoning", "crlf"],
)
def test_what_tells_the_releases_apart(start: Start, body: bytes, expected: tuple[str, str]) -> None:
    """Text of 0.7.4 and of 0.10.2: the newer reads `reasoning`, loses no text, and closes what it opened. Not CRLF."""
    assert expected == tuple(text_of(record(start(version), body)) for version in RELEASES)


@each_release
def test_no_event_ends_in_crlf(start: Start, version: str) -> None:
    """Lines that end in CRLF, which server-sent events may, are no events to the class: all is one, and no JSON."""
    finish = [
        event["delta"]["finish_reason"] for _, event in record(start(version), body_of(*END, end="\r\n\r\n")).events
    ]
    assert "Non-JSON encountered." == finish[0]


def test_what_is_no_json_ends_the_stream(start: Start) -> None:
    """0.7.4 then says its last chunk twice, the second with the reason of before; 0.10.2 says it once."""
    body = body_of(choice(content="Yes"), "oops", choice("stop"), USAGE)
    reasons = [
        [event["delta"]["finish_reason"] for _, event in record(start(version), body).events] for version in RELEASES
    ]
    assert [[None, "Non-JSON encountered.", None], [None, "Non-JSON encountered."]] == reasons


@each_release
def test_usage_is_estimated_without_leaving_this_machine(start: Start, version: str) -> None:
    """What nobody reported is counted by characters here: 'Hi' was asked, 'Yes' answered. The clock stands still."""
    _, event = record(start(version), body_of(choice(content="Yes"), choice("stop"))).events[-1]
    usage = event["delta"]["usage"]
    assert (2, 3, 5, 0.0) == (
        *(usage[f"{kind}_tokens"] for kind in ("prompt", "completion", "total")),
        usage["latency"],
    )


@each_release
def test_made_up_ids_are_the_same_each_time(start: Start, version: str) -> None:
    """A call without an id gets one of the class's own, counted from the first in each run."""
    call = {"index": 0, "type": "function", "function": {"name": "f", "arguments": "{}"}}
    body = body_of(choice(tool_calls=[call]), *END)
    for _ in range(2):
        calls = [
            one for _, event in record(start(version), body).events for one in event["delta"]["message"]["tool_calls"]
        ]
        assert [f"chatcmpl-tool-{1:032x}"] == [one["id"] for one in calls]


@each_release
def test_an_error_before_the_stream_is_the_sdk_s_own(start: Start, version: str) -> None:
    """An error status becomes an InvokeError, to those who iterate and to those who want the result."""
    run = Run(way="shipped", variant="sync", dialect=CHAT.id, request=REQUEST)
    script = Script((error_answer(CHAT.path, 529, {"error": {"type": "overloaded_error"}}),))
    found = done(start(version).run(run, script)).record
    assert ("InvokeError", "InvokeError") == (found.raised["event"].type, found.raised["message"].type)
    assert ((), ()) == (found.events, found.legacy)
