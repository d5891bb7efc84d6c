"""The names that a program imports: what they default to, how they grow, what JSON they make."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from workbench.designs.pydantic_ai import vocabulary
from workbench.designs.pydantic_ai.vocabulary import (
    EVENTS,
    FinalResultEvent,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelResponse,
    NativeToolCallPart,
    NativeToolReturnPart,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    RequestUsage,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
    ToolReturnPart,
    UserPromptPart,
)

WHEN = "2000-01-01T00:00:00Z"
MESSAGES = [
    ModelRequest([SystemPromptPart("Be brief."), UserPromptPart("How is it?")]),
    ModelResponse(
        [
            ThinkingPart("hm", signature="s", provider_name="p"),
            TextPart("I ask."),
            NativeToolCallPart("search", '{"a": 1}', "n1", provider_name="p"),
            NativeToolReturnPart("search", [{"b": 2}], "n1", provider_name="p"),
            ToolCallPart("look", "{}", "c1"),
        ],
        usage=RequestUsage(3, output_tokens=4, details={"reasoning_tokens": 2}),
        model_name="m",
        finish_reason="tool_call",
    ),
    ModelRequest([ToolReturnPart("look", "cold", "c1"), UserPromptPart("So?")]),
]


def test_messages_survive_their_json() -> None:
    """What is read back is equal, class by class."""
    assert MESSAGES == ModelMessagesTypeAdapter.validate_json(ModelMessagesTypeAdapter.dump_json(MESSAGES))


def test_a_structure_is_followed_by_the_digests_of_its_files() -> None:
    """A result that is a structure says that no file is in it; one that is text says nothing."""
    dumped = ModelMessagesTypeAdapter.dump_python(MESSAGES, mode="json")
    assert [] == dumped[1]["parts"][3]["content_file_digests"]
    assert "content_file_digests" not in dumped[2]["parts"][0]


def test_counts_that_never_came_are_marked() -> None:
    """The mark is written where it is set, and nowhere else."""
    marked = [RequestUsage(), RequestUsage(unmeasured_requests=1)]
    dumped = ModelMessagesTypeAdapter.dump_python([ModelResponse([], usage=one) for one in marked], mode="json")
    assert [None, 1] == [one["usage"].get("unmeasured_requests") for one in dumped]


def test_a_message_of_an_unknown_kind_is_refused() -> None:
    """The kind tells the class, and there are two."""
    with pytest.raises(ValidationError):
        ModelMessagesTypeAdapter.validate_python([{"kind": "rumour", "parts": []}])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            PartStartEvent(index=0, part=TextPart("a")),
            {
                "index": 0,
                "part": {
                    "content": "a",
                    "id": None,
                    "provider_name": None,
                    "provider_details": None,
                    "citations": None,
                    "part_kind": "text",
                },
                "previous_part_kind": None,
                "canonical_system": None,
                "event_kind": "part_start",
            },
        ),
        (
            PartDeltaEvent(index=1, delta=ThinkingPartDelta(signature_delta="s")),
            {
                "index": 1,
                "delta": {
                    "content_delta": None,
                    "signature_delta": "s",
                    "provider_name": None,
                    "provider_details": None,
                    "part_delta_kind": "thinking",
                },
                "event_kind": "part_delta",
            },
        ),
        (
            FinalResultEvent(tool_name=None, tool_call_id=None),
            {"tool_name": None, "tool_call_id": None, "event_kind": "final_result"},
        ),
    ],
    ids=["start", "delta", "final result"],
)
def test_events_are_dumped_with_every_field(event: Any, expected: object) -> None:
    """Field order and defaults are those of the library, whose dump looked like this."""
    assert json.dumps(expected) == json.dumps(EVENTS.dump_python(event, mode="json"))


def test_events_survive_their_json() -> None:
    """The kind of an event tells its class."""
    event = PartEndEvent(index=2, part=ToolCallPart("look", "{}", "c1"), next_part_kind="text")
    assert event == EVENTS.validate_json(EVENTS.dump_json(event))


def test_deltas_apply() -> None:
    """A delta gives a new part; text is appended, and a signature or an id takes the place of the one before."""
    assert TextPart("ab") == TextPartDelta("b").apply(TextPart("a"))
    thinking = ThinkingPartDelta(content_delta="b", signature_delta="new").apply(ThinkingPart("a", signature="old"))
    assert ThinkingPart("ab", signature="new") == thinking
    call = ToolCallPartDelta(tool_name_delta="k", args_delta="}", tool_call_id="new").apply(
        ToolCallPart("loo", "{", "old")
    )
    assert ToolCallPart("look", "{}", "new") == call
    assert NativeToolCallPart("s", {"a": 1, "b": 2}, "n") == ToolCallPartDelta(args_delta={"b": 2}).apply(
        NativeToolCallPart("s", {"a": 1}, "n")
    )


@pytest.mark.parametrize(
    ("delta", "part"),
    [
        (TextPartDelta("", provider_name="q", provider_details={"b": 2}), TextPart("a", provider_details={"a": 1})),
        (
            ThinkingPartDelta(provider_name="q", provider_details={"b": 2}),
            ThinkingPart("a", provider_name="p", provider_details={"a": 1}),
        ),
        (
            ToolCallPartDelta(provider_name="q", provider_details={"b": 2}),
            ToolCallPart("look", provider_name="p", provider_details={"a": 1}),
        ),
    ],
    ids=["text", "thinking", "call"],
)
def test_deltas_bring_details(delta: Any, part: Any) -> None:
    """What a provider adds later is merged, and its name is taken."""
    grown = delta.apply(part)
    assert ("q", {"a": 1, "b": 2}) == (grown.provider_name, grown.provider_details)


@pytest.mark.parametrize(
    ("delta", "part"),
    [
        (TextPartDelta("a"), ThinkingPart("a")),
        (ThinkingPartDelta(content_delta="a"), TextPart("a")),
        (ToolCallPartDelta(args_delta="a"), TextPart("a")),
        (ToolCallPartDelta(args_delta="a"), ToolCallPart("look", {"a": 1}, "c")),
        (ToolCallPartDelta(args_delta={"a": 1}), ToolCallPart("look", "{", "c")),
    ],
    ids=["text to thinking", "thinking to text", "arguments to text", "text to a value", "a value to text"],
)
def test_deltas_refuse_other_parts(delta: Any, part: Any) -> None:
    """What does not fit is a `ValueError`."""
    with pytest.raises(ValueError, match="apply"):
        delta.apply(part)


def test_a_delta_becomes_a_call_once_it_has_a_name() -> None:
    """Without a name there is no part; without an id one is made up."""
    assert ToolCallPartDelta(args_delta="{").as_part() is None
    begun = ToolCallPartDelta(tool_name_delta="look").as_part()
    assert begun is not None
    assert begun.tool_call_id.startswith("pyd_ai_")


@pytest.mark.parametrize(
    ("args", "expected", "text"),
    [
        (None, {}, "{}"),
        ("", {}, "{}"),
        ('{"a": "ü"}', {"a": "ü"}, '{"a":"ü"}'),
        ({"a": 1}, {"a": 1}, '{"a":1}'),
        ('{"a', {"INVALID_JSON": '{"a'}, '{"INVALID_JSON":"{\\"a"}'),
        ("[1]", {"INVALID_JSON": "[1]"}, '{"INVALID_JSON":"[1]"}'),
    ],
)
def test_arguments_parsed(args: Any, expected: object, text: str) -> None:
    """What is no JSON object goes under a key of its own, unless the caller asks for an error."""
    call = ToolCallPart("look", args, "c")
    assert (expected, text) == (call.args_as_dict(), call.args_as_json_str())
    if "INVALID_JSON" in text:
        with pytest.raises(ValueError, match=r".+"):
            call.args_as_dict(raise_if_invalid=True)


def test_a_response_tells_its_text_and_its_calls() -> None:
    """Adjacent texts are joined, others stand an empty line apart."""
    response = ModelResponse(
        [TextPart("a"), TextPart("b"), ThinkingPart("hm"), TextPart("c"), *MESSAGES[1].parts]  # type: ignore[list-item]
    )
    assert ("ab\n\nc\n\nI ask.", "hm\n\nhm") == (response.text, response.thinking)
    assert ["look"] == [one.tool_name for one in response.tool_calls]
    assert [("n1", [{"b": 2}])] == [(call.tool_call_id, got.content) for call, got in response.native_tool_calls]
    assert (None, None) == (ModelResponse([]).text, ModelResponse([]).thinking)


def test_content_is_told() -> None:
    """Every part says whether there is anything in it."""
    full = [TextPart("a"), ThinkingPart("a"), ToolCallPart("look", "{}"), ToolReturnPart("look", "")]
    empty = [TextPart(""), ThinkingPart("", signature="s"), ToolCallPart("look", ""), ToolReturnPart("look", None)]
    assert [True] * 4 + [False] * 4 == [one.has_content() for one in full + empty]


def test_a_request_of_one_text() -> None:
    """The library's short form."""
    asked = ModelRequest.user_text_prompt("Hi", instructions="Be brief.")
    assert ([UserPromptPart("Hi")], "Be brief.") == (asked.parts, asked.instructions)
    assert WHEN == ModelMessagesTypeAdapter.dump_python([asked], mode="json")[0]["parts"][0]["timestamp"]


def test_tokens_add_up() -> None:
    """Input and output make the total."""
    assert 7 == RequestUsage(3, output_tokens=4).total_tokens


def test_every_name_is_there() -> None:
    """What the vocabulary lists can be imported from it."""
    assert [] == [name for name in vocabulary.__all__ if not hasattr(vocabulary, name)]
