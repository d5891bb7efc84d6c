"""What the reader sees in native JSON, whoever made it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import UNSET

from tests.designs.pydantic_ai.streams import ASKED, FOLLOW, STREAMS, native_of
from workbench.design import Native
from workbench.designs.pydantic_ai import DESIGN
from workbench.designs.pydantic_ai.vocabulary import (
    ModelMessagesTypeAdapter,
    ModelResponse,
    NativeToolReturnPart,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    RequestUsage,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from workbench.transcript import (
    Message,
    Phase,
    Raised,
    ReasoningPart,
    RefusalPart,
    Request,
    Seen,
    ToolResultPart,
    Usage,
    see,
)
from workbench.transcript import (
    ToolCallPart as NeutralCall,
)

PHASES: tuple[Phase, ...] = ("live", "final", "stored", "resumed")


def seen(phase: Phase, native: Native) -> Seen:
    """Reads one phase."""
    raised = native.raised if phase == "live" else None
    return see(DESIGN.observe(phase, native), raised=raised)


def live(*events: Any, raised: Raised | None = None) -> Seen:
    """Reads events that came frame by frame."""
    framed = tuple((frame, DESIGN.event_json(event)) for frame, event in enumerate(events))
    return seen("live", Native(events=framed, raised=raised, last_frame=len(events)))


def final(response: ModelResponse) -> Seen:
    """Reads a response."""
    message = ModelMessagesTypeAdapter.dump_python([response], mode="json")[0]
    return seen("final", Native(message=message, last_frame=3))


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_tells_the_parts(phase: Phase) -> None:
    """Kinds, texts and opaque things of reasoning and text are seen in each phase."""
    native = native_of(STREAMS["adjacent reasoning, each signed"])
    expected = [
        ("reasoning", "one", "s1", False, None),
        ("reasoning", "", "s2", False, None),
        ("reasoning", "", None, True, "blob"),
        ("text", "so", None, False, None),
    ]
    parts = seen(phase, native).parts
    assert expected == [(one.kind, one.text, one.signature, one.redacted, one.data) for one in parts]


@pytest.mark.parametrize("phase", ["live", "final", "stored"])
def test_every_phase_tells_the_provider_s_tools(phase: Phase) -> None:
    """Calls and results of the provider's tools are marked as such, with ids and output."""
    native = native_of(STREAMS["a tool of the provider"])
    expected = [
        ("tool-call", "search", "s", '{"q": 1}', True),
        ("tool-result", "search", "s", '[{"type": "x"}]more', True),
        ("tool-result", "search", "s2", "", True),
        ("text", None, None, "so", False),
    ]
    assert expected == [(one.kind, one.name, one.id, one.text, one.server) for one in seen(phase, native).parts]


def test_a_result_that_is_a_structure_is_told_as_compact_json() -> None:
    """The value is written the way in which the wire had it."""
    started = live(PartStartEvent(index=0, part=NativeToolReturnPart("search", [{"a": "ü"}], "s")))
    assert ['[{"a":"ü"}]'] == [one.text for one in started.parts]


def test_ends_are_stated_where_the_library_states_them() -> None:
    """Results have no end of their own: it shows when the next part begins."""
    parts = seen("live", native_of(STREAMS["a tool of the provider"])).parts
    assert [(1, True), (3, False), (3, False), (4, True)] == [(one.ended, one.end_stated) for one in parts]


def test_an_end_is_taken_as_it_is_told() -> None:
    """The first of two calls that take turns is told to have ended before its arguments came."""
    first, second = seen("live", native_of(STREAMS["interleaved calls"])).parts
    assert (0, '{"a": 1}') == (first.ended, first.text)
    assert (3, "{}") == (second.ended, second.text)


def test_iteration_that_stops_is_an_end_and_an_exception_is_a_failure() -> None:
    """Only what says that the provider failed is a failure of the stream."""
    assert (
        2 == live(PartStartEvent(index=0, part=TextPart("a")), PartDeltaEvent(index=0, delta=TextPartDelta("b"))).ended
    )
    failed = live(raised=Raised("ModelOverloadedError", "busy", 4))
    assert (4, "busy", None) == (failed.failed, failed.failure and failed.failure.message, failed.ended)
    broken = live(raised=Raised("AttributeError", "'NoneType' object has no attribute", 4))
    assert (None, None) == (broken.failed, broken.ended)


def test_a_second_start_shows_the_part_anew() -> None:
    """The library says that it takes the place of the first; there is still one part."""
    first = PartStartEvent(index=0, part=NativeToolReturnPart("search", "a", "s"))
    (part,) = live(first, PartStartEvent(index=0, part=NativeToolReturnPart("search", "ab", "s"))).parts
    assert ("ab", 0) == (part.text, part.revisions)


def test_a_signature_takes_the_place_of_another() -> None:
    """One that goes on from the other is growth; any other is shown as a state."""
    start = PartStartEvent(index=0, part=ThinkingPart("hm", signature="s"))
    grown = live(start, PartDeltaEvent(index=0, delta=ThinkingPartDelta(signature_delta="s1")))
    other = live(start, PartDeltaEvent(index=0, delta=ThinkingPartDelta(signature_delta="t")))
    assert ["s1", "t"] == [one.parts[0].signature for one in (grown, other)]
    assert ["hm", "hm"] == [one.parts[0].text for one in (grown, other)]


def test_names_of_fields_are_no_ids() -> None:
    """Reasoning out of chat completions bears the field's name; another id is one."""
    parts = [ThinkingPart("a", id=identity) for identity in ("reasoning", "reasoning_content", "content", "r1")]
    assert [None, None, None, "r1"] == [one.id for one in final(ModelResponse(parts)).parts]
    assert "r1" == live(PartStartEvent(index=0, part=parts[-1])).parts[0].id


def test_a_call_s_name_and_id_may_grow() -> None:
    """Pieces of a name join, and a late id is told."""
    (part,) = live(
        PartStartEvent(index=0, part=ToolCallPart("loo", None, "made-up")),
        PartDeltaEvent(index=0, delta=ToolCallPartDelta(tool_name_delta="k", tool_call_id="late")),
    ).parts
    assert ("look", "late", 1) == (part.name, part.id, part.started + 1)


def test_arguments_that_are_a_value_are_told_as_one() -> None:
    """An SDK may give the arguments whole and parsed."""
    (part,) = live(PartStartEvent(index=0, part=ToolCallPart("look", {"a": 1}, "c"))).parts
    assert {"a": 1} == part.value
    assert {"a": 1} == final(ModelResponse([ToolCallPart("look", {"a": 1}, "c")])).parts[0].value
    assert final(ModelResponse([ToolCallPart("look", "{}", "c")])).parts[0].value is UNSET


def test_unknown_events_and_parts_are_passed_over() -> None:
    """A part of a kind that is not here, and what grows or ends it, makes nothing."""
    odd = {"event_kind": "part_start", "index": 0, "part": {"part_kind": "file"}}
    delta = DESIGN.event_json(PartDeltaEvent(index=0, delta=TextPartDelta("x")))
    end = DESIGN.event_json(PartEndEvent(index=0, part=TextPart("x")))
    native = Native(events=((0, odd), (1, delta), (2, end), (3, {"event_kind": "custom"})), last_frame=3)
    assert () == seen("live", native).parts
    message = {**native_of(STREAMS["text"]).message, "parts": [{"part_kind": "file"}]}
    assert () == seen("final", Native(message=message)).parts


@pytest.mark.parametrize(
    ("name", "finish", "raw"),
    [
        ("counts and model", "length", None),
        ("interleaved calls", "tool-calls", "tool_calls"),
        ("a pause", "pause", "pause_turn"),
        ("a refusal", "refusal", None),
        ("text", None, None),
    ],
)
@pytest.mark.parametrize("phase", ["final", "stored", "resumed"])
def test_the_reason_is_told(phase: Phase, name: str, finish: str | None, raw: str | None) -> None:
    """In neutral words, and as sent where that was kept."""
    told = seen(phase, native_of(STREAMS[name]))
    assert (finish, raw) == (told.finish, told.finish_raw)


def test_a_filter_is_no_refusal() -> None:
    """Without the model's own words, or the provider's word for it, content was filtered."""
    assert "content-filter" == final(ModelResponse([], finish_reason="content_filter")).finish
    raw = ModelResponse([], finish_reason="content_filter", provider_details={"finish_reason": "refusal"})
    assert "refusal" == final(raw).finish


def test_a_refusal_is_a_part() -> None:
    """Its text stands among what was said of the response."""
    told = seen("final", native_of(STREAMS["a refusal"]))
    assert [("refusal", "I won't")] == [(one.kind, one.text) for one in told.parts]
    assert () == seen("live", native_of(STREAMS["a refusal"])).parts


@pytest.mark.parametrize(
    ("name", "ended", "truncated"),
    [
        ("text", True, False),
        ("a pause", True, False),
        ("cut in arguments", False, True),
        ("failure after text", False, True),
    ],
)
def test_the_state_tells_the_end(name: str, ended: bool, truncated: bool) -> None:
    """What was broken off is not complete; a pause is an end."""
    told = seen("final", native_of(STREAMS[name]))
    assert (ended, truncated) == (told.ended is not None, told.truncated is not None)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (RequestUsage(3, output_tokens=9), Usage(3, 9)),
        (RequestUsage(3, output_tokens=9, details={"reasoning_tokens": 0}), Usage(3, 9, 0)),
        (RequestUsage(3, cache_read_tokens=2, output_tokens=9, output_reasoning_tokens=4), Usage(3, 9, 4, 2)),
        (
            RequestUsage(3, output_tokens=9, details={"thinking_tokens": 0, "cache_read_input_tokens": 0}),
            Usage(3, 9, 0, 0),
        ),
        (RequestUsage(unmeasured_requests=1), None),
    ],
    ids=["totals", "zero that was told", "all", "zeros that Anthropic told", "not measured"],
)
def test_counts_are_told(usage: RequestUsage, expected: Usage | None) -> None:
    """A zero that nobody told is no count, and neither is any of a response that was not measured."""
    assert expected == final(ModelResponse([], usage=usage)).usage


def test_id_and_model_are_told() -> None:
    """Both, in each phase after the stream."""
    native = native_of(STREAMS["counts and model"])
    for phase in PHASES[1:]:
        told = seen(phase, native)
        assert ("r", "model-that-answered") == (told.response_id, told.model)


def test_the_next_request_goes_on_from_what_was_stored() -> None:
    """History, response, results for the calls that the program has to run, and what the user says next."""
    request = native_of(STREAMS["interleaved calls"]).request
    assert ["request", "response", "request"] == [one["kind"] for one in request]
    shown = [(part["part_kind"], part["content"]) for part in request[2]["parts"]]
    assert [("tool-return", "it is cold"), ("tool-return", "3"), ("user-prompt", "Go on.")] == shown
    told = seen("resumed", native_of(STREAMS["interleaved calls"]))
    assert [("tool-call", "c1"), ("tool-call", "c2"), ("tool-result", "c1"), ("tool-result", "c2")] == [
        (one.kind, one.id) for one in told.parts
    ]


def test_calls_without_a_result_stay_open() -> None:
    """A call of a tool that the caller does not know, or that the provider ran, gets no result."""
    native = native_of(STREAMS["a tool of the provider"])
    assert ["user-prompt"] == [part["part_kind"] for part in native.request[-1]["parts"]]


def test_a_history_is_written_in_the_library_s_words() -> None:
    """Neutral messages become requests and responses by turns; what has no part is left out."""
    said = (
        ReasoningPart("hm", signature="s"),
        ReasoningPart(redacted=True, data="blob"),
        RefusalPart("no"),
        NeutralCall("n", "search", "", server=True),
        ToolResultPart("n", "search", "found", server=True),
        NeutralCall(None, "look", "{}"),
    )
    messages = (*ASKED.messages, Message("assistant", said), Message("tool", (ToolResultPart(None, "look", "cold"),)))
    history = json.loads(json.dumps(DESIGN.history(Request((*messages, Message("assistant", (RefusalPart("no"),)))))))
    kinds = [[part["part_kind"] for part in one["parts"]] for one in history]
    assert [
        ["system-prompt", "user-prompt"],
        ["thinking", "thinking", "builtin-tool-call", "builtin-tool-return", "tool-call"],
        ["tool-return"],
    ] == kinds
    told = seen("resumed", Native(request=history))
    assert ["s", None] == [one.signature for one in told.of("reasoning")]
    assert ["blob"] == [one.data for one in told.of("reasoning") if one.redacted]


def test_a_longer_stored_form_has_the_response_too() -> None:
    """A program may store the whole conversation; the response is the last one in it."""
    native = native_of(STREAMS["text"])
    whole = [*DESIGN.history(ASKED), *native.stored]
    assert native.message == DESIGN.restore(whole, ASKED)
    assert 3 == len(DESIGN.resume([], whole, FOLLOW))


def test_nothing_is_seen_in_what_was_not_reached() -> None:
    """Phases that a subject did not reach are empty."""
    assert [()] * 4 == [seen(phase, Native()).parts for phase in PHASES]
    assert () == tuple(DESIGN.observe("legacy", Native()))
