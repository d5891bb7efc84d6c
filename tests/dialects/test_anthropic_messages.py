"""anthropic-messages: what its documentation shows, what it projects, and its requests."""

from __future__ import annotations

import pytest

from tests.dialects.typed import (
    CHAT_TEXT,
    END,
    MESSAGE,
    MESSAGES_ERROR,
    MESSAGES_TEXT,
    STOP,
    TEXT,
    event,
    grow,
    start,
    stop,
)
from workbench.dialects.anthropic_messages import DIALECT
from workbench.errors import FixtureError
from workbench.transcript import (
    CONCEPTS,
    Delta,
    Failure,
    Finished,
    Message,
    Outcome,
    PartEnd,
    PartStart,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    Usage,
    UsageReported,
    see,
    transcript_of,
)
from workbench.wire import SseDecoder


def steps(body: bytes) -> list[Delta]:
    """All deltas of a body."""
    return list(DIALECT.decode(body).deltas())


def read(body: bytes) -> Transcript:
    """What a body says."""
    return transcript_of(see(steps(body)))


def test_documented_text_stream() -> None:
    """The basic example of the documentation, event by event; the ping is nothing."""
    assert [
        ResponseInfo(0, "msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY", "claude-opus-4-6"),
        UsageReported(0, Usage(25, 1)),
        PartStart(1, 0, "text", stated=True),
        TextDelta(3, 0, "Hello"),
        TextDelta(4, 0, "!"),
        PartEnd(5, 0, stated=True),
        Finished(6, "stop", "end_turn"),
        UsageReported(6, Usage(25, 15)),
        ResponseEnded(7),
    ] == steps(MESSAGES_TEXT)


def test_documented_error_event() -> None:
    """An overloaded provider says so in the stream."""
    assert [StreamFailed(0, Failure("Overloaded", "overloaded_error"))] == steps(MESSAGES_ERROR)


def test_documented_thinking_that_is_not_shown() -> None:
    """With `display: omitted` a block of reasoning has a signature and no text, and stays a block."""
    body = (
        MESSAGE
        + start(0, "thinking", thinking="", signature="")
        + grow(0, "signature_delta", signature="EqQB")
        + stop(0)
    )
    assert (ReasoningPart("", signature="EqQB"),) == read(body).parts


def test_redacted_thinking_comes_whole() -> None:
    """Its opaque data stands in the start of the block."""
    body = MESSAGE + start(0, "redacted_thinking", data="EmwK") + stop(0)
    assert (ReasoningPart(redacted=True, data="EmwK"),) == read(body).parts


def test_tool_that_the_provider_runs() -> None:
    """Its call is marked, and its result, whole in the block's start, has the name of the call that it answers."""
    found = [{"type": "web_search_result", "url": "u"}]
    body = MESSAGE + start(0, "server_tool_use", id="s", name="tool_search_tool_bm25", input={})
    body += grow(0, "input_json_delta", partial_json='{"q": 1}') + stop(0)
    body += start(1, "tool_search_tool_result", tool_use_id="s", content=found) + stop(1)
    body += start(
        2, "web_search_tool_result", tool_use_id="x", content={"type": "web_search_tool_result_error"}
    ) + stop(2)
    assert (
        ToolCallPart("s", "tool_search_tool_bm25", '{"q": 1}', server=True),
        ToolResultPart("s", "tool_search_tool_bm25", '[{"type":"web_search_result","url":"u"}]', server=True),
        ToolResultPart("x", "web_search", '{"type":"web_search_tool_result_error"}', server=True, error=True),
    ) == read(body).parts


def test_call_that_stands_whole_in_the_message_start() -> None:
    """Deferred calls come without blocks of their own, and with the reason for ending."""
    call = {"type": "tool_use", "id": "t", "name": "roll", "input": {"player": "one"}}
    message = {
        "id": "m",
        "model": "c",
        "content": [call],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }
    transcript = read(event("message_start", message=message) + STOP)
    assert (ToolCallPart("t", "roll", '{"player":"one"}'),) == transcript.parts
    assert ("complete", "tool-calls") == (transcript.outcome.completion, transcript.outcome.finish)


def test_call_without_input() -> None:
    """The `{}` in a block's start is a placeholder: without deltas the argument text is empty."""
    body = (
        MESSAGE
        + start(0, "tool_use", id="t", name="f", input={})
        + grow(0, "input_json_delta", partial_json="")
        + stop(0)
    )
    assert (ToolCallPart("t", "f", ""),) == read(body).parts


def test_refusal_is_the_explanation_beside_the_reason() -> None:
    """The text of a refusal comes with `message_delta`, as a part of its own."""
    details = {"type": "refusal", "category": "bio", "explanation": "Not this."}
    body = MESSAGE + TEXT + event("message_delta", delta={"stop_reason": "refusal", "stop_details": details})
    assert (TextPart("hi"), RefusalPart("Not this.")) == read(body + STOP).parts
    assert "refusal" == read(body + STOP).outcome.finish


def test_counts_are_cumulative_and_include_the_cache() -> None:
    """Input is the sum of what was read, cached and written; a later count replaces; what it leaves out stays."""
    usage = {"input_tokens": 3, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 1}
    body = event("message_start", message={"id": "m", "usage": usage})
    late = {"input_tokens": 4, "output_tokens": 9, "output_tokens_details": {"thinking_tokens": 2}}
    body += event("message_delta", delta={"stop_reason": "end_turn"}, usage=late)
    assert [Usage(15, 1, cached=7), Usage(16, 9, 2, 7)] == [
        x.usage for x in steps(body) if isinstance(x, UsageReported)
    ]


def test_end_without_message_stop_is_no_end() -> None:
    """A reason alone does not make a body whole."""
    assert StreamTruncated(4) == steps(MESSAGE + TEXT + END)[-1]


def test_blocks_that_take_turns_are_led_by_index() -> None:
    """Deltas go to the block that they name."""
    body = MESSAGE + start(0, "text", text="") + start(1, "text", text="")
    for index, text in ((1, "b"), (0, "a"), (1, "B")):
        body += grow(index, "text_delta", text=text)
    assert (TextPart("a"), TextPart("bB")) == read(body).parts


# ----------------------------------------------------------------------------------------------------------- projection


@pytest.mark.parametrize(
    ("parts", "carried"),
    [
        ([TextPart("a"), TextPart("", message=1)], [TextPart("a"), TextPart("")]),
        ([ReasoningPart("a", signature="s", id="r", form="summary", data="x")], [ReasoningPart("a", signature="s")]),
        ([ReasoningPart("a", signature="s", redacted=True)], [ReasoningPart(redacted=True, data="")]),
        ([ToolResultPart("s", "x", '{"a": 1}')], [ToolResultPart("s", "x", '{"a":1}', server=True)]),
        ([RefusalPart("no"), TextPart("a"), RefusalPart("!")], [TextPart("a"), RefusalPart("no!")]),
    ],
)
def test_projection_of_parts(parts: list[object], carried: list[object]) -> None:
    """Every part is a block, even an empty one; what a block has no field for is gone; a refusal comes last."""
    transcript = Transcript(tuple(parts), Outcome(finish="stop"))  # type: ignore[arg-type]
    assert tuple(carried) == DIALECT.project(transcript).parts


@pytest.mark.parametrize(
    ("finish", "parts", "carried"),
    [
        ("stop", (), ("stop", "end_turn")),
        ("content-filter", (), ("refusal", "refusal")),
        ("stop", (RefusalPart("no"),), ("refusal", "refusal")),
        ("error", (), (None, None)),
        (None, (RefusalPart("no"),), (None, None)),
    ],
)
def test_projection_of_the_reason(
    finish: object, parts: tuple[RefusalPart, ...], carried: tuple[object, object]
) -> None:
    """The reason is said in the dialect's own word; a refusal has its own."""
    outcome = DIALECT.project(Transcript(parts, Outcome(finish=finish))).outcome  # type: ignore[arg-type]
    assert carried == (outcome.finish, outcome.finish_raw)


def test_what_it_cannot_carry_are_concepts() -> None:
    """Reasons are given for concepts that exist."""
    assert set() == (DIALECT.cannot.keys() | DIALECT.history_cannot.keys()) - CONCEPTS.keys()


def test_history_keeps_order_and_signatures() -> None:
    """Blocks go back as they came; what the API would refuse stays behind."""
    parts = [
        ReasoningPart("a", signature="s"),
        ReasoningPart("unsigned"),
        TextPart(""),
        RefusalPart("no"),
        ToolCallPart("1", "f", '{ "a": 1 }'),
        ToolCallPart("2", "f", '{"a'),
        ToolResultPart("1", "f", "x", error=True),
    ]
    assert (
        ReasoningPart("a", signature="s"),
        ToolCallPart("1", "f", '{"a":1}'),
        ToolCallPart("2", "f", "{}"),
        ToolResultPart("1", "f", "x", error=True),
    ) == DIALECT.project_history(parts)


# ------------------------------------------------------------------------------------------------------------- requests

ASK = Request(
    messages=(
        Message("system", (TextPart("Be terse."),)),
        Message("user", (TextPart("Weather in Oslo?"),)),
        Message(
            "assistant",
            (
                ReasoningPart("Look.", signature="s"),
                ReasoningPart(redacted=True, data="x"),
                TextPart("Well."),
                ToolCallPart("a", "get", '{"city":"Oslo"}'),
            ),
        ),
        Message("tool", (ToolResultPart("a", "get", "3", error=True),)),
    ),
    tools=(Tool("get", "Gets.", {"type": "object"}),),
    response_schema={"title": "Answer", "type": "object"},
    model="m",
)


def test_request_as_documented() -> None:
    """A request has the fields of the API reference."""
    assert {
        "model": "m",
        "max_tokens": 4096,
        "system": [{"type": "text", "text": "Be terse."}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Weather in Oslo?"}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Look.", "signature": "s"},
                    {"type": "redacted_thinking", "data": "x"},
                    {"type": "text", "text": "Well."},
                    {"type": "tool_use", "id": "a", "name": "get", "input": {"city": "Oslo"}},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "a", "content": "3", "is_error": True}],
            },
        ],
        "tools": [{"name": "get", "description": "Gets.", "input_schema": {"type": "object"}}],
        "output_config": {"format": {"type": "json_schema", "schema": {"title": "Answer", "type": "object"}}},
        "stream": True,
    } == DIALECT.write_request(ASK)


def test_tool_that_the_provider_ran_goes_back_in_its_place() -> None:
    """Its call and its result stand among the assistant's blocks, and are read back as they were."""
    parts = (
        ToolCallPart("s", "web_search", '{"q":1}', server=True),
        ToolResultPart("s", "web_search", '[{"url":"u"}]', server=True),
        TextPart("a"),
    )
    request = Request((Message("assistant", parts),), model="m")
    assert request == DIALECT.read_request(DIALECT.write_request(request))


def test_request_of_another_writer_is_read() -> None:
    """Content may be a string, results and text may share a message, a system message may stand among the others."""
    sent = {
        "model": "m",
        "system": "Be terse.",
        "messages": [
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "a", "name": "get", "input": {}}, {"type": "new"}],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "3"}]},
                    {"type": "text", "text": "Go on."},
                ],
            },
            {"role": "system", "content": "Hurry."},
        ],
        "cache_control": {},
    }
    assert (
        Message("system", (TextPart("Be terse."),)),
        Message("user", (TextPart("Hi"),)),
        Message("assistant", (ToolCallPart("a", "get", "{}"),)),
        Message("tool", (ToolResultPart("a", "get", "3"),)),
        Message("user", (TextPart("Go on."),)),
        Message("system", (TextPart("Hurry."),)),
    ) == DIALECT.read_request(sent).messages


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        (None, "request"),
        ({"model": "m", "messages": "x"}, "messages"),
        ({"model": "m", "messages": [{"role": "tool"}]}, r"messages\[0\].role"),
        ({"model": "m", "messages": [{"role": "user", "content": [1]}]}, "content"),
        ({"messages": []}, "model"),
    ],
)
def test_what_is_no_request_is_refused(sent: object, where: str) -> None:
    """The error names the place."""
    with pytest.raises(FixtureError, match=where):
        DIALECT.read_request(sent)


@pytest.mark.parametrize(
    ("body", "known"),
    [(MESSAGES_TEXT, True), (event("ping") + MESSAGE, True), (MESSAGES_ERROR, True), (CHAT_TEXT, False), (b"", False)],
)
def test_recognises_its_own_bodies(body: bytes, known: bool) -> None:
    """A body tells its dialect by what its first frames hold."""
    assert known == DIALECT.recognises(SseDecoder().receive(body)[:4])
