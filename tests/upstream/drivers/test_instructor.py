"""The driver of Instructor in the environments of its releases: over the corpus, both ways, and beside our adapters.

A release that is not installed is skipped with the reason. What is held here of a release is what it really did.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.design import Design, NativeRaise
from workbench.designs.instructor_completion import DESIGN as COMPLETION
from workbench.designs.instructor_iterable import DESIGN as ITERABLE
from workbench.designs.instructor_partial import DESIGN as PARTIAL
from workbench.dialects import all_dialects
from workbench.families.instructor.schema import response_model
from workbench.harness.adapt import adapt
from workbench.harness.run import ReadBody, read_bodies
from workbench.native import FramedEvent, Native
from workbench.shipped import asking
from workbench.transcript import FollowUp, Json, Message, Request, TextPart, Tool, ToolCallPart, ToolResultPart
from workbench.upstream.environments import find_environment
from workbench.upstream.protocol import Description, Run, Variant
from workbench.upstream.releases import Missing, all_releases
from workbench.upstream.replay import Script, play
from workbench.upstream.runner import DriverRunner, Result
from workbench.upstream.surroundings import Launch

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "instructor"
DIALECTS = all_dialects()
OLD, NEW = "1.12.0", "1.17.0"
READERS: dict[str, Design] = {"partial": PARTIAL, "iterable": ITERABLE, "completion": COMPLETION}


@cache
def bodies() -> dict[str, ReadBody]:
    """The bodies with a response model, in the driver's dialects, by address."""
    spoken = [body for body in read_bodies(load_corpus(), DIALECTS) if body.address.dialect in DIALECTS]
    found = {str(body.address): body for body in spoken if PARTIAL.applies(body.turn.request) is None}
    return {name: body for name, body in found.items() if name.endswith(("openai-chat", "anthropic-messages"))}


def runner_of(version: str) -> Iterator[DriverRunner]:
    """The driver in the environment of a release."""
    environment = find_environment(all_releases()[f"instructor@{version}"])
    if isinstance(environment, Missing):
        pytest.skip(environment.reason)
    with DriverRunner(Launch.python(environment.python, DRIVER), expect=("instructor", version)) as keeper:
        yield keeper
    assert keeper.parting is None
    assert {} == dict(keeper.late)


@pytest.fixture(scope="module")
def new() -> Iterator[DriverRunner]:
    """The newest release that is ported."""
    yield from runner_of(NEW)


@pytest.fixture(scope="module")
def old() -> Iterator[DriverRunner]:
    """The last release before the providers' code was rewritten."""
    yield from runner_of(OLD)


@pytest.fixture(scope="module", params=["old", "new"])
def each(request: pytest.FixtureRequest) -> DriverRunner:
    """One release after the other."""
    keeper: DriverRunner = request.getfixturevalue(request.param)
    return keeper


def done(outcome: object) -> Result:
    """The result of a run that must have one."""
    assert isinstance(outcome, Result), outcome
    return outcome


def run_shipped(runner: DriverRunner, variant: str, body: ReadBody, *, lockstep: bool = False) -> Result:
    """Lets the library read a body with its own provider code."""
    dialect = DIALECTS[body.address.dialect]
    asked = Run(way="shipped", variant=variant, dialect=dialect.id, request=body.turn.request, follow=FollowUp())
    script = Script((play(dialect, body.body.data, lockstep=lockstep),))
    return done(runner.run(asked, script, lockstep=lockstep))


def run_whole(runner: DriverRunner, variant: str, body: ReadBody) -> Result | None:
    """Lets the library read the response that is not streamed; None where there is none."""
    ask = asking.shipped(Variant(variant, streamed=False), body, DIALECTS[body.address.dialect], ())
    return None if ask is None else done(runner.run(ask.run, ask.script))


def run_framework(runner: DriverRunner, variant: str, design: Design, body: ReadBody) -> Result | None:
    """Pushes the producer events of a body; None where the provider half raises."""
    adapter = design.start(body.turn.request)
    events: list[FramedEvent] = []
    try:
        for frame, step in body.decoded.steps:
            events += [(frame, design.produced_json(event)) for event in adapter.produce(step)]
    except NativeRaise:
        return None
    dialect = body.address.dialect
    asked = Run(way="framework", variant=variant, dialect=dialect, request=body.turn.request, events=events)
    return done(runner.run(asked))


def ours(design: Design, body: ReadBody) -> Native:
    """What the adapter makes of a body."""
    return adapt(design, body.decoded, body.turn.request, body.turn.follow, fixture=str(body.address))


def kept(native: Native) -> Json:
    """Message, stored and restored form."""
    return [native.message, native.stored, native.restored]


def values(native: Native) -> list[Json]:
    """Events without their frames."""
    return [event for _, event in native.events]


# ------------------------------------------------------------------------------------------------------- what it says


def test_describes_itself(each: DriverRunner) -> None:
    """A variant is a call, a mode, and whether it is asynchronous; each says where it can be used."""
    run_shipped(each, "async-partial-tools", next(iter(bodies().values())))
    description = each.description
    assert isinstance(description, Description)
    expected = {
        f"{prefix}{call}-{mode}"
        for prefix in ("", "async-")
        for call in ("partial", "iterable", "completion", "create")
        for mode in ("tools", "json", "md-json")
    }
    by_id = {variant.id: variant for variant in description.variants}
    assert (expected, len(expected)) == (set(by_id), len(description.variants))
    assert {"anthropic", "openai", "pydantic"} == set(description.packages)
    assert all(variant.asynchronous == name.startswith("async-") for name, variant in by_id.items())
    assert all((variant.mode == "TOOLS") == (variant.ways == ()) for variant in by_id.values())
    assert all(variant.streamed == ("partial" in name or "iterable" in name) for name, variant in by_id.items())
    assert all((variant.mode == "MD_JSON") == (variant.dialects == ("openai-chat",)) for variant in by_id.values())


def test_first_variant_of_each_design_takes_producer_events(each: DriverRunner) -> None:
    """Fidelity takes the first one: it must be that which the adapter ports, the asynchronous one in TOOLS mode."""
    run_shipped(each, "async-partial-tools", next(iter(bodies().values())))
    assert each.description is not None
    for call in READERS:
        first = next(one for one in each.description.variants if f"{call}-" in one.id)
        assert (f"async-{call}-tools", ()) == (first.id, first.ways)


NO_MODEL = Request((Message("user", (TextPart("hello"),)),))


@pytest.mark.parametrize(
    ("variant", "request_", "reason"),
    [
        ("partial-tools", NO_MODEL, "neither a response schema nor a tool"),
        ("iterable-json", Request((), (Tool("t", parameters={"type": "array"}),)), "a response model is an object"),
    ],
    ids=["no schema", "no object"],
)
def test_declines_with_the_reason(each: DriverRunner, variant: str, request_: Request, reason: str) -> None:
    """What the library cannot do at all is declined, with the design's own reason."""
    script = Script((play(DIALECTS["openai-chat"], b"data: [DONE]\n\n"),))
    asked = Run(way="shipped", variant=variant, dialect="openai-chat", request=request_)
    declined = done(each.run(asked, script)).record.declined
    assert reason in (declined or "")
    if unfit := PARTIAL.applies(request_):
        assert unfit == declined


# -------------------------------------------------------------------------------------------------- beside our adapters


@pytest.mark.parametrize("call", READERS)
def test_framework_gives_what_our_adapter_gives(new: DriverRunner, call: str) -> None:
    """The same producer events through the real framework: the same events after the same frames, kept the same.

    One difference is known: Instructor puts its record of attempts around the words of a used-up retry.
    """
    compared = 0
    for body in bodies().values():
        result = run_framework(new, f"async-{call}-tools", READERS[call], body)
        if result is None or result.record.declined is not None:
            continue
        mine, real = ours(READERS[call], body), result.record.native(body.decoded.last_frame)
        assert [list(one) for one in mine.events] == [list(one) for one in real.events], body.address
        assert kept(mine) == kept(real), body.address
        assert (mine.raised is None) == (real.raised is None), body.address
        if mine.raised is not None and real.raised is not None:
            assert mine.raised.type == real.raised.type
            is_wrapped = real.raised.message.startswith("<failed_attempts>")
            assert mine.raised.message in real.raised.message
            assert is_wrapped or mine.raised.message == real.raised.message
        compared += 1
    assert compared >= 30


@pytest.mark.parametrize("call", ["partial", "iterable"])
def test_shipped_gives_what_our_adapter_gives(new: DriverRunner, call: str) -> None:
    """Over both SDKs the release yields what the adapter yields of the same bytes; what an SDK raises has its words."""
    for body in bodies().values():
        result = run_shipped(new, f"async-{call}-tools", body)
        mine, real = ours(READERS[call], body), result.record.native(body.decoded.last_frame, flat=True)
        assert values(mine) == values(real), body.address
        assert kept(mine) == kept(real), body.address
        assert (mine.raised is None) == (real.raised is None), body.address
        if mine.raised is not None and real.raised is not None:
            assert mine.raised.type in {real.raised.type, "APIError"}
            assert mine.raised.message in real.raised.message
        assert 1 == len(result.received)


def test_calls_that_do_not_stream_give_what_our_adapter_gives(new: DriverRunner) -> None:
    """Over both SDKs the call asks for no stream, reads one document, and gives the adapter's pair of the same body.

    The document says more than a stream's deltas do, so the provider's half is compared by what can be read off it.
    """
    compared = 0
    for body in bodies().values():
        result = run_whole(new, "completion-tools", body)
        if result is None:
            continue
        (request,) = result.received
        assert not request.json.get("stream"), body.address  # type: ignore[union-attr]
        mine, real = ours(COMPLETION, body), result.record.native(body.decoded.last_frame, flat=True)
        assert (mine.raised is None) == (real.raised is None), body.address
        if mine.raised is not None and real.raised is not None:
            assert mine.raised.type == real.raised.type
            continue
        assert [event[0] for event in values(mine)] == [event[0] for event in values(real)]  # type: ignore[index]
        assert list(COMPLETION.observe("final", mine)) == list(COMPLETION.observe("final", real)), body.address
        compared += 1
    assert compared >= 20


@pytest.mark.parametrize("variant", ["create-json", "async-create-md-json", "async-completion-tools"])
def test_each_way_that_does_not_stream_reads_the_document(each: DriverRunner, variant: str) -> None:
    """In every mode the object comes out, alone or first of a pair."""
    slug = "structured-call" if variant.endswith("tools") else "structured-text"
    body = bodies()[f"{slug}/1@openai-chat"]
    result = run_whole(each, variant, body)
    assert result is not None
    assert {} == dict(result.record.raised)
    message = result.record.message
    value = message[0] if isinstance(message, list) else message
    assert set(value) <= set(properties(body)), value  # type: ignore[arg-type]
    assert value


def properties(body: ReadBody) -> set[str]:
    """Names of the fields that were asked for."""
    request = body.turn.request
    schema = request.response_schema if request.response_schema is not None else request.tools[0].parameters
    return set(schema["properties"])


def test_create_returns_the_object_alone(new: DriverRunner) -> None:
    """The same response through `create`: the object without the response, and the reader takes it so."""
    body = bodies()["structured-call/1@openai-chat"]
    result = run_framework(new, "create-tools", COMPLETION, body)
    assert result is not None
    native = result.record.native(body.decoded.last_frame)
    value = ours(COMPLETION, body).message[0]
    assert ([value], value) == (values(native), native.message)
    (seen,) = COMPLETION.observe("final", native)
    assert value == seen.value  # type: ignore[union-attr]


# ------------------------------------------------------------------------------------------------ modes, requests, pace


@pytest.mark.parametrize(
    ("variant", "dialect"),
    [
        ("async-partial-json", "openai-chat"),
        ("partial-json", "anthropic-messages"),
        ("async-partial-md-json", "openai-chat"),
        ("partial-md-json", "openai-chat"),
    ],
)
def test_json_modes_read_the_object_in_the_text(each: DriverRunner, variant: str, dialect: str) -> None:
    """Where the answer text is the object, the modes for that find it."""
    result = run_shipped(each, variant, bodies()[f"structured-text/1@{dialect}"])
    assert "Eskdale-Weir" == result.record.message["station"]  # type: ignore[index]
    assert result.record.message == result.record.restored


def test_mode_that_looks_in_another_place_raises_or_stays_silent(each: DriverRunner) -> None:
    """The text beside a call is no JSON: JSON mode raises; MD_JSON finds no object, and says nothing."""
    body = bodies()["two-turns-with-tool/1@openai-chat"]
    assert {"event"} == set(run_shipped(each, "async-partial-json", body).record.raised)
    silent = run_shipped(each, "async-partial-md-json", body).record
    assert ((), {}, None) == (silent.events, dict(silent.raised), silent.message)


@pytest.mark.parametrize("dialect", ["openai-chat", "anthropic-messages"])
def test_request_holds_the_conversation_and_forces_the_tool(each: DriverRunner, dialect: str) -> None:
    """A later turn is asked with the calls and results of the turns before, and with the one tool of the class."""
    body = bodies()[f"two-turns-with-tool/2@{dialect}"]
    (received,) = run_shipped(each, "async-partial-tools", body).received
    sent = DIALECTS[dialect].read_request(received.json)
    parts = [part for message in sent.messages for part in message.parts]
    asked = [part for message in body.turn.request.messages for part in message.parts]
    for kind, field in ((ToolCallPart, "name"), (ToolResultPart, "output")):
        expected = [getattr(part, field) for part in asked if isinstance(part, kind)]
        assert expected
        assert expected == [getattr(part, field) for part in parts if isinstance(part, kind)]
    assert [f"Partial{response_model(body.turn.request).__name__}"] == [tool.name for tool in sent.tools]
    assert received.json["stream"] is True


def test_nothing_is_asked_twice(each: DriverRunner) -> None:
    """Where the text does not fit the class and Instructor would ask again, it is told not to."""
    result = run_shipped(each, "partial-md-json", bodies()["hostile-markup/1@openai-chat"])
    assert {"event"} == set(result.record.raised)
    assert ["expected"] == [one.kind for one in result.received]


def frames(result: Result) -> list[int]:
    """The frames after which events came."""
    return [frame for frame, _ in result.record.events]


def test_synchronous_partial_came_while_it_streamed_and_now_comes_at_the_end(
    old: DriverRunner, new: DriverRunner
) -> None:
    """In lockstep: 1.12.0 yields as frames come; 1.17.0 hands out a list after the last one."""
    body = bodies()["length-in-arguments/1@openai-chat"]
    before, after = (run_shipped(one, "partial-tools", body, lockstep=True) for one in (old, new))
    assert len(set(frames(before))) > 5
    assert {body.decoded.last_frame} == set(frames(after))


@pytest.mark.parametrize("variant", ["async-partial-tools", "async-iterable-tools", "iterable-tools"])
def test_other_calls_come_while_they_stream(each: DriverRunner, variant: str) -> None:
    """In lockstep an object comes with the frame that brought its text; in both releases."""
    body = bodies()["parallel-calls-in-sequence/1@openai-chat"]
    expected = {frame for frame, _ in ours(READERS[variant.removeprefix("async-").split("-")[0]], body).events}
    result = run_shipped(each, variant, body, lockstep=True)
    assert set(frames(result)) <= expected
    assert min(frames(result)) < body.decoded.last_frame - 3


# -------------------------------------------------------------------------------------------------- two releases beside


def test_enumeration_ended_the_stream_of_the_older_release(old: DriverRunner, new: DriverRunner) -> None:
    """1.12.0 validates every snapshot, so a word of an enumeration that is not whole yet raises; 1.17.0 waits."""
    body = bodies()["structured-call/1@openai-chat"]
    before, after = (run_shipped(one, "async-partial-tools", body).record for one in (old, new))
    assert "ValidationError" == before.raised["event"].type
    assert "literal_error" in before.raised["event"].message
    assert {} == dict(after.raised)


def test_older_release_told_what_had_not_come(old: DriverRunner, new: DriverRunner) -> None:
    """In 1.12.0 a field that has not come is unset; in 1.17.0 it is there as None, or as its default."""
    body = bodies()["length-in-arguments/1@openai-chat"]
    before, after = (run_shipped(one, "async-partial-tools", body).record for one in (old, new))
    assert ({}, {"harbour": None, "entry": None}) == (before.events[0][1], after.events[0][1])


def test_synchronous_failure_keeps_what_came_in_the_older_release_only(old: DriverRunner, new: DriverRunner) -> None:
    """An error inside the stream: 1.12.0 raises the SDK's exception after the objects, 1.17.0 its own and no object."""
    body = bodies()["error-in-arguments/1@openai-chat"]
    before, after = (run_shipped(one, "partial-tools", body).record for one in (old, new))
    assert ("APIError", "InstructorRetryException") == (before.raised["event"].type, after.raised["event"].type)
    assert before.events
    assert (() == after.events, after.message) == (True, None)


def test_items_are_the_same_in_both_releases(old: DriverRunner, new: DriverRunner) -> None:
    """Over the whole corpus the iterable in TOOLS mode yields, keeps and raises the same in both."""
    for body in bodies().values():
        before, after = (run_shipped(one, "async-iterable-tools", body).record for one in (old, new))
        assert [event for _, event in before.events] == [event for _, event in after.events], body.address
        assert {at: one.type for at, one in before.raised.items()} == {at: one.type for at, one in after.raised.items()}
        assert (before.message, before.restored) == (after.message, after.restored)
