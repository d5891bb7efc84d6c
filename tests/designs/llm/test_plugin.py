"""What the plug-in half makes of deltas, and what the framework half makes of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from workbench.design import NativeRaise
from workbench.designs.llm import DESIGN
from workbench.designs.llm.adapter import LlmAdapter
from workbench.designs.llm.vocabulary import Message, ReasoningPart, StreamEvent, TextPart
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
)


def produced(*step: Delta) -> list[StreamEvent]:
    """Lists what the plug-in half yields for one frame."""
    return list(LlmAdapter().produce(step))


def indices(*step: Delta) -> list[int | None]:
    """Lists the part numbers that the plug-in half sets."""
    return [event.part_index for event in produced(*step)]


def parts(*step: Delta) -> list[Any]:
    """Lists the parts that come of one frame, in one message."""
    adapter = LlmAdapter()
    list(adapter.receive(step))
    (message,) = adapter.message()["messages"]
    return list(message["parts"])


ORDINARY: Sequence[Delta] = (
    PartStart(0, 0, "reasoning"),
    ReasoningDelta(0, 0, "hm"),
    SignatureDelta(0, 0, "s"),
    TextDelta(0, 1, "I ask"),
    PartStart(0, 2, "tool-call", id="c1", name="look"),
    PartStart(0, 3, "tool-call", id="c2", name="look"),
    ArgumentsDelta(0, 2, "{}"),
    ArgumentsDelta(0, 3, "{}"),
    TextDelta(0, 4, "so"),
)


def test_an_ordinary_stream_leaves_part_numbers_to_the_framework() -> None:
    """Reasoning, text, parallel calls with ids and text again: no event names its part."""
    assert [None] * 8 == indices(*ORDINARY)


def test_the_framework_numbers_them_in_the_order_of_their_begin() -> None:
    """Pieces of parallel calls go to the call that their id names."""
    assert [0, 0, 1, 2, 3, 2, 3, 4] == [event.part_index for event in LlmAdapter().receive(ORDINARY)]


@pytest.mark.parametrize(
    ("expected", "step"),
    [
        ([None, 1, None], [TextDelta(0, 0, "a"), TextDelta(0, 1, "b"), TextDelta(0, 1, "c")]),
        ([None, None, 0], [TextDelta(0, 0, "a"), ReasoningDelta(0, 1, "b"), TextDelta(0, 0, "c")]),
        ([None, None, 0], [PartStart(0, 0, "tool-call"), PartStart(0, 1, "tool-call"), ArgumentsDelta(0, 0, "1")]),
        ([None, 0, None], [PartStart(0, 0, "tool-call"), CallNamed(0, 0, id="c"), ArgumentsDelta(0, 0, "1")]),
        ([None, 0], [ResultDelta(0, 0, "a"), ResultDelta(0, 0, "b")]),
    ],
    ids=["adjacent text", "text goes on", "calls without ids", "late id", "result in pieces"],
)
def test_a_part_number_is_set_where_the_grouping_would_go_wrong(expected: list[int | None], step: list[Delta]) -> None:
    """Where the framework would merge or split, the event names its part, and only there."""
    assert expected == indices(*step)


def test_every_signature_event_repeats_what_came_before() -> None:
    """Pieces of a signature add up, since the last event wins when the framework merges."""
    shown = [event.provider_metadata for event in produced(SignatureDelta(0, 0, "ab"), SignatureDelta(0, 0, "cd"))]
    assert [{"anthropic": {"signature": "ab"}}, {"anthropic": {"signature": "abcd"}}] == shown


def test_events_that_were_handed_out_do_not_change() -> None:
    """A later piece of metadata leaves the earlier event as it was."""
    first, _ = produced(SignatureDelta(0, 0, "ab"), SignatureDelta(0, 0, "cd"))
    assert {"anthropic": {"signature": "ab"}} == first.provider_metadata


def test_redacted_reasoning_is_one_event_with_mark_and_data() -> None:
    """A block that comes whole is told in one event, under the documented keys."""
    (event,) = produced(PartStart(0, 0, "reasoning", redacted=True), OpaqueDelta(0, 0, "blob"), PartEnd(0, 0))
    expected = StreamEvent(
        "reasoning",
        "",
        redacted=True,
        provider_metadata={"anthropic": {"type": "redacted_thinking", "data": "blob"}},
    )
    assert expected == event


def test_data_of_reasoning_that_can_be_read_is_encrypted_content() -> None:
    """Opaque data beside readable reasoning stands under OpenAI's documented key."""
    event = produced(ReasoningDelta(0, 0, "sum"), OpaqueDelta(0, 0, "blob"))[-1]
    assert ({"openai": {"encrypted_content": "blob"}}, False) == (event.provider_metadata, event.redacted)


def test_what_the_design_has_no_event_for_makes_none() -> None:
    """Refusals, empty pieces, starts and ends of text are not told."""
    silent = [PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "no"), PartEnd(0, 0), TextDelta(0, 1, ""), PartEnd(0, 1)]
    assert [] == produced(*silent)


def test_a_late_name_is_one_more_name_event() -> None:
    """The pieces of the name add up, and a name that is repeated is not told twice."""
    step = [PartStart(0, 0, "tool-call", id="c"), CallNamed(0, 0, name="look"), CallNamed(0, 0, id="c", name="look")]
    assert ["", "look"] == [event.chunk for event in produced(*step)]


def test_a_result_without_output_is_told_at_its_end() -> None:
    """An empty tool result makes one event, so that its part exists."""
    (event,) = produced(PartStart(0, 0, "tool-result", id="s", name="search", server=True), PartEnd(0, 0))
    assert StreamEvent("tool_result", "", None, "s", server_executed=True, tool_name="search") == event


def test_counts_reach_the_message_by_call() -> None:
    """Later counts replace earlier ones field by field; details hold the two documented keys."""
    adapter = LlmAdapter()
    for usage in (Usage(3, 1), Usage(output=9, reasoning=0, cached=2)):
        assert [] == list(adapter.receive([UsageReported(0, usage)]))
    expected = {"input": 3, "output": 9, "details": {"cached": 2, "reasoning_tokens": 0}}
    assert expected == adapter.message()["usage"] == adapter.stored()["usage"]


def test_a_failure_raises_after_the_events_of_its_frame() -> None:
    """What the frame held before the error comes out first, through either way."""
    step = [TextDelta(0, 0, "so far"), StreamFailed(0, Failure("Overloaded", "overloaded_error"))]
    for way in (LlmAdapter().produce, LlmAdapter().receive):
        seen = []
        with pytest.raises(NativeRaise, match="Overloaded") as caught:
            seen.extend(event.chunk for event in way(step))
        assert (["so far"], "APIError") == (seen, caught.value.type)


def test_after_a_failure_there_is_no_message() -> None:
    """Asking for the message or the stored form raises again."""
    adapter = LlmAdapter()
    with pytest.raises(NativeRaise):
        list(adapter.receive([TextDelta(0, 0, "x"), StreamFailed(0, Failure("broken"))]))
    for ask in (adapter.message, adapter.stored):
        with pytest.raises(NativeRaise, match="broken"):
            ask()


def test_mixed_families_under_one_index_raise_from_the_message() -> None:
    """A plug-in that puts text and reasoning into one part gets a ValueError when the message is asked for."""
    adapter = LlmAdapter()
    list(adapter.accept(StreamEvent("text", "a", part_index=0)))
    list(adapter.accept(StreamEvent("reasoning", "b", part_index=0)))
    with pytest.raises(NativeRaise) as caught:
        adapter.message()
    assert "ValueError" == caught.value.type


def test_only_events_and_text_are_accepted() -> None:
    """Anything else that a plug-in might yield is a fault of the caller."""
    with pytest.raises(TypeError, match="not int"):
        LlmAdapter().accept(1)


def test_plain_text_of_an_older_plugin_becomes_a_text_event() -> None:
    """The framework wraps a bare string."""
    assert (StreamEvent("text", "a", 0),) == LlmAdapter().accept("a")


def test_arguments_that_are_not_json_are_kept_under_raw() -> None:
    """Argument text that cannot be parsed survives as a value."""
    (part,) = parts(PartStart(0, 0, "tool-call", id="c", name="look"), ArgumentsDelta(0, 0, '{"a'))
    assert {"_raw": '{"a'} == part["arguments"]


def test_a_signature_alone_makes_no_part() -> None:
    """The release drops reasoning that has neither text nor the redacted mark."""
    assert [{"type": "text", "text": "x"}] == parts(SignatureDelta(0, 0, "s"), TextDelta(0, 1, "x"))


def test_redacted_reasoning_stands_first_in_its_message() -> None:
    """The framework moves it before what came earlier."""
    shown = parts(TextDelta(0, 0, "x"), PartStart(0, 1, "reasoning", redacted=True))
    assert ["reasoning", "text"] == [part["type"] for part in shown]


def test_messages_are_split_by_message_index() -> None:
    """Parts of two messages make two messages, each of the assistant."""
    adapter = LlmAdapter()
    list(adapter.receive([TextDelta(0, 0, "a"), PartStart(0, 1, "text", message=1), TextDelta(0, 1, "b")]))
    expected = [{"role": "assistant", "parts": [{"type": "text", "text": text}]} for text in "ab"]
    assert expected == adapter.message()["messages"]


def test_the_prompt_is_stored_beside_the_answer() -> None:
    """The stored form holds model, prompt and messages, and neither id nor time."""
    adapter = LlmAdapter([Message("user", [TextPart("hi")])], "m")
    list(adapter.receive([TextDelta(0, 0, "x")]))
    expected = {
        "model": "m",
        "prompt": {"messages": [{"role": "user", "parts": [{"type": "text", "text": "hi"}]}]},
        "messages": [{"role": "assistant", "parts": [{"type": "text", "text": "x"}]}],
    }
    assert expected == adapter.stored()


def test_what_is_stored_is_restored() -> None:
    """Metadata, marks and usage come back; the model that answered does not, since it is not stored."""
    adapter = LlmAdapter([], "m")
    signed = [ReasoningDelta(0, 0, "hm"), SignatureDelta(0, 0, "s"), UsageReported(0, Usage(1, 2))]
    list(adapter.receive(signed))
    adapter.response.set_resolved_model("m-2")
    message = adapter.message()
    assert "m-2" == message.pop("resolved_model")
    assert message == DESIGN.restore(adapter.stored(), Request(()))
    assert (
        ReasoningPart("hm", provider_metadata={"anthropic": {"signature": "s"}}).to_dict()
        == (message["messages"][0]["parts"][0])
    )
