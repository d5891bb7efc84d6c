"""openai-chat: what its documentation shows, how parts begin and end, what it projects, and its requests."""

from __future__ import annotations

import pytest

from tests.dialects.typed import CHAT_TEXT, DONE, MESSAGES_TEXT, chunk, data, first, piece
from workbench.dialects._decoder import JsonEventDecoder
from workbench.dialects.openai_chat import DIALECT
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.errors import FixtureError
from workbench.transcript import (
    CONCEPTS,
    ArgumentsDelta,
    CallNamed,
    Delta,
    Finished,
    Message,
    Outcome,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseEnded,
    ResponseInfo,
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


def test_documented_text_stream() -> None:
    """The example of the API reference, chunk by chunk."""
    assert [
        ResponseInfo(0, "chatcmpl-123", "gpt-4o-mini"),
        PartStart(1, 0, "text"),
        TextDelta(1, 0, "Hello"),
        PartEnd(2, 0),
        Finished(2, "stop", "stop"),
        ResponseEnded(3),
    ] == steps(CHAT_TEXT)


def test_documented_usage_chunk() -> None:
    """Counts come in a chunk without choices, and hold cached and reasoning tokens in their details."""
    usage = (
        '{"id":"chatcmpl-123","object":"chat.completion.chunk","created":1,"model":"gpt-4o-mini","choices":[],"usage":'
        '{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},'
        '"completion_tokens_details":{"reasoning_tokens":6}}}'
    )
    assert UsageReported(3, Usage(19, 10, 6, 4)) in steps(CHAT_TEXT.replace(DONE, data(usage) + DONE))


def test_documented_reasoning_of_deepseek() -> None:
    """`reasoning_content` comes beside a null `content`, then the other way round."""
    body = chunk({"role": "assistant", "content": None, "reasoning_content": ""})
    body += chunk({"content": None, "reasoning_content": "9.11"}) + chunk({"content": "9.8", "reasoning_content": None})
    usage = {"prompt_tokens": 9, "prompt_cache_hit_tokens": 3, "prompt_cache_miss_tokens": 6}
    transcript = transcript_of(see(steps(body + chunk({}, "stop", usage=usage) + DONE)))
    assert (ReasoningPart("9.11"), TextPart("9.8")) == transcript.parts
    assert Usage(9, cached=3) == transcript.outcome.usage


def test_switch_of_field_begins_a_part() -> None:
    """Text, call, text: the text before has ended when the call begins, and the text after is another part."""
    body = (
        chunk({"content": "a"})
        + chunk(first(arguments="{}"))
        + chunk({"content": "b"})
        + chunk({}, "tool_calls")
        + DONE
    )
    assert [
        PartStart(0, 0, "text"),
        TextDelta(0, 0, "a"),
        PartEnd(1, 0),
        PartStart(1, 1, "tool-call", id="a", name="get"),
        ArgumentsDelta(1, 1, "{}"),
        PartStart(2, 2, "text"),
        TextDelta(2, 2, "b"),
        PartEnd(3, 2),
        PartEnd(3, 1),
    ] == [delta for delta in steps(body) if not isinstance(delta, ResponseInfo | Finished | ResponseEnded)]


def test_next_call_does_not_end_the_one_before() -> None:
    """Pieces may still come for a call when another begins, so its end is implied by the reason for ending alone."""
    body = chunk(first(0, "a")) + chunk(first(1, "b")) + chunk(piece(index=0, function={"arguments": "{}"}))
    body += chunk(piece(index=1, function={"arguments": "[]"})) + chunk({}, "tool_calls") + DONE
    seen = see(steps(body))
    assert ((0, 1), (4, 4)) == (seen.turns, tuple(part.ended for part in seen.parts))


def test_name_and_id_that_come_late() -> None:
    """A call may begin without a name; what becomes known is said once, and whole."""
    body = chunk(piece(index=0, function={"name": "ge"})) + chunk(piece(index=0, id="a", function={"name": "t"}))
    assert [CallNamed(1, 0, "a", "get")] == [delta for delta in steps(body) if isinstance(delta, CallNamed)]


def test_name_that_grows_is_written_in_pieces() -> None:
    """A name that is known in part goes on where it was, so that reading it back joins it."""
    deltas = [PartStart(0, 0, "tool-call", name="ge"), CallNamed(0, 0, name="get"), ResponseEnded(0)]
    assert (ToolCallPart(None, "get", ""),) == transcript_of(see(steps(DIALECT.encode(deltas)))).parts


def test_order_of_fields_in_one_chunk() -> None:
    """Reasoning is read before text, and text before calls, whatever the order of keys."""
    body = chunk({**first(), "content": "b", "reasoning": "a"})
    assert ["reasoning", "text", "tool-call"] == [delta.kind for delta in steps(body) if isinstance(delta, PartStart)]


def test_think_tags_stay_text() -> None:
    """Tags in content are content."""
    body = chunk({"content": "<think>a</th"}) + chunk({"content": "ink>b"}) + chunk({}, "stop") + DONE
    assert [("text", "<think>a</think>b")] == [(part.kind, part.text) for part in see(steps(body)).parts]


def test_reasoning_under_either_name_is_one_part() -> None:
    """A server that changes from one field to the other in mid-run goes on with the same part."""
    body = chunk({"reasoning_content": "a"}) + chunk({"reasoning": "b"})
    assert ["a", "b"] == [delta.text for delta in steps(body) if isinstance(delta, ReasoningDelta)]
    assert 1 == len(see(steps(body)).parts)


@pytest.mark.parametrize("change", [{"id": "x"}, {"model": "y"}, {"usage": {"prompt_tokens": 1}}, {"error": "boom"}])
def test_short_cut_and_general_way_agree(change: dict[str, object]) -> None:
    """The short cut for plain chunks returns what the general way would, where it applies and where it does not."""
    body = chunk({"reasoning": "a"}) + chunk({"reasoning_content": "b", "content": "c"}) + chunk({"content": "d"})
    body += chunk({"content": "e", "reasoning_content": "f"}) + chunk({"content": "g"}) + chunk({"content": "h"})
    body += chunk({"content": "i"}, **change) + DONE
    short, general = ChatDecoder(), ChatDecoder()
    for frame in SseDecoder().receive(body):
        assert JsonEventDecoder.receive(general, frame) == short.receive(frame)
    assert general.diagnostics == short.diagnostics


# ----------------------------------------------------------------------------------------------------------- projection


@pytest.mark.parametrize(
    ("parts", "carried"),
    [
        ([TextPart("a"), TextPart("b")], [TextPart("ab")]),
        ([TextPart("a"), TextPart(""), TextPart("b", message=1)], [TextPart("ab")]),
        ([TextPart("a"), ReasoningPart(redacted=True, data="x"), TextPart("b")], [TextPart("ab")]),
        ([ReasoningPart("a", redacted=True)], []),
        ([ReasoningPart("a", signature="s", id="r", form="summary")], [ReasoningPart("a")]),
        ([ToolCallPart("s", "search", "{}", server=True), ToolResultPart("s", "search", "x", server=True)], []),
        (
            [ToolCallPart("a", "f", ""), ToolCallPart("b", "f", "")],
            [ToolCallPart("a", "f", ""), ToolCallPart("b", "f", "")],
        ),
        ([RefusalPart("no"), TextPart("a"), RefusalPart("no")], [RefusalPart("no"), TextPart("a"), RefusalPart("no")]),
    ],
)
def test_projection_of_parts(parts: list[object], carried: list[object]) -> None:
    """What has no field is gone, and what then stands side by side and is of one kind is one."""
    assert tuple(carried) == DIALECT.project(Transcript(tuple(parts))).parts  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("finish", "raw", "carried"),
    [
        ("tool-calls", None, ("tool-calls", "tool_calls")),
        ("tool-calls", "function_call", ("tool-calls", "function_call")),
        ("tool-calls", "tool_use", ("tool-calls", "tool_calls")),
        ("refusal", None, ("stop", "stop")),
        ("pause", None, (None, None)),
        ("other", "eos", ("other", "eos")),
        (None, None, (None, None)),
    ],
)
def test_projection_of_the_reason(finish: object, raw: str | None, carried: tuple[object, object]) -> None:
    """The reason is said in the dialect's own word where it has one."""
    outcome = DIALECT.project(Transcript(outcome=Outcome(finish=finish, finish_raw=raw))).outcome  # type: ignore[arg-type]
    assert carried == (outcome.finish, outcome.finish_raw)


def test_what_it_cannot_carry_are_concepts() -> None:
    """Reasons are given for concepts that exist."""
    assert set() == (DIALECT.cannot.keys() | DIALECT.history_cannot.keys()) - CONCEPTS.keys()


def test_history_is_put_into_the_order_of_fields() -> None:
    """One response becomes one message: reasoning, texts, calls; then its results."""
    parts = [
        TextPart("a"),
        ToolCallPart("1", "f", "{}"),
        ReasoningPart("r", signature="s"),
        TextPart("b"),
        ToolResultPart("1", "f", "x", error=True),
        TextPart("c"),
    ]
    assert (
        ReasoningPart("r"),
        TextPart("a"),
        TextPart("b"),
        ToolCallPart("1", "f", "{}"),
        ToolResultPart("1", "f", "x"),
        TextPart("c"),
    ) == DIALECT.project_history(parts)


# ------------------------------------------------------------------------------------------------------------- requests

ASK = Request(
    messages=(
        Message("system", (TextPart("Be terse."),)),
        Message("user", (TextPart("Weather in Oslo?"),)),
        Message("assistant", (ReasoningPart("Look."), TextPart("Well."), ToolCallPart("a", "get", '{"city": "Oslo"}'))),
        Message("tool", (ToolResultPart("a", "get", "3"),)),
    ),
    tools=(Tool("get", "Gets.", {"type": "object"}),),
    response_schema={"title": "The answer", "type": "object"},
    model="m",
)


def test_request_as_documented() -> None:
    """A request has the fields of the API reference, and `reasoning_content` as DeepSeek documents it."""
    assert {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "Weather in Oslo?"},
            {
                "role": "assistant",
                "reasoning_content": "Look.",
                "content": "Well.",
                "tool_calls": [
                    {"id": "a", "type": "function", "function": {"name": "get", "arguments": '{"city": "Oslo"}'}}
                ],
            },
            {"role": "tool", "tool_call_id": "a", "content": "3"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "tools": [
            {"type": "function", "function": {"name": "get", "description": "Gets.", "parameters": {"type": "object"}}}
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "The_answer", "schema": {"title": "The answer", "type": "object"}, "strict": True},
        },
    } == DIALECT.write_request(ASK)


def test_request_of_another_writer_is_read() -> None:
    """Content may be a list of blocks, the system may be a developer, reasoning may have its other name."""
    sent = {
        "model": "m",
        "messages": [
            {"role": "developer", "content": [{"type": "text", "text": "Be terse."}]},
            {"role": "assistant", "content": None, "reasoning": "r", "refusal": "no", "unknown": 1},
            {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "3"}]},
            {"role": "tool", "tool_call_id": "b", "content": "4"},
        ],
        "temperature": 0,
    }
    assert (
        Message("system", (TextPart("Be terse."),)),
        Message("assistant", (ReasoningPart("r"), RefusalPart("no"))),
        Message("tool", (ToolResultPart("a", "", "3"), ToolResultPart("b", "", "4"))),
    ) == DIALECT.read_request(sent).messages


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ([], "request"),
        ({"model": "m", "messages": {}}, "messages"),
        ({"model": "m", "messages": [1]}, r"messages\[0\]"),
        ({"model": "m", "messages": [{"role": "robot"}]}, r"messages\[0\].role"),
        ({"messages": []}, "model"),
        ({"model": "m", "messages": [{"role": "user", "content": 1}]}, "content"),
        ({"model": "m", "messages": [], "tools": [{}]}, r"tools\[0\].function"),
    ],
)
def test_what_is_no_request_is_refused(sent: object, where: str) -> None:
    """The error names the place."""
    with pytest.raises(FixtureError, match=where):
        DIALECT.read_request(sent)


@pytest.mark.parametrize(
    ("body", "known"),
    [
        (CHAT_TEXT, True),
        (data('{"object":"chat.completion.chunk","choices":[]}'), True),
        (MESSAGES_TEXT, False),
        (data('{"object":"text_completion","choices":[{"text":"a"}]}'), False),
        (data('{"type":"response.created","response":{}}'), False),
        (data("[DONE]"), False),
        (b"", False),
    ],
)
def test_recognises_its_own_bodies(body: bytes, known: bool) -> None:
    """A body tells its dialect by what its first frames hold."""
    assert known == DIALECT.recognises(SseDecoder().receive(body)[:4])
