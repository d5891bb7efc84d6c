"""The official `anthropic` SDK, fed our bodies over HTTP, assembles what the projected transcript says.

Two ways: the raw events, from which the parts are put together here by the SDK's objects alone, and the SDK's own
helper, `client.messages.stream()`. Each difference that is not held against a body is a named function, with a case
where it does not apply.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import anthropic
import httpx2
import pytest
from jiter import from_json

from tests.differential.serving import serving
from workbench.corpus import Body, Fixture, Turn, load_corpus
from workbench.dialects.anthropic_messages import DIALECT
from workbench.transcript import (
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    Usage,
    see,
    transcript_of,
)

pytestmark = pytest.mark.differential

BODIES = [
    pytest.param(fixture, turn, body, id=f"{fixture.slug}/{turn.number}")
    for fixture, turn, body in load_corpus().bodies()
    if body.dialect == DIALECT.id
]
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
WHOLE = [case for case in BODIES if case.values[2].data.endswith(STOP)]
ASK: dict[str, Any] = {"model": "model-under-test", "max_tokens": 64, "messages": [{"role": "user", "content": "Go."}]}


@cache
def http_client() -> httpx2.Client:
    """One client for all tests: making one takes longer than a test."""
    client = httpx2.Client(trust_env=False)
    atexit.register(client.close)
    return client


@contextmanager
def client_of(body: bytes) -> Iterator[anthropic.Anthropic]:
    """An SDK client to which this body is the answer."""
    with serving(DIALECT, body) as (origin, _):
        yield anthropic.Anthropic(base_url=origin, api_key="none", max_retries=0, http_client=http_client())


# ------------------------------------------------------------------------------------------------------ normalisations


def arguments_as_value(text: str) -> Any:
    """Argument text as the helper shows it: a value, of cut text as far as it goes, and `{}` where there is no text."""
    return from_json(text.encode(), partial_mode=True) if text else {}


def output_as_value(content: Any) -> Any:
    """A result's output as a value: what the SDK made objects of, and what a transcript holds as JSON text."""
    if isinstance(content, str):
        return json.loads(content) if content[:1] in ("[", "{") else content
    if isinstance(content, list):
        return [item if isinstance(item, dict) else item.to_dict() for item in content]
    return content.to_dict() if hasattr(content, "to_dict") else content


def input_with_cached(counts: Any) -> Usage | None:
    """The SDK's token counts under neutral names: input tokens include those that came from or went to a cache."""
    if counts is None:
        return None
    cached, written = counts.cache_read_input_tokens, counts.cache_creation_input_tokens
    given, details = getattr(counts, "input_tokens", None), counts.output_tokens_details
    return Usage(
        None if given is None else given + (cached or 0) + (written or 0),
        getattr(counts, "output_tokens", None),
        None if details is None else details.thinking_tokens,
        cached,
    )


def cumulative(events: list[Any]) -> Usage | None:
    """Counts of the start and of each change, the later over the earlier where it names one."""
    usage = None
    for event in events:
        counts = event.message.usage if event.type == "message_start" else getattr(event, "usage", None)
        new = input_with_cached(counts)
        if new is not None:
            known = usage or Usage()
            usage = Usage(
                **{
                    name: getattr(known, name) if getattr(new, name) is None else getattr(new, name)
                    for name in Usage.__struct_fields__
                }
            )
    return usage


def part_of(block: Any, names: dict[str, str]) -> tuple[Any, ...]:
    """One block of the SDK's message as a comparable tuple: kind and fields."""
    match block.type:
        case "text":
            return (TextPart, block.text)
        case "thinking":
            return (ReasoningPart, block.thinking, block.signature or None, False, None)
        case "redacted_thinking":
            return (ReasoningPart, "", None, True, block.data)
        case "tool_use" | "server_tool_use":
            names[block.id] = block.name
            return (ToolCallPart, block.id, block.name, block.input, block.type == "server_tool_use")
        case kind:
            name = names.get(block.tool_use_id, kind.removesuffix("_tool_result"))
            return (ToolResultPart, block.tool_use_id, name, output_as_value(block.content))


def fields_of(part: Part) -> tuple[Any, ...]:
    """One part of a transcript in the same shape."""
    match part:
        case TextPart():
            return (TextPart, part.text)
        case ReasoningPart():
            return (ReasoningPart, part.text, part.signature, part.redacted, part.data)
        case ToolCallPart():
            return (ToolCallPart, part.id, part.name, arguments_as_value(part.arguments), part.server)
        case ToolResultPart():
            return (ToolResultPart, part.call, part.name, output_as_value(part.output))
        case _:
            raise AssertionError(f"no block for {part}")


def refusal_of(transcript: Transcript) -> str | None:
    """A refusal stands beside the reason for ending, not among the blocks."""
    return next((part.text for part in transcript.parts if isinstance(part, RefusalPart)), None)


def blocks_of(transcript: Transcript) -> list[tuple[Any, ...]]:
    """The parts that are blocks, in their order."""
    return [fields_of(part) for part in transcript.parts if not isinstance(part, RefusalPart)]


# ------------------------------------------------------------------------------------------------------------ raw
# events


def raw_blocks(events: list[Any]) -> list[tuple[Any, ...]]:
    """Blocks put together from the SDK's event objects; knows nothing of our decoder."""
    pieces: dict[int, list[str]] = {}
    blocks: list[Any] = []
    for event in events:
        if event.type == "content_block_start":
            assert len(blocks) == event.index
            blocks.append(event.content_block)
            pieces[event.index] = []
        elif event.type == "content_block_delta":
            block, delta = blocks[event.index], event.delta
            match delta.type:
                case "text_delta":
                    block.text += delta.text
                case "thinking_delta":
                    block.thinking += delta.thinking
                case "signature_delta":
                    block.signature = delta.signature
                case "input_json_delta":
                    pieces[event.index].append(delta.partial_json)
    names: dict[str, str] = {}
    for index, block in enumerate(blocks):
        if pieces[index]:
            block.input = arguments_as_value("".join(pieces[index]))
    return [part_of(block, names) for block in blocks]


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_raw_events_say_what_was_written(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Blocks, reason, counts and identity are those of the projection; an error is raised where one was sent."""
    expected = DIALECT.project(turn.transcript)
    events: list[Any] = []
    raised: anthropic.APIError | None = None
    with client_of(body.data) as client:
        try:
            for event in client.messages.create(**ASK, stream=True):
                events.append(event)  # noqa: PERF402 - the iteration may raise, and what came before is kept
        except anthropic.APIError as error:
            raised = error
    start = events[0].message
    changes = [event for event in events if event.type == "message_delta"]
    last = changes[-1] if changes else None
    assert blocks_of(expected) == raw_blocks(events)
    assert (expected.outcome.response_id, expected.outcome.model) == (start.id, start.model)
    assert expected.outcome.finish_raw == (last.delta.stop_reason if last else None)
    assert refusal_of(expected) == (last.delta.stop_details.explanation if last and last.delta.stop_details else None)
    assert expected.outcome.usage == cumulative(events)
    assert (expected.outcome.completion == "complete") == (events[-1].type == "message_stop")
    check_failure(expected, raised)


def check_failure(expected: Transcript, raised: anthropic.APIError | None) -> None:
    """The SDK raised if and only if an error was sent, with the provider's words."""
    failure = expected.outcome.failure
    assert (failure is not None) == (raised is not None)
    if failure is not None and raised is not None:
        assert {"message": failure.message, "type": failure.type} == raised.body["error"]  # type: ignore[index]


# -------------------------------------------------------------------------------------------------------------- helper


def helped(body: bytes) -> tuple[Any, anthropic.APIError | None]:
    """The message that the helper assembled, and what it raised."""
    raised: anthropic.APIError | None = None
    with client_of(body) as client, client.messages.stream(**ASK) as stream:
        try:
            for _ in stream:
                pass
        except anthropic.APIError as error:
            raised = error
        return stream.current_message_snapshot, raised


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_helper_assembles_what_was_written(fixture: Fixture, turn: Turn, body: Body) -> None:
    """The SDK's own message holds the blocks, reason, counts and identity of the projection."""
    expected = DIALECT.project(turn.transcript)
    message, raised = helped(body.data)
    names: dict[str, str] = {}
    assert blocks_of(expected) == [part_of(block, names) for block in message.content]
    assert (expected.outcome.response_id, expected.outcome.model) == (message.id, message.model)
    assert expected.outcome.finish_raw == message.stop_reason
    assert refusal_of(expected) == (message.stop_details.explanation if message.stop_details else None)
    assert expected.outcome.usage == input_with_cached(message.usage)
    check_failure(expected, raised)


@pytest.mark.parametrize(("fixture", "turn", "body"), WHOLE)
def test_sdk_does_not_tell_a_cut_body_from_a_whole_one(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Without its last frame, `message_stop`, a body reads the same: the SDK ends quietly."""
    whole, cut = helped(body.data), helped(body.data.removesuffix(STOP))
    assert (whole[0].to_dict(), whole[1]) == (cut[0].to_dict(), cut[1])


# ----------------------------------------------------------------- where the normalisations do not apply, and the SDK
# errs

START = (
    b'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant",'
    b'"content":[],"model":"c","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n'
)


def event(name: str, fields: str) -> bytes:
    """One event, typed by hand."""
    return f'event: {name}\ndata: {{"type":"{name}",{fields}}}\n\n'.encode()


def test_arguments_as_value_keeps_values_apart() -> None:
    """Spaces and order of keys are lost, values are not; text that no value can be made of raises."""
    assert arguments_as_value('{"a": 1}') == arguments_as_value('{"a":1}')
    assert arguments_as_value('{"a": 1}') != arguments_as_value('{"a": "1"}')
    assert arguments_as_value('{"a": 1}') != arguments_as_value('{"a": 12')
    with pytest.raises(ValueError, match="expected"):
        arguments_as_value("no JSON")


def test_output_as_value_keeps_values_apart() -> None:
    """Spaces and order of keys are lost, values are not; a text that is no structure is taken as it is."""
    assert {"a": 1, "b": 2} == output_as_value('{"b": 2, "a": 1}')
    assert ["12", " {}"] == [output_as_value("12"), output_as_value(" {}")]
    assert output_as_value('{"a":1}') != output_as_value({"a": "1"})


def test_input_with_cached_keeps_counts_apart() -> None:
    """The same sum with another share from the cache is another usage; nothing known stays nothing."""
    usage = anthropic.types.Usage
    one = usage(input_tokens=5, cache_read_input_tokens=2, output_tokens=1)
    other = usage(input_tokens=6, cache_read_input_tokens=1, output_tokens=1)
    assert (Usage(7, 1, cached=2), Usage(7, 1, cached=1)) == (input_with_cached(one), input_with_cached(other))
    assert Usage(5, 1) == input_with_cached(usage(input_tokens=5, output_tokens=1))
    assert None is input_with_cached(None)


def test_cumulative_lets_nothing_null_win() -> None:
    """A change that does not name the input leaves what the start said; one that names it replaces it."""
    body = START + event("message_delta", '"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}')
    changed = body + event(
        "message_delta", '"delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":3,"output_tokens":9}'
    )
    found = []
    for sent in (body, changed):
        with client_of(sent) as client:
            found.append(cumulative(list(client.messages.create(**ASK, stream=True))))
    assert [Usage(1, 9), Usage(3, 9)] == found


def test_refusal_of_leaves_text_alone() -> None:
    """Answer text is no refusal."""
    assert None is refusal_of(Transcript((TextPart("I can't"),)))
    assert "no" == refusal_of(Transcript((TextPart("a"), RefusalPart("no"))))


def test_sdk_keeps_the_last_of_two_signatures() -> None:
    """Where two signatures come for one block the SDK keeps the last; we join them and remark it."""
    body = START + event(
        "content_block_start", '"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}'
    )
    for text in ("one", "two"):
        body += event("content_block_delta", f'"index":0,"delta":{{"type":"signature_delta","signature":"{text}"}}')
    message, _ = helped(body)
    decoded = DIALECT.decode(body)
    assert "two" == message.content[0].signature
    assert "onetwo" == see(decoded.deltas()).parts[0].signature
    assert "signature-repeated" in {remark.code for remark in decoded.diagnostics}


def test_sdk_ignores_frames_without_an_event_line() -> None:
    """The SDK yields nothing for a stream of bare data lines; the decoder takes the type from the data."""
    body = b"".join(b"data: " + line[6:] + b"\n\n" for line in START.split(b"\n") if line.startswith(b"data: "))
    with client_of(body) as client:
        assert [] == list(client.messages.create(**ASK, stream=True))
    assert "m" == see(DIALECT.decode(body).deltas()).response_id


def test_sdk_gives_up_on_input_that_is_no_json() -> None:
    """The helper raises on a tool's input that cannot be JSON; the decoder keeps the text and remarks it at the end."""
    block = '"index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}'
    body = START + event("content_block_start", block)
    body += event("content_block_delta", '"index":0,"delta":{"type":"input_json_delta","partial_json":"no JSON"}')
    body += event("content_block_stop", '"index":0')
    with pytest.raises(ValueError, match="Unable to parse tool parameter JSON"):
        helped(body)
    decoded = DIALECT.decode(body)
    assert (ToolCallPart("t", "f", "no JSON"),) == transcript_of(see(decoded.deltas())).parts
    assert "tool-args-malformed" in {remark.code for remark in decoded.diagnostics}
