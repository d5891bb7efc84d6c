"""The official `openai` SDK, fed our bodies over HTTP, assembles what the projected transcript says.

Two ways: the raw chunks, from which the parts are put together here by the SDK's objects alone, and the SDK's own
helper, `client.chat.completions.stream()`. Each difference that is not held against a body is a named function, with a
case where it does not apply.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from tests.differential.serving import serving
from workbench.corpus import Body, Fixture, Turn, load_corpus
from workbench.dialects.openai_chat import DIALECT
from workbench.transcript import (
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
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
DONE = b"data: [DONE]\n\n"
WHOLE = [case for case in BODIES if case.values[2].data.endswith(DONE)]
ASK: dict[str, Any] = {"model": "model-under-test", "messages": [{"role": "user", "content": "Go."}]}


@cache
def http_client() -> httpx2.Client:
    """One client for all tests: making one takes longer than a test."""
    client = httpx2.Client(trust_env=False)
    atexit.register(client.close)
    return client


@contextmanager
def client_of(body: bytes) -> Iterator[openai.OpenAI]:
    """An SDK client to which this body is the answer."""
    with serving(DIALECT, body) as (origin, _):
        http = http_client()
        yield openai.OpenAI(base_url=f"{origin}/v1", api_key="none", max_retries=0, http_client=http)


# ------------------------------------------------------------------------------------------------------ normalisations


def usage_of(counts: openai.types.CompletionUsage | None) -> Usage | None:
    """The SDK's token counts under neutral names."""
    if counts is None:
        return None
    prompt, completion = counts.prompt_tokens_details, counts.completion_tokens_details
    return Usage(
        getattr(counts, "prompt_tokens", None),
        getattr(counts, "completion_tokens", None),
        None if completion is None else completion.reasoning_tokens,
        None if prompt is None else prompt.cached_tokens,
    )


def fields_of(transcript: Transcript) -> dict[str, Any]:
    """What a message's fields can say of a transcript: parts of a kind joined, order between kinds lost.

    The helper's message has one `content`, one `refusal`, one `reasoning_content` and a list of calls.
    """
    text = [part.text for part in transcript.parts if isinstance(part, TextPart)]
    refusal = [part.text for part in transcript.parts if isinstance(part, RefusalPart)]
    reasoning = [part.text for part in transcript.parts if isinstance(part, ReasoningPart)]
    return {
        "content": "".join(text),
        "refusal": "".join(refusal),
        "reasoning": "".join(reasoning),
        "calls": [(part.id, part.name, part.arguments) for part in transcript.parts if isinstance(part, ToolCallPart)],
        "finish": transcript.outcome.finish_raw,
        "usage": transcript.outcome.usage,
        "id": transcript.outcome.response_id,
        "model": transcript.outcome.model,
    }


def absent_as_empty(text: str | None) -> str:
    """A field that is null and one that is the empty string say the same: nothing of this kind came."""
    return text or ""


# ------------------------------------------------------------------------------------------------------------ raw
# chunks


class Raw:
    """Parts put together from the SDK's chunk objects; knows nothing of our decoder."""

    def __init__(self) -> None:
        self.runs: list[list[Any]] = []
        self.calls: dict[int, list[Any]] = {}
        self.finish: str | None = None
        self.usage: Usage | None = None
        self.identity: set[tuple[str, str]] = set()

    def take(self, chunk: ChatCompletionChunk) -> None:
        """Adds one chunk."""
        self.identity.add((chunk.id, chunk.model))
        self.usage = usage_of(chunk.usage) or self.usage
        for choice in chunk.choices:
            delta = choice.delta
            self._grow(ReasoningPart, getattr(delta, "reasoning_content", None))
            self._grow(TextPart, delta.content)
            self._grow(RefusalPart, delta.refusal)
            for call in delta.tool_calls or ():
                function = call.function
                assert function is not None
                if call.index not in self.calls:
                    self.calls[call.index] = [ToolCallPart, call.id, function.name, []]
                    self.runs.append(self.calls[call.index])
                self.calls[call.index][3].append(function.arguments)
            self.finish = choice.finish_reason or self.finish

    def _grow(self, kind: type[Part], text: str | None) -> None:
        if not text:
            return
        if not self.runs or self.runs[-1][0] is not kind:
            self.runs.append([kind, []])
        self.runs[-1][1].append(text)

    def parts(self) -> tuple[Part, ...]:
        """The parts, in the order in which they began."""
        return tuple(
            ToolCallPart(run[1], run[2], "".join(run[3])) if run[0] is ToolCallPart else run[0]("".join(run[1]))
            for run in self.runs
        )


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_raw_chunks_say_what_was_written(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Parts, order, reason, counts and identity are those of the projection; an error is raised where one was sent."""
    expected = DIALECT.project(turn.transcript)
    outcome = expected.outcome
    raw = Raw()
    raised: openai.APIError | None = None
    with client_of(body.data) as client:
        try:
            for chunk in client.chat.completions.create(**ASK, stream=True):
                raw.take(chunk)
        except openai.APIError as error:
            raised = error
    assert expected.parts == raw.parts()
    assert (outcome.finish_raw, outcome.usage) == (raw.finish, raw.usage)
    assert {(outcome.response_id, outcome.model)} == raw.identity
    assert (outcome.failure is not None) == (raised is not None)
    if outcome.failure is not None and raised is not None:
        assert outcome.failure.message == raised.message
        assert outcome.failure.type == raised.type


# -------------------------------------------------------------------------------------------------------------- helper


def helped(body: bytes) -> tuple[dict[str, Any] | None, Exception | None]:
    """Fields of the message that the helper assembled, and what it raised."""
    raised: Exception | None = None
    with client_of(body) as client, client.chat.completions.stream(**ASK) as stream:
        try:
            for _ in stream:
                pass
        except openai.APIError as error:
            raised = error
        snapshot = stream.current_completion_snapshot
    choice = snapshot.choices[0]
    message = choice.message
    calls = [(call.id, call.function.name, call.function.arguments) for call in message.tool_calls or ()]
    return {
        "content": absent_as_empty(message.content),
        "refusal": absent_as_empty(message.refusal),
        "reasoning": absent_as_empty(getattr(message, "reasoning_content", None)),
        "calls": calls,
        "finish": choice.finish_reason,
        "usage": usage_of(snapshot.usage),
        "id": snapshot.id,
        "model": snapshot.model,
    }, raised


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_helper_assembles_what_was_written(fixture: Fixture, turn: Turn, body: Body) -> None:
    """The SDK's own message holds the fields of the projection."""
    expected = DIALECT.project(turn.transcript)
    fields, raised = helped(body.data)
    assert fields_of(expected) == fields
    assert (expected.outcome.failure is not None) == (raised is not None)


@pytest.mark.parametrize(("fixture", "turn", "body"), WHOLE)
def test_sdk_does_not_tell_a_cut_body_from_a_whole_one(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Without its last frame, `[DONE]`, a body reads the same: the SDK ends quietly and says nothing of the cut."""
    assert helped(body.data) == helped(body.data.removesuffix(DONE))


# ----------------------------------------------------------------- where the normalisations do not apply, and the SDK
# errs


def chunk(delta: str, finish: str = "null") -> bytes:
    """One chunk, typed by hand."""
    return (
        b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
        + delta.encode()
        + b',"finish_reason":'
        + finish.encode()
        + b"}]}\n\n"
    )


def test_fields_keep_different_texts_apart() -> None:
    """Joining parts does not make equal what differs in text, kind or order within a kind."""
    one = Transcript((TextPart("a"), TextPart("b")))
    assert fields_of(one) == fields_of(Transcript((TextPart("ab"),)))
    assert fields_of(one) != fields_of(Transcript((TextPart("b"), TextPart("a"))))
    assert fields_of(one) != fields_of(Transcript((TextPart("a"), ReasoningPart("b"))))


def test_order_between_kinds_is_in_the_chunks_and_not_in_the_fields() -> None:
    """Text after a call reads like text before it in the helper's message, though the chunks tell them apart."""
    call = '{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}'
    text = '{"content":"x"}'
    end = chunk("{}", '"tool_calls"') + b"data: [DONE]\n\n"
    before, after = chunk(text) + chunk(call) + end, chunk(call) + chunk(text) + end
    assert helped(before) == helped(after)
    kinds = []
    for body in (before, after):
        raw = Raw()
        with client_of(body) as client:
            for piece in client.chat.completions.create(**ASK, stream=True):
                raw.take(piece)
        kinds.append([type(part) for part in raw.parts()])
    assert [[TextPart, ToolCallPart], [ToolCallPart, TextPart]] == kinds


def test_absent_as_empty_keeps_text() -> None:
    """Only nothing is nothing: a space stays."""
    assert ["", "", " "] == [absent_as_empty(text) for text in (None, "", " ")]


def test_usage_names_keep_counts_apart() -> None:
    """Counts that differ in one field differ under neutral names, and absent ones stay absent."""
    full = openai.types.CompletionUsage.model_validate(
        {
            "prompt_tokens": 7,
            "completion_tokens": 5,
            "total_tokens": 12,
            "completion_tokens_details": {"reasoning_tokens": 3},
            "prompt_tokens_details": {"cached_tokens": 2},
        }
    )
    bare = openai.types.CompletionUsage(prompt_tokens=7, completion_tokens=5, total_tokens=12)
    assert (Usage(7, 5, 3, 2), Usage(7, 5)) == (usage_of(full), usage_of(bare))


def test_sdk_gives_up_on_a_chunk_that_is_no_json() -> None:
    """The SDK raises where our decoder remarks `chunk-not-json` and reads on."""
    body = chunk('{"content":"a"}') + b'data: {"id":\n\n' + chunk('{"content":"b"}', '"stop"') + b"data: [DONE]\n\n"
    with client_of(body) as client, pytest.raises(ValueError, match="Expecting value"):
        list(client.chat.completions.create(**ASK, stream=True))
    assert ["a", "b"] == [delta.text for delta in DIALECT.decode(body).deltas() if hasattr(delta, "text")]


def test_sdk_raises_an_error_that_comes_inside_the_stream() -> None:
    """What came before is handed out, then the SDK raises `APIError` with the provider's message."""
    body = chunk('{"content":"a"}') + b'data: {"error":{"message":"boom","type":"server_error"}}\n\n'
    got = []
    with client_of(body) as client, pytest.raises(openai.APIError, match="boom"):
        got.extend(client.chat.completions.create(**ASK, stream=True))
    assert ["a"] == [piece.choices[0].delta.content for piece in got]
    assert "failed" == see(DIALECT.decode(body).deltas()).completion


def test_helper_cannot_take_a_type_that_is_null() -> None:
    """A later piece of a call with `"type": null` breaks the helper; the decoder reads on, as the raw chunks do."""
    first = '{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}'
    later = '{"tool_calls":[{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":"{}"}}]}'
    body = chunk(first) + chunk(later) + chunk("{}", '"tool_calls"') + b"data: [DONE]\n\n"
    with pytest.raises(AssertionError):
        helped(body)
    raw = Raw()
    with client_of(body) as client:
        for piece in client.chat.completions.create(**ASK, stream=True):
            raw.take(piece)
    assert (ToolCallPart("a", "f", "{}"),) == raw.parts() == transcript_of(see(DIALECT.decode(body).deltas())).parts
