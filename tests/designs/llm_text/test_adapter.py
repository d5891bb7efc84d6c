"""What the adapter of `llm-text` makes of deltas: chunks, and what is asked for when the stream is over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from workbench.design import NativeRaise
from workbench.designs.llm_text import DESIGN
from workbench.designs.llm_text.adapter import TextAdapter
from workbench.designs.llm_text.example import show
from workbench.designs.llm_text.vocabulary import ResolvedModel, ToolCall, Usage
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    FollowUp,
    Message,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    UsageReported,
)
from workbench.transcript import Usage as Counts

SCHEMA = json.loads((DESIGN.folder / "events.schema.json").read_text("utf-8"))
ASKED = Request(
    (Message("system", (TextPart("Be brief."),)), Message("user", (TextPart("How is it?"),))),
    tools=(Tool("look", "Looks.", {"type": "object"}, "cold"),),
    model="m",
)
STEPS: list[list[Delta]] = [
    [ResponseInfo(0, "r", "m-2"), PartStart(0, 0, "reasoning"), ReasoningDelta(0, 0, "hm")],
    [PartStart(1, 1, "text"), TextDelta(1, 1, "I "), TextDelta(1, 1, ""), TextDelta(1, 1, "ask")],
    [PartStart(2, 2, "tool-call", id="c2", name="look"), PartStart(2, 3, "tool-call", name="look")],
    [ArgumentsDelta(3, 2, '{"a"'), ArgumentsDelta(3, 2, ": 1}"), CallNamed(3, 3, "c1")],
    [PartStart(4, 4, "tool-call", id="s1", name="search", server=True), ArgumentsDelta(4, 4, "{}")],
    [PartStart(5, 5, "tool-result", id="s1", name="search", server=True), ResultDelta(5, 5, "found")],
    [PartStart(6, 6, "refusal"), RefusalDelta(6, 6, "no")],
    [UsageReported(7, Counts(input=1, cached=4)), UsageReported(7, Counts(output=2, reasoning=3))],
    [ResponseEnded(8)],
]
CALLS = [
    {"name": "look", "arguments": {"a": 1}, "tool_call_id": "c2"},
    {"name": "look", "arguments": {}, "tool_call_id": "c1"},
]


def run(steps: list[list[Delta]], request: Request = ASKED) -> tuple[TextAdapter, list[list[Any]]]:
    """Feeds an adapter; gives it with the events of each step."""
    adapter = DESIGN.start(request)
    return adapter, [list(adapter.receive(step)) for step in steps]


def valid(definition: str, value: object) -> bool:
    """Whether a value is what the schema's definition says."""
    return bool(Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{definition}"}).is_valid(value))


def test_stream_is_the_text_and_nothing_else() -> None:
    """Chunks come with their frames; reasoning, calls and refusals leave no trace in the stream."""
    assert [[], ["I ", "ask"], [], [], [], [], [], [], []] == run(STEPS)[1]


def test_message_holds_what_is_asked_for_afterwards() -> None:
    """Text, the caller's calls with parsed arguments, counts and model; what the provider ran itself is left out."""
    message = run(STEPS)[0].message()
    usage = {"input": 1, "output": 2, "details": {"cached": 4}}
    assert {"text": "I ask", "tool_calls": CALLS, "usage": usage, "resolved_model": "m-2"} == message
    assert valid("message", message)


def test_plugin_half_tells_calls_when_the_stream_is_over() -> None:
    """What a plug-in hands over can be written down, so that it can be pushed through the real framework."""
    adapter = DESIGN.start(ASKED)
    produced = [DESIGN.produced_json(event) for step in STEPS for event in adapter.produce(step)]
    told = [{"add_tool_call": call} for call in CALLS]
    told += [{"set_resolved_model": "m-2"}, {"set_usage": {"input": 1, "output": 2, "details": {"cached": 4}}}]
    assert ["I ", "ask", *told] == produced
    assert all(valid("producer_call", one) for one in told)
    assert not valid("producer_call", "I ")


@pytest.mark.parametrize(
    ("produced", "field", "value"),
    [
        (ToolCall("look", {}, None), "tool_calls", [{"name": "look", "arguments": {}, "tool_call_id": None}]),
        (Usage(output=0), "usage", {"output": 0}),
        (ResolvedModel("m"), "resolved_model", "m"),
        ("x", "text", "x"),
    ],
    ids=["call", "usage", "model", "chunk"],
)
def test_framework_half_keeps_what_it_is_given(produced: object, field: str, value: object) -> None:
    """Each thing that a plug-in hands over is in the message; a chunk alone is handed on."""
    adapter = DESIGN.start(ASKED)
    assert ((produced,) if isinstance(produced, str) else ()) == tuple(adapter.accept(produced))
    assert value == adapter.message()[field]


def test_framework_half_refuses_what_no_plugin_yields() -> None:
    """Anything else is a fault of the caller."""
    with pytest.raises(TypeError, match="int"):
        DESIGN.start(ASKED).accept(3)


@pytest.mark.parametrize(
    ("last", "error"),
    [
        ([StreamFailed(3, Failure("Overloaded"))], ("APIError", "Overloaded")),
        ([StreamFailed(3, Failure(""))], ("APIError", "An error occurred during streaming")),
        ([ArgumentsDelta(3, 1, '{"a'), StreamTruncated(3)], ("JSONDecodeError", "Unterminated string")),
    ],
    ids=["failed", "failed without a word", "arguments cut off"],
)
def test_iteration_raises(last: list[Delta], error: tuple[str, str]) -> None:
    """What came before is handed on; after it there is no message."""
    adapter = DESIGN.start(ASKED)
    assert ["a"] == list(adapter.receive([TextDelta(0, 0, "a"), PartStart(0, 1, "tool-call", id="c", name="look")]))
    with pytest.raises(NativeRaise) as caught:
        list(adapter.receive(last))
    assert (error[0], True) == (caught.value.type, str(caught.value).startswith(error[1]))
    with pytest.raises(NativeRaise):
        adapter.message()


def test_cut_text_looks_complete() -> None:
    """A body that was cut in its text gives the same as one that ended there."""
    text: list[Delta] = [TextDelta(0, 0, "a")]
    cut, whole = run([text, [StreamTruncated(1)]])[0], run([text, [ResponseEnded(1)]])[0]
    assert cut.message() == whole.message()


def test_log_holds_the_rows_of_the_response() -> None:
    """Arguments and details are JSON text in columns; what is not there has no column."""
    stored = run(STEPS)[0].stored()
    row = {"model": "m", "prompt": "How is it?", "system": "Be brief.", "response": "I ask", "input_tokens": 1}
    row |= {"output_tokens": 2, "token_details": '{"cached": 4}', "resolved_model": "m-2"}
    assert [row] == stored["responses"]
    assert ['{"a": 1}', "{}"] == [call["arguments"] for call in stored["tool_calls"]]
    assert [{"name": "look", "description": "Looks.", "input_schema": '{"type": "object"}'}] == stored["tools"]
    assert valid("stored", stored)
    assert "tool_results" not in stored


def test_loading_orders_calls_by_id_and_brings_no_counts() -> None:
    """What a loaded conversation holds: text and calls."""
    stored = run(STEPS)[0].stored()
    assert {"text": "I ask", "tool_calls": CALLS[::-1]} == DESIGN.restore(stored, ASKED)


def test_loading_a_whole_log_gives_the_last_response() -> None:
    """With ids, as the release writes them, calls of earlier responses are not mixed in."""
    call = {"name": "look", "arguments": "{}", "tool_call_id": "c"}
    stored = {
        "responses": [{"id": "1", "model": "m", "response": "a"}, {"id": "2", "model": "m", "response": "b"}],
        "tool_calls": [{**call, "response_id": "1"}],
    }
    assert {"text": "b", "tool_calls": []} == DESIGN.restore(stored, ASKED)


def test_next_request_is_made_of_exchanges() -> None:
    """What was asked and answered, then the results of the calls that the log knows of, and the prompt."""
    stored = run(STEPS)[0].stored()
    following = DESIGN.resume(DESIGN.history(ASKED), stored, FollowUp({"look": "cold"}, "Go on."))
    results = [{"name": "look", "output": "cold", "tool_call_id": call["tool_call_id"]} for call in CALLS[::-1]]
    first = {"system": "Be brief.", "prompt": "How is it?", "text": "I ask", "tool_calls": CALLS[::-1]}
    assert [first, {"tool_results": results, "prompt": "Go on."}] == following
    assert valid("request", following)


def test_history_of_a_whole_conversation() -> None:
    """Answers close an exchange; results open the next."""
    call = ToolCallPart("c", "look", '{"a": 1}')
    broken = ToolCallPart("d", "look", '{"a')
    request = Request(
        (
            Message("user", (TextPart("a"), TextPart("b"))),
            Message("assistant", (TextPart("c"), call, broken, ToolCallPart("s", "search", "{}", server=True))),
            Message("tool", (ToolResultPart("c", "look", "cold"),)),
        )
    )
    calls = [
        {"name": "look", "arguments": {"a": 1}, "tool_call_id": "c"},
        {"name": "look", "arguments": {}, "tool_call_id": "d"},
    ]
    assert [
        {"prompt": "a\nb", "text": "c", "tool_calls": calls},
        {"tool_results": [{"name": "look", "output": "cold", "tool_call_id": "c"}]},
    ] == DESIGN.history(request)


def test_example_prints_the_answer_and_collects_calls(capsys: pytest.CaptureFixture[str]) -> None:
    """The consumer iterates, and asks for the calls afterwards."""
    calls = show(["a", "b"], lambda: [ToolCall("look", {"a": 1}, "c")])
    assert [{"name": "look", "id": "c", "arguments": {"a": 1}}] == calls
    assert "ab" == capsys.readouterr().out
    assert [] == show([])
