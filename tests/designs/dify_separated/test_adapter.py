"""The adapter of `dify-separated`: chunks in, a node's events and result out."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.design import NativeRaise
from workbench.designs.dify_separated import DESIGN
from workbench.designs.dify_tagged.vocabulary import LLMResultChunk, LLMResultChunkDelta
from workbench.families.dify.conversation import tool_call
from workbench.families.dify.messages import AssistantPromptMessage, TextPromptMessageContent
from workbench.families.dify.results import LLMUsage
from workbench.transcript import Request

TEXT, REASONING = "NodeRunStreamChunkEvent", "NodeRunReasoningChunkEvent"
STARTED, SUCCEEDED, FAILED = "NodeRunStartedEvent", "NodeRunSucceededEvent", "NodeRunFailedEvent"


def chunk(content: Any = "", **more: Any) -> LLMResultChunk:
    """A chunk as the design below makes it."""
    message = AssistantPromptMessage(content=content, tool_calls=more.pop("calls", []))
    return LLMResultChunk(model="m", delta=LLMResultChunkDelta(index=0, message=message, **more))


def run(*chunks: LLMResultChunk) -> tuple[list[Any], Any]:
    """All events as JSON, and the adapter."""
    adapter = DESIGN.start(Request(messages=(), model="asked-for"))
    events = [*adapter.receive(chunks), *adapter.finish()]  # type: ignore[arg-type]
    return [DESIGN.event_json(event) for event in events], adapter


def said(events: list[Any]) -> list[tuple[str, str, bool]]:
    """Class, piece, and whether it is the last, of each event that has a piece."""
    return [(one["event"], one["chunk"], one["is_final"]) for one in events if "chunk" in one]


def test_pieces_go_to_their_channel() -> None:
    """Reasoning and answer are events of two classes with two selectors; each channel is ended once."""
    events, _ = run(chunk("<think>\nHm"), chunk("m\n</think>Ye"), chunk("s"))
    assert [
        (REASONING, "\nHm", False),
        (REASONING, "m\n", False),
        (TEXT, "Ye", False),
        (TEXT, "s", False),
        (REASONING, "", True),
        (TEXT, "", True),
    ] == said(events)
    assert {(TEXT, "text"), (REASONING, "reasoning_content")} == {
        (one["event"], one["selector"][1]) for one in events if "selector" in one
    }
    assert (STARTED, SUCCEEDED) == (events[0]["event"], events[-1]["event"])


def test_without_reasoning_its_channel_stays_silent() -> None:
    """A run that streamed no reasoning has no event of it, not even a last one."""
    assert [(TEXT, "Yes", False), (TEXT, "", True)] == said(run(chunk("Yes"))[0])


def test_what_was_held_back_comes_at_the_end() -> None:
    """A begun tag of which nothing comes is text, and in an open block it is the last reasoning."""
    assert [(TEXT, "a ", False), (TEXT, "<thi", False), (TEXT, "", True)] == said(run(chunk("a <thi"))[0])
    assert [(REASONING, "a ", False), (REASONING, "</th", True), (TEXT, "", True)] == said(
        run(chunk("<think>a </th"))[0]
    )


def test_result_has_text_reasoning_usage_and_reason() -> None:
    """The result trims what the stream did not; counts are those of the chunk, written again and again."""
    _, adapter = run(
        chunk("<think>\nHm\n</think>\n\nYes \n"), chunk(usage=LLMUsage.unpriced(7, 9), finish_reason="stop")
    )
    result = adapter.message()
    assert ("Yes", "Hm", "stop") == tuple(
        result["outputs"][key] for key in ("text", "reasoning_content", "finish_reason")
    )
    assert ("succeeded", "asked-for") == (result["status"], result["inputs"]["model_name"])
    counts = (result["outputs"]["usage"], result["process_data"]["usage"], result["llm_usage"])
    assert [(7, 9, 16)] * 3 == [
        tuple(one[f"{kind}_tokens"] for kind in ("prompt", "completion", "total")) for one in counts
    ]
    assert {"total_tokens": 16, "total_price": "0.0", "currency": "USD"} == result["metadata"]


def test_first_usage_and_first_reason_count() -> None:
    """Later ones are passed over; a usage without prompt tokens may still be replaced."""
    _, adapter = run(
        chunk(usage=LLMUsage.unpriced(0, 1)),
        chunk(usage=LLMUsage.unpriced(2, 3), finish_reason="length"),
        chunk(usage=LLMUsage.unpriced(4, 5), finish_reason="stop"),
    )
    outputs = adapter.message()["outputs"]
    assert (2, 3, "length") == (
        outputs["usage"]["prompt_tokens"],
        outputs["usage"]["completion_tokens"],
        outputs["finish_reason"],
    )


def test_calls_are_dropped() -> None:
    """A chunk with calls makes no event, and the result has no place for them."""
    events, adapter = run(chunk(calls=[tool_call("call-1", "weather", "{}")]))
    assert [STARTED, TEXT, SUCCEEDED] == [one["event"] for one in events]
    assert "weather" not in str(adapter.message())


def test_answer_is_split_twice() -> None:
    """A tag that comes about where blocks were taken out is taken out as well, and is in no reasoning."""
    _, adapter = run(chunk("<thi<think>a</think>nk>b</think>c"))
    assert ("c", "a") == tuple(adapter.message()["outputs"][key] for key in ("text", "reasoning_content"))


def test_content_in_a_list_is_read_item_by_item() -> None:
    """Each text of a list is a piece of its own."""
    content = [TextPromptMessageContent(data="a"), TextPromptMessageContent(data="b")]
    assert [(TEXT, "a", False), (TEXT, "b", False), (TEXT, "", True)] == said(run(chunk(content))[0])


def test_a_model_that_raises_ends_the_node_in_an_event() -> None:
    """Nothing is raised; what was streamed stays, what was held back is lost, and the result has no outputs."""
    adapter = DESIGN.start(Request(messages=(), model="asked-for"))
    events = [*adapter.receive([chunk("Yes <th")]), *adapter.fail(NativeRaise("ValueError", "Overloaded"))]  # type: ignore[list-item]
    told = [DESIGN.event_json(event) for event in events]
    assert [(TEXT, "Yes ", False)] == said(told)
    assert (FAILED, "Overloaded") == (told[-1]["event"], told[-1]["error"])
    result = adapter.message()
    assert ("failed", "Overloaded", "ValueError", {}) == tuple(
        result[key] for key in ("status", "error", "error_type", "outputs")
    )
    assert [{"chunk": "Yes "}, {"error": "Overloaded"}] == [
        seen for event in events for seen in DESIGN.legacy_json(event)
    ]


def test_there_is_no_result_before_the_end() -> None:
    """A node that was not read to its end has no result to give."""
    adapter = DESIGN.start(Request(messages=()))
    list(adapter.receive([chunk("Yes")]))  # type: ignore[list-item]
    with pytest.raises(NativeRaise, match="not read to the end"):
        adapter.message()


def test_stored_form_is_restored_as_it_was() -> None:
    """Reading a stored result back gives the result."""
    _, adapter = run(chunk("<think>a</think>b", usage=LLMUsage.unpriced(7, 9)))
    assert adapter.message() == DESIGN.restore(adapter.stored(), Request(messages=()))


def test_code_that_knows_no_reasoning_is_handed_the_answer() -> None:
    """Older code reads the pieces of text; the empty last one tells it nothing."""
    adapter = DESIGN.start(Request(messages=()))
    events = [*adapter.receive([chunk("<think>a</think>b")]), *adapter.finish()]  # type: ignore[list-item]
    assert [{"chunk": "b"}] == [seen for event in events for seen in DESIGN.legacy_json(event)]
