"""What the SDK does once the stream is over: the result, its stored form, and history."""

from __future__ import annotations

from workbench.designs.dify_tagged import DESIGN
from workbench.designs.dify_tagged.vocabulary import LLMResultChunk, LLMResultChunkDelta
from workbench.families.dify.conversation import Assembly, tool_call
from workbench.families.dify.messages import AssistantPromptMessage, TextPromptMessageContent
from workbench.families.dify.results import LLMUsage
from workbench.transcript import (
    ArgumentsDelta,
    Finished,
    FollowUp,
    Message,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
)

CALL = {"id": "call-1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
REQUEST = Request(
    messages=(Message("system", (TextPart("Be terse."),)), Message("user", (TextPart("Weather?"),))), model="asked-for"
)


def finished():
    """An adapter after a response with reasoning, text and a call."""
    adapter = DESIGN.start(REQUEST)
    for step in (
        [ResponseInfo(0, "resp-1", "answered"), ReasoningDelta(0, 0, "Look.")],
        [TextDelta(1, 1, "One moment.")],
        [PartStart(2, 2, "tool-call", id="call-1", name="weather"), ArgumentsDelta(2, 2, '{"city": "Oslo"}')],
        [Finished(3, "tool-calls", "tool_calls"), UsageReported(3, Usage(7, 9))],
        [ResponseEnded(4)],
    ):
        list(adapter.receive(step))
    list(adapter.finish())
    return adapter


def test_result_is_joined_text_and_the_calls() -> None:
    """The result holds all text, tags included, the calls, and usage; its model is the one that was asked for."""
    result = finished().message()
    assert "asked-for" == result["model"]
    assert {
        "role": "assistant",
        "content": "<think>\nLook.\n</think>One moment.",
        "name": None,
        "tool_calls": [CALL],
    } == result["message"]
    assert (7, 9, 16) == tuple(result["usage"][f"{kind}_tokens"] for kind in ("prompt", "completion", "total"))
    assert "finish_reason" not in result


def test_later_calls_replace_earlier_ones() -> None:
    """Of two chunks with calls, the SDK's result keeps the second chunk's; token counts add up."""
    assembly = Assembly("m")
    for name in ("first", "second"):
        assembly.add(
            AssistantPromptMessage(content=name, tool_calls=[tool_call("c", name, "{}")]), LLMUsage.unpriced(1, 2)
        )
    result = assembly.result()
    assert "firstsecond" == result.message.content
    assert ["second"] == [call.function.name for call in result.message.tool_calls]
    assert (2, 4, 6) == (result.usage.prompt_tokens, result.usage.completion_tokens, result.usage.total_tokens)


def test_content_in_a_list_is_passed_over_by_the_result() -> None:
    """The SDK joins texts; content in the form of a list is left out. An older consumer's view still has it."""
    message = AssistantPromptMessage(content=[TextPromptMessageContent(data="in a list")])
    assembly = Assembly("m")
    assembly.add(message, None)
    assert "" == assembly.result().message.content
    chunk = LLMResultChunk(model="m", delta=LLMResultChunkDelta(index=0, message=message))
    assert [{"content": "in a list"}] == list(DESIGN.legacy_json(chunk))


def test_older_consumers_are_handed_the_text_of_chunks_that_have_one() -> None:
    """A chunk without text tells an older consumer nothing."""
    with_text, without = (
        LLMResultChunk(model="m", delta=LLMResultChunkDelta(index=0, message=AssistantPromptMessage(content=content)))
        for content in ("<think>\nHm", "")
    )
    assert [{"content": "<think>\nHm"}] == list(DESIGN.legacy_json(with_text))
    assert [] == list(DESIGN.legacy_json(without))


def test_stored_form_is_restored_as_it_was() -> None:
    """Reading a stored result back gives the result."""
    adapter = finished()
    assert adapter.message() == DESIGN.restore(adapter.stored(), REQUEST)


def test_history_is_prompt_messages() -> None:
    """The first request's messages in the SDK's own shape, system first."""
    assert [
        {"role": "system", "content": "Be terse.", "name": None},
        {"role": "user", "content": "Weather?", "name": None},
    ] == DESIGN.history(REQUEST)


def test_written_history_has_reasoning_in_tags_and_a_message_per_result() -> None:
    """An assistant's message in a first request is written as a response would be stored."""
    request = Request(
        messages=(
            Message("assistant", (ReasoningPart("Hm"), TextPart("Ask."), ToolCallPart("c1", "f", "{}"))),
            Message("tool", (ToolResultPart("c1", "f", "1"), ToolResultPart("c2", "g", "2"))),
        )
    )
    function = {"name": "f", "arguments": "{}"}
    call = {"id": "c1", "type": "function", "function": function}
    assert [
        {"role": "assistant", "content": "<think>\nHm\n</think>Ask.", "name": None, "tool_calls": [call]},
        {"role": "tool", "content": "1", "name": "f", "tool_call_id": "c1"},
        {"role": "tool", "content": "2", "name": "g", "tool_call_id": "c2"},
    ] == DESIGN.history(request)


def test_next_request_is_history_answer_results_and_prompt() -> None:
    """The stored answer goes back with its tags, then a tool's message per call, then the user's."""
    stored = finished().stored()
    follow = FollowUp(results={"weather": "3 degrees", "unused": "x"}, prompt="Go on.")
    assert [
        {"role": "user", "content": "Weather?", "name": None},
        {"role": "assistant", "content": "<think>\nLook.\n</think>One moment.", "name": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "3 degrees", "name": "weather", "tool_call_id": "call-1"},
        {"role": "user", "content": "Go on.", "name": None},
    ] == DESIGN.resume([{"role": "user", "content": "Weather?", "name": None}], stored, follow)


def test_next_request_without_result_or_prompt_ends_with_the_answer() -> None:
    """A call whose tool is unknown gets no message, and an empty prompt adds none."""
    found = DESIGN.resume([], finished().stored(), FollowUp(prompt=""))
    assert ["assistant"] == [message["role"] for message in found]
