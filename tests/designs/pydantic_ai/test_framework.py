"""What the framework makes of what provider code does: events in their order, and the response."""

from __future__ import annotations

from typing import Any

import pytest

from tests.designs.pydantic_ai.streams import ASKED, SHAPED, STREAMS, native_of
from workbench.design import Native, NativeRaise
from workbench.designs.pydantic_ai import DESIGN
from workbench.designs.pydantic_ai.calls import Call
from workbench.designs.pydantic_ai.manager import ModelResponsePartsManager
from workbench.transcript import ReasoningDelta, Request, ResponseEnded, TextDelta


def short(native: Native) -> list[str]:
    """Events in a few letters: kind, index, and what they are about."""
    return [_short(event) for _, event in native.events]


def _short(event: dict[str, Any]) -> str:
    match event["event_kind"]:
        case "final_result":
            return f"final {event['tool_name']}"
        case "part_delta":
            delta = event["delta"]
            return f"{event['index']}+{delta.get('content_delta') or delta.get('args_delta') or ''}"
        case kind:
            part = event["part"]
            shown = part.get("content") if "content" in part else part["args"]
            return f"{event['index']} {kind.removeprefix('part_')} {part['part_kind']} {shown!r}"


EVENTS: dict[str, list[str]] = {
    "nothing": [],
    "text": ["0 start text 'a'", "final None", "0+b", "0 end text 'ab'"],
    "adjacent reasoning, each signed": [
        "0 start thinking ''",
        "0+one",
        "0+",
        "0+",
        "0 end thinking 'one'",
        "1 start thinking ''",
        "1+",
        "1 end thinking ''",
        "2 start thinking ''",
        "2 end thinking ''",
        "3 start text 'so'",
        "final None",
        "3 end text 'so'",
    ],
    "interleaved calls": [
        "0 start tool-call None",
        "0 end tool-call None",
        "1 start tool-call None",
        '0+{"a":',
        "1+{}",
        "0+ 1}",
        "1 end tool-call '{}'",
    ],
    "a call whose id and name come late": [
        "1 start text 'x'",
        "final None",
        "1 end text 'x'",
        "0 start tool-call '{\"a\"'",
        "0+",
        "0+: 1}",
        "0 end tool-call '{\"a\": 1}'",
    ],
    "a tool of the provider": [
        "0 start builtin-tool-call None",
        '0+{"q": 1}',
        "0 end builtin-tool-call '{\"q\": 1}'",
        "1 start builtin-tool-return [{'type': 'x'}]",
        '1 start builtin-tool-return \'[{"type": "x"}]more\'',
        "2 start builtin-tool-return ''",
        "3 start text 'so'",
        "final None",
        "3 end text 'so'",
    ],
    "failure after text": ["0 start text 'so f'", "final None", "0+ar"],
}


@pytest.mark.parametrize(("name", "expected"), EVENTS.items(), ids=EVENTS)
def test_events_of_written_streams(name: str, expected: list[str]) -> None:
    """Parts start, grow and end in this order."""
    assert expected == short(native_of(STREAMS[name]))


def test_a_part_without_a_name_makes_the_index_miss() -> None:
    """An end is looked up among the parts that have a name, as in the library: that raises, or ends another part."""
    raised = native_of(STREAMS["a call that never gets a name"]).raised
    assert raised is not None
    assert ("IndexError", "list index out of range") == (raised.type, raised.message)
    twice = short(native_of(STREAMS["a call that never gets a name, and two texts"]))
    assert ["1 start text 'x'", "final None", "1 end text 'y'", "2 start text 'y'"] == twice


def test_kinds_of_neighbours_are_told() -> None:
    """A start tells what was before, an end what is next."""
    events = [event for _, event in native_of(STREAMS["a tool of the provider"]).events]
    before = [one["previous_part_kind"] for one in events if one["event_kind"] == "part_start"]
    after = [one["next_part_kind"] for one in events if one["event_kind"] == "part_end"]
    assert [None, "builtin-tool-call", *["builtin-tool-return"] * 3] == before
    assert ["builtin-tool-return", None] == after


def test_a_call_of_an_output_tool_is_the_result() -> None:
    """It is announced once, at the first start that could be the result; a call of any other tool is not."""
    shaped = short(native_of(STREAMS["a call of the result's tool"], SHAPED))
    plain = short(native_of(STREAMS["a call of the result's tool"]))
    assert ["final Report"] == [one for one in shaped if one.startswith("final")]
    assert ["final None"] == [one for one in plain if one.startswith("final")]


def test_ids_are_made_up_in_order() -> None:
    """Calls without an id get one each, whoever runs them; deltas repeat it."""
    native = native_of(STREAMS["calls without ids"])
    ids = [part["tool_call_id"] for part in native.message["parts"]]
    assert [f"pyd_ai_{number:032x}" for number in (1, 2, 3, 4)] == ids
    assert {ids[0]} == {e["delta"]["tool_call_id"] for _, e in native.events if "delta" in e and e["index"] == 0}


def test_a_late_id_takes_the_place_of_the_made_up_one() -> None:
    """The message has the late one."""
    call = native_of(STREAMS["a call whose id and name come late"]).message["parts"][0]
    assert ("look", '{"a": 1}', "late") == (call["tool_name"], call["args"], call["tool_call_id"])


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("text", "complete", None),
        ("counts and model", "complete", "length"),
        ("interleaved calls", "complete", "tool_call"),
        ("a pause", "suspended", None),
        ("a refusal", "complete", "content_filter"),
        ("cut in arguments", "incomplete", None),
        ("failure after text", "incomplete", None),
    ],
)
def test_how_a_response_ended(name: str, state: str, reason: str | None) -> None:
    """State and reason tell the ends apart; a cut and a failure are alike."""
    message = native_of(STREAMS[name]).message
    assert (state, reason) == (message["state"], message["finish_reason"])


def test_a_failure_reaches_the_program_and_keeps_what_came() -> None:
    """The exception has the provider's words; text and counts are in the message."""
    native = native_of(STREAMS["failure after text"])
    assert native.raised is not None
    assert ("ModelOverloadedError", "Overloaded", 1) == (native.raised.type, native.raised.message, native.raised.frame)
    assert ("so far", 3) == (native.message["parts"][0]["content"], native.message["usage"]["input_tokens"])


def test_counts_of_a_response() -> None:
    """Later counts replace earlier ones field by field; where none came, the response is not measured."""
    usage = native_of(STREAMS["counts and model"]).message["usage"]
    assert (3, 9, 2, 0) == tuple(
        usage[name] for name in ("input_tokens", "output_tokens", "cache_read_tokens", "output_reasoning_tokens")
    )
    assert {"reasoning_tokens": 0} == usage["details"]
    assert 1 == native_of(STREAMS["text"]).message["usage"]["unmeasured_requests"]


def test_the_provider_is_told_once() -> None:
    """A part of reasoning says at its start who made it; deltas say it where it is news."""
    told = []
    for _, event in native_of(STREAMS["adjacent reasoning, each signed"]).events[:5]:
        told.append((event.get("part") or event["delta"])["provider_name"])
    assert ["provider-under-test", None, None, None, "provider-under-test"] == told
    manager = ModelResponsePartsManager()
    manager.handle_thinking_delta(vendor_part_id=0, content="a")
    (late,) = manager.handle_thinking_delta(vendor_part_id=0, content="b", provider_name="p")
    assert "p" == DESIGN.event_json(late)["delta"]["provider_name"]
    (part,) = manager.get_parts()
    assert "p" == part.provider_name


def test_the_model_that_answered_is_told() -> None:
    """Until the provider names it, it is the one that was asked."""
    assert "model-that-answered" == native_of(STREAMS["counts and model"]).message["model_name"]
    assert ASKED.model == native_of(STREAMS["text"]).message["model_name"]


def test_events_that_were_handed_out_do_not_change() -> None:
    """A start that was kept while the part grew still shows what it showed."""
    adapter = DESIGN.start(ASKED)
    kept: list[tuple[object, object]] = []
    for step in STREAMS["adjacent reasoning, each signed"]:
        kept += [(event, DESIGN.event_json(event)) for event in adapter.receive(step)]
    assert [shown for _, shown in kept] == [DESIGN.event_json(event) for event, _ in kept]


def test_work_is_linear_in_the_pieces() -> None:
    """A part of many pieces is joined when it ends, and not with every piece."""
    joined = 0

    class Counting(ModelResponsePartsManager):
        def _whole(self, index: int) -> Any:
            nonlocal joined
            joined += 1
            return super()._whole(index)

    adapter = DESIGN.start(ASKED)
    adapter.response._manager = Counting()
    for frame in range(500):
        list(adapter.receive([ReasoningDelta(frame, 0, "a"), TextDelta(frame, 1, "b")]))
    list(adapter.receive([ResponseEnded(500)]))
    assert ["a" * 500, "b" * 500] == [part["content"] for part in adapter.message()["parts"]]
    assert joined < 10


def test_provider_code_that_contradicts_itself_raises() -> None:
    """One vendor id cannot be two kinds of part, and reasoning cannot begin with nothing."""
    manager = ModelResponsePartsManager()
    manager.handle_text_delta(vendor_part_id=0, content="a")
    manager.handle_thinking_delta(vendor_part_id=1, content="a")
    attempts: list[Any] = [
        lambda: manager.handle_thinking_delta(vendor_part_id=0, content="a"),
        lambda: manager.handle_tool_call_delta(vendor_part_id=0, args="a"),
        lambda: manager.handle_text_delta(vendor_part_id=1, content="a"),
        lambda: manager.handle_thinking_delta(vendor_part_id=2),
    ]
    for attempt in attempts:
        with pytest.raises(NativeRaise) as raised:
            attempt()
        assert "UnexpectedModelBehavior" == raised.value.type


def test_reasoning_that_says_nothing_is_nothing() -> None:
    """A call with neither content, signature nor provider makes no event."""
    manager = ModelResponsePartsManager()
    manager.handle_thinking_delta(vendor_part_id=0, content="a")
    assert [] == manager.handle_thinking_delta(vendor_part_id=0)


def test_an_adapter_takes_only_what_provider_code_does() -> None:
    """A thing of another class is a fault of ours, and no exception of the library's."""
    with pytest.raises(TypeError, match="str"):
        DESIGN.start(ASKED).accept("text")


def test_a_class_of_answer_without_a_title() -> None:
    """Its tool has the library's own name for it."""
    adapter = DESIGN.start(Request(ASKED.messages, response_schema={"type": "object"}))
    call = Call("handle_tool_call_delta", {"vendor_part_id": 0, "tool_name": "final_result"})
    assert ["part_start", "final_result"] == [DESIGN.event_json(event)["event_kind"] for event in adapter.accept(call)]
