"""Properties of every dialect: what is written can be read, however it is cut, and no bytes break a decoder."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import json_like, requests, responses
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.dialects._codes import DIALECT_CODES
from workbench.dialects._decoder import JsonEventDecoder
from workbench.dialects.anthropic_messages.decode import MessagesDecoder
from workbench.dialects.anthropic_messages.events import EVENT_NAMES
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.transcript import Delta, Message, Request, Tool, Transcript, see, transcript_of
from workbench.wire import WIRE_CODES, SseDecoder, sse_frame

OURS = ("anthropic-messages", "openai-chat")
dialects = pytest.mark.parametrize("dialect", [all_dialects()[name] for name in OURS], ids=OURS)


def read(dialect: Dialect, body: bytes) -> Transcript:
    """What a body says."""
    return transcript_of(see(dialect.decode(body).deltas()))


@dialects
@given(deltas=responses())
def test_a_body_says_what_was_encoded_less_what_the_dialect_cannot_carry(dialect: Dialect, deltas: list[Delta]) -> None:
    """Decoding an encoded response gives its projection."""
    assert dialect.project(transcript_of(see(deltas))) == read(dialect, dialect.encode(deltas))


@dialects
@given(deltas=responses())
def test_a_projection_is_carried_whole(dialect: Dialect, deltas: list[Delta]) -> None:
    """Projecting twice takes nothing more away."""
    once = dialect.project(transcript_of(see(deltas)))
    assert once == dialect.project(once)


@dialects
@given(deltas=responses())
def test_a_well_formed_body_gives_no_remark_about_its_form(dialect: Dialect, deltas: list[Delta]) -> None:
    """Only remarks about what was said come up for a body of ours, none about how."""
    form = {"no-content", "terminal-missing", "in-band-error", "finish-reason-mismatch", "comment"}
    said = {remark.code for remark in dialect.decode(dialect.encode(deltas)).diagnostics}
    assert set() == {code for code in said - form if not code.startswith("tool-args")}


@dialects
@given(deltas=responses(), data=st.data())
def test_how_a_body_is_cut_does_not_matter(dialect: Dialect, deltas: list[Delta], data: st.DataObject) -> None:
    """Any partition of a body gives the same deltas as the whole."""
    body = dialect.encode(deltas)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=6)))
    chunks = [body[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    assert list(dialect.decode(body).deltas()) == [delta for _, step in feed(dialect, chunks) for delta in step]


@dialects
@settings(max_examples=30)
@given(deltas=responses())
def test_what_a_prefix_completes_is_out(dialect: Dialect, deltas: list[Delta]) -> None:
    """Fed byte by byte, the deltas of each frame come with the frame's last byte."""
    body = dialect.encode(deltas)
    whole = dialect.decode(body)
    due: dict[int, tuple[Delta, ...]] = {}
    for index, step in whole.steps:
        at = whole.frames[index].end if index >= 0 else len(body)
        due[at] = (*due.get(at, ()), *step)
    fed: dict[int, tuple[Delta, ...]] = {}
    for at, step in feed(dialect, [body[place : place + 1] for place in range(len(body))]):
        fed[at if at >= 0 else len(body)] = (*fed.get(at if at >= 0 else len(body), ()), *step)
    assert due == fed


def feed(dialect: Dialect, chunks: list[bytes]) -> Iterator[tuple[int, tuple[Delta, ...]]]:
    """Feeds chunks; yields how many bytes had been fed and the deltas that came then; -1 for the end."""
    framing, decoder, fed = SseDecoder(), dialect.decoder(), 0
    for chunk in chunks:
        fed += len(chunk)
        step = [delta for frame in framing.receive(chunk) for delta in decoder.receive(frame)]
        if step:
            yield fed, tuple(step)
    framing.finish()
    last = decoder.finish(framing.tail_data)
    if last:
        yield -1, tuple(last)


@dialects
@given(body=st.binary(max_size=200))
def test_no_bytes_break_a_decoder(dialect: Dialect, body: bytes) -> None:
    """Any bytes give deltas that can be written as UTF-8, and declared remarks."""
    check_total(dialect, body)


@dialects
@given(deltas=responses(), noise=st.binary(max_size=8), data=st.data())
def test_no_damage_breaks_a_decoder(dialect: Dialect, deltas: list[Delta], noise: bytes, data: st.DataObject) -> None:
    """A good body with bytes put in, taken out and cut off gives deltas and declared remarks."""
    body = dialect.encode(deltas)
    at = data.draw(st.integers(0, len(body)))
    gone = data.draw(st.integers(0, 12))
    check_total(dialect, body[:at] + noise + body[at + gone :])


def check_total(dialect: Dialect, body: bytes) -> None:
    """Holds that what came out can be written, and that all remarks are declared."""
    decoded = dialect.decode(body)
    msgspec.json.encode(list(decoded.deltas()))
    assert set() == {remark.code for remark in decoded.diagnostics} - DIALECT_CODES.keys() - WIRE_CODES.keys()
    assert see(decoded.deltas()).completion in ("complete", "truncated", "failed", "empty")


CHAT = json_like(
    [
        "id",
        "model",
        "choices",
        "delta",
        "index",
        "content",
        "reasoning",
        "reasoning_content",
        "refusal",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "finish_reason",
        "usage",
        "prompt_tokens",
        "error",
        "message",
        "prompt_tokens_details",
    ],
    ["stop", "tool_calls", "get", "{}"],
)
MESSAGES = json_like(
    [
        "type",
        "index",
        "delta",
        "content_block",
        "message",
        "text",
        "thinking",
        "partial_json",
        "signature",
        "data",
        "id",
        "name",
        "input",
        "tool_use_id",
        "content",
        "usage",
        "input_tokens",
        "stop_reason",
        "stop_details",
        "explanation",
        "error",
    ],
    [
        *EVENT_NAMES,
        "text",
        "thinking",
        "tool_use",
        "text_delta",
        "input_json_delta",
        "web_search_tool_result",
        "end_turn",
    ],
)


def chat_frames(draw: st.DrawFn) -> object:
    """A chunk whose outer shape is right."""
    fields = st.fixed_dictionaries(
        {}, optional={"choices": st.lists(choices(), max_size=2), "id": CHAT, "usage": CHAT, "error": CHAT}
    )
    return draw(CHAT | fields)


@st.composite
def choices(draw: st.DrawFn) -> object:
    """A choice whose outer shape is right."""
    call = st.fixed_dictionaries(
        {},
        optional={
            "index": st.sampled_from([0, 1, -1, 10**9, "0", None, True, 1.0]),
            "id": st.sampled_from(["a", "b", "", None]),
            "function": st.none()
            | st.fixed_dictionaries(
                {},
                optional={
                    "name": st.sampled_from(["get", "t", "", None, 3]),
                    "arguments": st.sampled_from(["{", "", None, {}]),
                },
            ),
        },
    )
    text = st.sampled_from(["x", "", None, 3, "\ud83d", "\ude00"])
    delta = st.fixed_dictionaries(
        {},
        optional={
            "content": text,
            "reasoning": text,
            "reasoning_content": text,
            "refusal": text,
            "tool_calls": st.lists(call, max_size=3) | st.none(),
        },
    )
    finish = st.sampled_from(["stop", "tool_calls", "length", "", "odd", None, 1])
    return draw(
        st.fixed_dictionaries(
            {}, optional={"index": st.sampled_from([0, 0, 1, None]), "delta": delta, "finish_reason": finish}
        )
    )


@st.composite
def events(draw: st.DrawFn) -> object:
    """An event whose outer shape is right."""
    text = st.sampled_from(["x", "", None, 3, "\ud83d", "\ude00"])
    block = st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "x_tool_result", "new"]
            )
        },
        optional={
            "text": text,
            "thinking": text,
            "input": st.sampled_from([{}, {"a": 1}, None, 1]),
            "content": MESSAGES,
            "id": text,
        },
    )
    piece = st.fixed_dictionaries(
        {
            "type": st.sampled_from(
                ["text_delta", "thinking_delta", "input_json_delta", "signature_delta", "citations_delta", "new"]
            )
        },
        optional={"text": text, "thinking": text, "partial_json": text, "signature": text},
    )
    return draw(
        st.fixed_dictionaries(
            {"type": st.sampled_from(list(EVENT_NAMES))},
            optional={
                "index": st.sampled_from([0, 1, 2, -1, 10**9, "0", None, True]),
                "content_block": block,
                "delta": piece
                | st.fixed_dictionaries({"stop_reason": st.sampled_from(["end_turn", "tool_use", "", None, "odd"])}),
                "message": MESSAGES,
                "usage": MESSAGES,
                "error": MESSAGES,
            },
        )
    )


@given(frames=st.lists(st.composite(chat_frames)(), max_size=8))
def test_all_ways_to_read_a_chunk_agree(frames: list[object]) -> None:
    """The fast and the careful reader of openai-chat give the same deltas and remarks, whatever the chunks hold."""
    compare_readers(ChatDecoder, frames, None)


@given(frames=st.lists(MESSAGES | events(), max_size=8))
def test_all_ways_to_read_an_event_agree(frames: list[object]) -> None:
    """Both readers of anthropic-messages give the same deltas and remarks, whatever the events hold."""
    compare_readers(MessagesDecoder, frames, "type")


def compare_readers(make: type[ChatDecoder] | type[MessagesDecoder], frames: list[object], key: str | None) -> None:
    """Feeds three: with the short cut, without it, and careful; with `event:` lines right, absent or wrong."""
    fast, general, careful = make(), make(), make(careful=True)
    framing = SseDecoder()
    for value in frames:
        name = value.get(key) if key and isinstance(value, dict) else None
        named = name if isinstance(name, str) and name.isidentifier() and len(frames) % 2 else None
        event = "error" if key is None and len(frames) % 2 else named
        for frame in framing.receive(sse_frame(json.dumps(value), event=event)):
            step = fast.receive(frame)
            assert (step, step) == (JsonEventDecoder.receive(general, frame), careful.receive(frame))
    last = fast.finish(None)
    assert (last, last) == (general.finish(None), careful.finish(None))
    assert (fast.diagnostics, fast.diagnostics) == (general.diagnostics, careful.diagnostics)


@dialects
@given(request=requests())
def test_a_request_can_be_read_back(dialect: Dialect, request: Request) -> None:
    """Reading a written request gives it back, less what a request in the dialect cannot carry."""
    assert projected(dialect, request) == dialect.read_request(json.loads(json.dumps(dialect.write_request(request))))


def projected(dialect: Dialect, request: Request) -> Request:
    """A request less what the dialect's history cannot carry."""
    messages: list[Message] = []
    for message in request.messages:
        parts = dialect.project_history(message.parts)
        if parts or message.role in ("assistant", "user"):
            messages.append(Message(message.role, parts))
    tools = tuple(Tool(tool.name, tool.description, tool.parameters) for tool in request.tools)
    return Request(tuple(messages), tools, request.response_schema, request.model)
