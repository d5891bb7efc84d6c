"""Holds the port of llm against the real framework: the same producer events, all phases, equal values.

Theory of operation. A scripted `llm.Model` yields what our plug-in half yields, or a generated list of events. The real
`Response` is then asked everything that a phase is made of, and so is the port. Events are compared with all their
fields, not in their short JSON form. Rules:

1. Nothing is registered with llm; its user folder is a temporary one.
2. `id` and `datetime_utc` of the stored form are random and a clock's; they are taken out, and nothing else is.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import llm
import llm.models
import llm.parts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus import load_corpus
from workbench.design import NativeRaise
from workbench.designs.llm import DESIGN, vocabulary
from workbench.designs.llm.plugin import Plugin
from workbench.designs.llm.response import Response
from workbench.designs.llm.vocabulary import StreamEvent
from workbench.dialects import all_dialects
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    FollowUp,
    Message,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

pytestmark = pytest.mark.differential

Steps = Sequence[Sequence[Delta]]
Phases = dict[str, Any]
FOLLOW = FollowUp(results={"look": "it is cold", "count": "3"}, prompt="Go on.")
REQUEST = Request((Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("How is it?"),))))


@pytest.fixture(autouse=True, scope="module")
def _user_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps llm away from the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LLM_USER_PATH", str(tmp_path_factory.mktemp("llm")))
        yield


# --------------------------------------------------------------------------------------------------- the two sides


class APIError(Exception):
    """Stands for the exception of that name that a provider's SDK raises; its name and text reach the user."""


class Scripted(llm.Model):
    """A model whose plug-in does what it is told."""

    model_id = "model-under-test"
    supports_tools = True
    supports_schema = True

    def __init__(self, run: Callable[[Any], Iterable[Any]]) -> None:
        self.run = run
        self.runs = 0

    def execute(self, prompt: Any, stream: Any, response: Any, conversation: Any) -> Iterator[Any]:
        """Yields the script's events, as the library's own class."""
        self.runs += 1
        try:
            for event in self.run(response):
                yield event if isinstance(event, str) else theirs(event)
        except NativeRaise as error:
            raise APIError(str(error)) from error


def theirs(event: StreamEvent) -> Any:
    """Makes the library's event of ours."""
    return llm.parts.StreamEvent(**dataclasses.asdict(event))


def attempt(call: Callable[[], Any]) -> Any:
    """Returns what a call gives, or how it raises: the text counts for what the provider said, not for faults."""
    try:
        return call()
    except NativeRaise as error:
        return {"raises": error.type, **({"text": str(error)} if error.type == "APIError" else {})}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return {"raises": type(error).__name__, **({"text": str(error)} if isinstance(error, APIError) else {})}


def drained(items: Iterable[Any], write: Callable[[Any], Any] = lambda item: item) -> list[Any]:
    """Lists what an iteration gives, and how it raised if it did."""
    seen: list[Any] = []

    def drain() -> None:
        seen.extend(write(item) for item in items)

    problem = attempt(drain)
    return seen if problem is None else [*seen, problem]


def used(usage: Any) -> Phases:
    """Writes token counts, leaving out what was not counted."""
    return {name: count for name, count in dataclasses.asdict(usage).items() if count is not None}


def real(run: Callable[[Any], Iterable[Any]], history: list[Any], follow: FollowUp) -> Phases:
    """Asks the real framework for all phases."""

    def ask() -> Any:
        return Scripted(run).prompt(messages=[llm.Message.from_dict(one) for one in history])

    response = ask()
    seen: Phases = {"live": drained(response.stream_events(), dataclasses.asdict), "legacy": drained(ask())}
    seen["messages"] = attempt(lambda: [message.to_dict() for message in response.messages()])
    if isinstance(seen["messages"], dict):
        return seen
    seen |= {"usage": used(response.usage()), "model": response.resolved_model, "text": response.text()}
    stored = json.loads(json.dumps(response.to_dict()))
    del stored["id"], stored["datetime_utc"]
    restored = llm.Response.from_dict(stored, model=Scripted(run))
    results = [
        llm.models.ToolResult(name=call.name, output=follow.results[call.name], tool_call_id=call.tool_call_id)
        for call in restored.tool_calls()
        if call.name in follow.results
    ]
    following = restored.reply(follow.prompt, tool_results=results)
    return seen | {
        "stored": stored,
        "restored": [message.to_dict() for message in restored.messages()],
        "restored usage": used(restored.usage()),
        "restored text": restored.text(),
        "restored model": restored.resolved_model,
        "next": [message.to_dict() for message in following.prompt.messages],
    }


def rest_of_port(
    seen: Phases, message: Callable[[], Any], stored: Callable[[], Any], request: Request, follow: FollowUp
) -> Phases:
    """Asks the port for the phases after the stream, by the calls that the harness makes."""
    assembled = attempt(message)
    if "raises" in assembled:
        return seen | {"messages": assembled}
    through = json.loads(json.dumps(stored()))
    restored = DESIGN.restore(through, request)
    return seen | {
        "messages": assembled["messages"],
        "usage": assembled.get("usage", {}),
        "model": assembled.get("resolved_model"),
        "stored": through,
        "restored": restored["messages"],
        "restored usage": restored.get("usage", {}),
        "restored text": Response.from_dict(through).text(),
        "restored model": restored.get("resolved_model"),
        "next": DESIGN.resume(through["prompt"]["messages"], through, follow),
    }


def ported(steps: Steps, request: Request, follow: FollowUp, *, fused: bool) -> Phases:
    """Asks the port for all phases of a stream of deltas."""
    adapter = DESIGN.start(request)

    def events() -> Iterator[Any]:
        for step in steps:
            if fused:
                yield from adapter.receive(step)
            else:
                for produced in adapter.produce(step):
                    yield from adapter.accept(produced)
        yield from adapter.finish()

    live: list[Any] = []
    legacy: list[Any] = []

    def take(event: Any) -> Any:
        legacy.extend(DESIGN.legacy_json(event))
        return dataclasses.asdict(event)

    live = drained(events(), take)
    if live and "raises" in live[-1]:
        legacy.append(live[-1])
    seen: Phases = {"live": live, "legacy": legacy}
    after = rest_of_port(seen, adapter.message, adapter.stored, request, follow)
    return after if isinstance(after["messages"], dict) else after | {"text": adapter.response.text()}


def played(steps: Steps) -> Callable[[Any], Iterable[Any]]:
    """Makes a script of deltas: our plug-in half, on the response that it is given."""

    def run(response: Any) -> Iterator[Any]:
        plugin = Plugin(response)
        for step in steps:
            yield from plugin.produce(step)

    return run


def expect_equal(steps: Steps, request: Request = REQUEST, follow: FollowUp = FOLLOW) -> Phases:
    """Holds both halves, and both in one go, against the real framework; returns what it showed."""
    truth = real(played(steps), DESIGN.history(request), follow)
    assert truth == ported(steps, request, follow, fused=False)
    assert truth == ported(steps, request, follow, fused=True)
    return truth


# ------------------------------------------------------------------------------------------------------ the corpus


def test_the_release_beside_us_is_the_one_that_is_ported() -> None:
    """The installed llm is the release that the design names."""
    assert DESIGN.port is not None
    assert DESIGN.port.release == importlib.metadata.version("llm")


def test_every_body_of_the_corpus_gives_equal_phases(subtests: pytest.Subtests) -> None:
    """On every fixture and dialect, framework and port agree in every phase."""
    dialects = all_dialects()
    for fixture, turn, body in load_corpus().bodies():
        with subtests.test(fixture=fixture.slug, turn=turn.number, dialect=body.dialect):
            decoded = dialects[body.dialect].decode(body.data)
            expect_equal([step for _, step in decoded.steps], turn.request, turn.follow)


# ------------------------------------------------------------------------------------------------ written streams

STREAMS: dict[str, Steps] = {
    "nothing": [[ResponseEnded(0)]],
    "text": [[TextDelta(0, 0, "a")], [TextDelta(1, 0, "")], [TextDelta(2, 0, "b")], [ResponseEnded(3)]],
    "refusal alone": [[PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "no")], [ResponseEnded(1)]],
    "adjacent reasoning, each signed": [
        [ReasoningDelta(0, 0, "one"), SignatureDelta(0, 0, "s"), SignatureDelta(0, 0, "1"), PartEnd(0, 0)],
        [ReasoningDelta(1, 1, "two"), SignatureDelta(1, 1, "s2"), PartEnd(1, 1), TextDelta(1, 2, "so")],
    ],
    "empty reasoning with a signature": [
        [PartStart(0, 0, "reasoning"), SignatureDelta(0, 0, "s"), PartEnd(0, 0)],
        [TextDelta(1, 1, "x")],
    ],
    "redacted late in the stream": [
        [TextDelta(0, 0, "answer")],
        [PartStart(1, 1, "reasoning", redacted=True), OpaqueDelta(1, 1, "blob"), PartEnd(1, 1)],
        [PartStart(2, 2, "reasoning", redacted=True), PartEnd(2, 2)],
        [ReasoningDelta(3, 3, "shown"), OpaqueDelta(3, 3, "cipher")],
    ],
    "interleaved calls": [
        [PartStart(0, 0, "tool-call", id="c1", name="look"), PartStart(0, 1, "tool-call", id="c2", name="count")],
        [ArgumentsDelta(1, 0, '{"a":'), ArgumentsDelta(1, 1, "{}"), ArgumentsDelta(1, 0, "1}")],
    ],
    "interleaved calls without ids": [
        [PartStart(0, 0, "tool-call", name="look"), PartStart(0, 1, "tool-call", name="look")],
        [ArgumentsDelta(1, 0, '{"a":'), ArgumentsDelta(1, 1, "{}"), ArgumentsDelta(1, 0, "1}"), TextDelta(1, 2, "x")],
    ],
    "two calls that share an id": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, "1")],
        [PartStart(1, 1, "tool-call", id="c", name="count"), ArgumentsDelta(1, 1, "2"), ArgumentsDelta(1, 0, "3")],
    ],
    "a call whose id and name come late": [
        [PartStart(0, 0, "tool-call"), ArgumentsDelta(0, 0, "{")],
        [CallNamed(1, 0, name="look"), CallNamed(1, 0, id="late"), CallNamed(1, 0, id="late", name="look")],
        [ArgumentsDelta(2, 0, "}"), PartEnd(2, 0)],
    ],
    "arguments that are not JSON": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, '{"city": "Os')],
        [StreamTruncated(1)],
    ],
    "arguments that are no object": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, "[1, 2]"), ResponseEnded(0)],
    ],
    "arguments beyond Python's integers": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, "1" * 5000), ResponseEnded(0)],
    ],
    "arguments nested too deeply": [
        [PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, "[" * 100_000), ResponseEnded(0)],
    ],
    "a tool of the provider": [
        [PartStart(0, 0, "tool-call", id="s", name="search", server=True), ArgumentsDelta(0, 0, "{}")],
        [PartStart(1, 1, "tool-result", id="s", name="search", server=True)],
        [ResultDelta(2, 1, "found "), ResultDelta(2, 1, "it"), PartEnd(2, 1)],
        [PartStart(3, 2, "tool-result", id="s2", name="search", server=True), PartEnd(3, 2), TextDelta(3, 3, "so")],
    ],
    "two messages": [
        [PartStart(0, 0, "text", message=0), TextDelta(0, 0, "one"), PartEnd(0, 0)],
        [PartStart(1, 1, "text", message=1), TextDelta(1, 1, "two"), PartEnd(1, 1)],
        [PartStart(2, 2, "reasoning", message=1, redacted=True), PartEnd(2, 2)],
        [TextDelta(3, 0, ", still one")],
    ],
    "counts and model": [
        [ResponseInfo(0, "r"), ResponseInfo(0, model="model-that-answered"), UsageReported(0, Usage(3, 1))],
        [TextDelta(1, 0, "x"), Finished(1, "stop"), UsageReported(1, Usage(output=9, reasoning=0, cached=2))],
    ],
    "failure after text": [
        [TextDelta(0, 0, "so f")],
        [
            TextDelta(1, 0, "ar"),
            StreamFailed(1, Failure("Overloaded", "overloaded_error")),
            TextDelta(1, 0, "not seen"),
        ],
    ],
    "failure without a message": [[StreamFailed(0, Failure(""))]],
}


@pytest.mark.parametrize("steps", STREAMS.values(), ids=STREAMS)
def test_every_written_stream_gives_equal_phases(steps: Steps) -> None:
    """Framework and port agree on each stream that was written to be awkward."""
    expect_equal(steps)


def test_adjacent_blocks_stay_apart_in_the_real_framework() -> None:
    """Where the plug-in half sets `part_index`, the real framework keeps two signed blocks as two parts."""
    shown = expect_equal(STREAMS["adjacent reasoning, each signed"])
    parts = shown["messages"][0]["parts"]
    assert ["one", "two", "so"] == [part["text"] for part in parts]
    assert ["s1", "s2"] == [part["provider_metadata"]["anthropic"]["signature"] for part in parts[:2]]


def test_a_signature_without_text_is_lost_by_the_real_framework() -> None:
    """The release makes no part of reasoning that has neither text nor the redacted mark."""
    shown = expect_equal(STREAMS["empty reasoning with a signature"])
    assert [{"type": "text", "text": "x"}] == shown["messages"][0]["parts"]


def test_redacted_reasoning_is_moved_to_the_front_by_the_real_framework() -> None:
    """Redacted reasoning that came after the answer stands before it in the message."""
    shown = expect_equal(STREAMS["redacted late in the stream"])
    kinds = [part["type"] for part in shown["messages"][0]["parts"]]
    assert ["reasoning", "reasoning", "text", "reasoning"] == kinds


def test_a_failed_stream_has_no_messages() -> None:
    """Once iteration has raised, asking for messages raises the same again."""
    shown = expect_equal(STREAMS["failure after text"])
    assert {"raises": "APIError", "text": "Overloaded"} == shown["live"][-1] == shown["legacy"][-1] == shown["messages"]
    assert ["so f", "ar"] == shown["legacy"][:-1]


# -------------------------------------------------------------------------------------------------- generated streams

words = st.sampled_from(["", "a", "word ", "\n", "\u00e9", "\U0001f600", '{"a": 1}', '{"a":', "}"])
ids = st.sampled_from([None, "c1", "c2", ""])
part_numbers = st.integers(0, 3)
KINDS_OF_PARTS = ("text", "reasoning", "tool-call", "tool-result", "refusal")


@st.composite
def deltas(draw: st.DrawFn) -> Delta:
    """Any delta of any of a few parts; a part's kind depends on its number, since a decoder never changes that."""
    number = draw(st.integers(0, 7))
    kind = KINDS_OF_PARTS[number % 5]
    text = draw(words)
    common: list[st.SearchStrategy[Delta]] = [
        st.builds(
            PartStart,
            st.just(0),
            st.just(number),
            st.just(kind),
            message=st.integers(0, 1),
            id=ids,
            name=st.sampled_from([None, "look", "count"]),
            redacted=st.booleans() if kind == "reasoning" else st.just(False),
            server=st.booleans() if kind.startswith("tool") else st.just(False),
        ),
        st.just(PartEnd(0, number)),
    ]
    of_kind: dict[str, list[st.SearchStrategy[Delta]]] = {
        "text": [st.just(TextDelta(0, number, text))] * 3,
        "reasoning": [
            st.just(ReasoningDelta(0, number, text)),
            st.just(SignatureDelta(0, number, text)),
            st.just(OpaqueDelta(0, number, text)),
        ],
        "tool-call": [
            st.just(ArgumentsDelta(0, number, text)),
            st.builds(CallNamed, st.just(0), st.just(number), id=ids, name=st.sampled_from([None, "look"])),
        ],
        "tool-result": [st.just(ResultDelta(0, number, text))],
        "refusal": [st.just(RefusalDelta(0, number, text))],
    }
    rare: list[st.SearchStrategy[Delta]] = [
        st.builds(
            UsageReported,
            st.just(0),
            st.builds(Usage, *[st.none() | st.integers(0, 9)] * 4),
        ),
        st.builds(ResponseInfo, st.just(0), model=st.sampled_from([None, "m1", "m2"])),
    ]
    return draw(st.one_of(*common, *of_kind[kind] * 2, *rare))


@given(steps=st.lists(st.lists(deltas(), max_size=4), max_size=12), fails=st.booleans())
def test_generated_deltas_give_equal_phases(steps: list[list[Delta]], fails: bool) -> None:
    """Whatever deltas come, in whatever order, framework and port agree in every phase."""
    expect_equal([*steps, [StreamFailed(0, Failure("broken"))]] if fails else steps)


events = st.builds(
    StreamEvent,
    type=st.sampled_from(["text", "reasoning", "tool_call_name", "tool_call_args", "tool_result", "tool_call", "odd"]),
    chunk=words,
    part_index=st.none() | st.none() | part_numbers,
    tool_call_id=ids,
    server_executed=st.booleans(),
    tool_name=st.sampled_from([None, "", "look"]),
    redacted=st.booleans(),
    provider_metadata=st.sampled_from([None, {}, {"p": {"a": 1}}, {"p": {"b": 2}, "q": {}}, {"q": {"a": []}}]),
    message_index=st.integers(0, 2),
)
of_one_kind = st.sampled_from(["text", "reasoning", "tool_call_args", "tool_result"]).flatmap(
    lambda kind: st.lists(events.map(lambda event: dataclasses.replace(event, type=kind)), max_size=12)
)
unnumbered = st.lists(events.map(lambda event: dataclasses.replace(event, part_index=None)), max_size=16)


@given(produced=st.lists(events | words, max_size=16) | unnumbered | of_one_kind)
def test_generated_producer_events_give_equal_phases(produced: list[StreamEvent | str]) -> None:
    """Whatever a plug-in yields, families mixed and indices clashing included, framework and port agree."""

    def run(_: Any) -> list[StreamEvent | str]:
        return [one if isinstance(one, str) else dataclasses.replace(one) for one in produced]

    response = Response(run, [vocabulary.Message.from_dict(one) for one in DESIGN.history(REQUEST)], "model-under-test")
    live = drained(response.stream_events(), dataclasses.asdict)
    seen = {"live": live, "legacy": drained(Response(run))}
    adapter = DESIGN.start(REQUEST)
    for one in run(None):
        list(adapter.accept(one))
    port = rest_of_port(seen, adapter.message, adapter.stored, REQUEST, FOLLOW)
    if not isinstance(port["messages"], dict):
        port["text"] = response.text()
    assert real(run, DESIGN.history(REQUEST), FOLLOW) == port
    assert live == [dataclasses.asdict(event) for event in adapter.response.events]


# ------------------------------------------------------------------------------------------ the rest of the surface


def _broken_once() -> tuple[Callable[[Any], Iterator[Any]], list[int]]:
    """Makes a script that raises the first time and goes through the second time."""
    runs: list[int] = []

    def run(_: Any) -> Iterator[Any]:
        runs.append(len(runs))
        yield StreamEvent("text", "a")
        if len(runs) == 1:
            raise NativeRaise("APIError", "broken")
        yield StreamEvent("text", "b")

    return run, runs


def test_asking_after_a_raise_runs_the_model_again() -> None:
    """After a broken run, `messages()` runs `execute` anew and keeps the events of both runs, as the library does."""
    first, real_runs = _broken_once()
    second, port_runs = _broken_once()
    response = Scripted(first).prompt("x")
    port = Response(second)
    assert drained(response) == drained(port) == ["a", {"raises": "APIError", "text": "broken"}]
    expected = [{"role": "assistant", "parts": [{"type": "text", "text": "aab"}]}]
    assert expected == [message.to_dict() for message in response.messages()]
    assert expected == [message.to_dict() for message in port.messages()]
    assert [0, 1] == real_runs == port_runs


def test_both_views_replay_once_the_run_is_over() -> None:
    """Iterating again, as text or as events, gives the same without a second run, in both."""
    steps = STREAMS["adjacent reasoning, each signed"]
    model = Scripted(played(steps))
    response, port = model.prompt("x"), Response(played(steps))
    for one in (response, port):
        assert ["so"] == list(one) == list(one)
        assert [0, 0, 0, 1, 1, 2] == [event.part_index for event in one.stream_events()]
        assert "so" == one.text()
    assert 1 == model.runs


def test_a_reply_carries_results_errors_and_attachments_as_the_library_does() -> None:
    """Results of the caller reach the next prompt with their exception's text; attachments follow as the user's."""
    image = {"type": "image/png", "content": b"x"}
    result = {"name": "look", "output": "", "tool_call_id": "c1", "exception": KeyError("no")}
    steps = STREAMS["interleaved calls"]
    response = Scripted(played(steps)).prompt(messages=[llm.user("hi")])
    expected = response.reply(
        "next", tool_results=[llm.models.ToolResult(**result, attachments=[llm.Attachment(**image)])]
    ).prompt.messages
    port = Response(played(steps), [vocabulary.Message("user", [vocabulary.TextPart("hi")])])
    chain = port.reply(
        "next", tool_results=[vocabulary.ToolResult(**result, attachments=[vocabulary.Attachment(**image)])]
    )
    assert [message.to_dict() for message in expected] == [message.to_dict() for message in chain]


def test_the_user_folder_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prompting a scripted model writes nothing into llm's folder."""
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path))
    assert "a" == Scripted(lambda _: ["a"]).prompt("x").text()
    assert [] == list(tmp_path.iterdir())
