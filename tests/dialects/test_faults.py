"""A body for every diagnostic, and what is read of it nevertheless."""

from __future__ import annotations

import pytest

from tests.dialects.typed import (
    DONE,
    END,
    MESSAGE,
    MESSAGES_ERROR,
    STOP,
    TEXT,
    chunk,
    data,
    event,
    first,
    grow,
    piece,
    start,
    stop,
)
from workbench.dialect import Dialect
from workbench.dialects._codes import DIALECT_CODES
from workbench.dialects.anthropic_messages import DIALECT as MESSAGES
from workbench.dialects.openai_chat import DIALECT as CHAT
from workbench.transcript import Failure, Seen, see
from workbench.wire import WIRE_CODES

A = chunk({"content": "a"})
END_CHAT = chunk({}, "stop") + DONE
CALLED = chunk({}, "tool_calls") + DONE
ONE = {"function": {"arguments": "1}"}}
DEEP = '{"a":' + "[" * 600
NAN = chunk({"content": "a"}).replace(b'"created": 1', b'"created": NaN')
HIGH, LOW = chunk({"content": "x"}).replace(b'"x"', rb'"\ud83d"'), chunk({"content": "x"}).replace(b'"x"', rb'"\ude00"')
OTHER = {"index": 1, "delta": {"content": "b"}, "finish_reason": None}
TOOL = start(0, "tool_use", id="t", name="f", input={})


def json_piece(text: str) -> bytes:
    """A piece of a tool's input."""
    return grow(0, "input_json_delta", partial_json=text)


# code, body, parts as (kind, name or None, text), completion
Case = tuple[str, bytes, list[tuple[str, str | None, str]], str]
AB = [("text", None, "ab")]
JUST_A = [("text", None, "a")]
GET = [("tool-call", "get", '{"a":1}')]

CHAT_CASES: list[Case] = [
    ("chunk-not-json", A + data('{"id":') + chunk({"content": "b"}) + END_CHAT, AB, "complete"),
    ("chunk-not-json", A + data("'python'") + chunk({"content": "b"}) + END_CHAT, AB, "complete"),
    ("chunk-not-json", data("[" * 100_000) + A + END_CHAT, JUST_A, "complete"),
    ("chunk-not-object", A + data("[1]") + chunk({"content": "b"}) + END_CHAT, AB, "complete"),
    ("json-not-strict", NAN + END_CHAT, JUST_A, "complete"),
    (
        "json-not-strict",
        chunk(piece(index=0, function={"name": "get", "arguments": {"a": 0.5}})).replace(b"0.5", b"1e999") + CALLED,
        [("tool-call", "get", '{"a":null}')],
        "complete",
    ),
    ("field-type", A + chunk({"content": [1]}) + END_CHAT, JUST_A, "complete"),
    ("field-type", A + chunk({}, usage=3) + END_CHAT, JUST_A, "complete"),
    ("surrogate-pair-split", HIGH + LOW + END_CHAT, [("text", None, "\U0001f600")], "complete"),
    ("surrogate-lone", HIGH + A + END_CHAT, [("text", None, "\ufffda")], "complete"),
    ("surrogate-lone", HIGH, [("text", None, "\ufffd")], "truncated"),
    (
        "surrogate-lone",
        HIGH + chunk(first(arguments="{}")) + CALLED,
        [("text", None, "\ufffd"), ("tool-call", "get", "{}")],
        "complete",
    ),
    ("data-after-terminal", A + END_CHAT + chunk({"content": "b"}), JUST_A, "complete"),
    ("terminal-missing", A + chunk({}, "stop"), JUST_A, "truncated"),
    ("no-content", DONE, [], "complete"),
    ("duplicate-finish", chunk(first(arguments='{"a":1}')) + chunk({}, "tool_calls") + END_CHAT, GET, "complete"),
    ("finish-reason-empty", A + chunk({}, "") + END_CHAT, JUST_A, "complete"),
    ("finish-reason-unknown", A + chunk({}, "eos") + DONE, JUST_A, "complete"),
    ("finish-reason-mismatch", chunk(first(arguments='{"a":1}')) + END_CHAT, GET, "complete"),
    ("finish-reason-mismatch", A + CALLED, JUST_A, "complete"),
    (
        "piece-after-finish",
        A + chunk({}, "stop") + chunk({"content": "b"}) + DONE,
        [*JUST_A, ("text", None, "b")],
        "complete",
    ),
    (
        "tool-index-missing",
        chunk(piece(id="a", function={"name": "get", "arguments": '{"a":'})) + chunk(piece(**ONE)) + CALLED,
        GET,
        "complete",
    ),
    (
        "tool-index-missing",
        chunk({"tool_calls": [{"function": {"name": n, "arguments": "{}"}} for n in "fg"]}) + CALLED,
        [("tool-call", "f", "{}"), ("tool-call", "g", "{}")],
        "complete",
    ),
    (
        "tool-index-missing",
        chunk(piece(function={"name": "f", "arguments": "{}"}))
        + chunk(piece(function={"name": "g", "arguments": "{}"}))
        + CALLED,
        [("tool-call", "f", "{}"), ("tool-call", "g", "{}")],
        "complete",
    ),
    *(
        (
            "bad-index",
            chunk(first(index, arguments='{"a":')) + chunk(piece(index=index, id="a", **ONE)) + CALLED,
            GET,
            "complete",
        )
        for index in (-1, 10**9, True, 0.5, "0")
    ),
    (
        "tool-index-reused",
        chunk(first(arguments="{}"))
        + chunk(first(identity="b", arguments="{}"))
        + chunk(piece(index=0, id="a", function={"arguments": " "}))
        + CALLED,
        [("tool-call", "get", "{} "), ("tool-call", "get", "{}")],
        "complete",
    ),
    (
        "tool-id-changed",
        chunk(first(arguments='{"a":')) + chunk(piece(index=0, id="b", **ONE)) + CALLED,
        GET,
        "complete",
    ),
    ("tool-name-repeated", chunk(first(arguments='{"a":')) + chunk(first(arguments="1}")) + CALLED, GET, "complete"),
    (
        "tool-name-fragmented",
        chunk(first(name="g")) + chunk(piece(index=0, function={"name": "et", "arguments": '{"a":1}'})) + CALLED,
        GET,
        "complete",
    ),
    (
        "empty-string-identity",
        chunk(first(arguments='{"a":')) + chunk(piece(index=0, id="", **ONE)) + CALLED,
        GET,
        "complete",
    ),
    (
        "tool-args-before-name",
        chunk(piece(index=0, function={"arguments": '{"a":'})) + chunk(first(arguments="1}")) + CALLED,
        GET,
        "complete",
    ),
    (
        "tool-args-null",
        chunk(piece(index=0, function={"name": "get", "arguments": None}))
        + chunk(piece(index=0, function={"arguments": '{"a":1}'}))
        + CALLED,
        GET,
        "complete",
    ),
    (
        "tool-args-not-text",
        chunk(piece(index=0, function={"name": "get", "arguments": {"a": 1}})) + CALLED,
        GET,
        "complete",
    ),
    (
        "tool-function-null",
        chunk(first(arguments='{"a":1}')) + chunk(piece(index=0, function=None)) + CALLED,
        GET,
        "complete",
    ),
    ("tool-args-empty", chunk(first()) + CALLED, [("tool-call", "get", "")], "complete"),
    (
        "tool-args-malformed",
        chunk(first(arguments='{"a": 1_0}')) + CALLED,
        [("tool-call", "get", '{"a": 1_0}')],
        "complete",
    ),
    (
        "tool-args-malformed",
        chunk(first(arguments='{"a":NaN}')) + CALLED,
        [("tool-call", "get", '{"a":NaN}')],
        "complete",
    ),
    ("tool-args-not-object", chunk(first(arguments='"{}"')) + CALLED, [("tool-call", "get", '"{}"')], "complete"),
    ("tool-args-too-deep", chunk(first(arguments=DEEP)) + CALLED, [("tool-call", "get", DEEP)], "complete"),
    (
        "tool-args-incomplete",
        chunk(first(arguments='{"a"')) + chunk({}, "length") + DONE,
        [("tool-call", "get", '{"a"')],
        "complete",
    ),
    ("tool-args-incomplete", chunk(first(arguments='{"a"')), [("tool-call", "get", '{"a"')], "truncated"),
    (
        "empty-choices",
        data('{"id":"","model":"","choices":[],"prompt_filter_results":[]}') + A + END_CHAT,
        JUST_A,
        "complete",
    ),
    ("empty-choices", A + data('{"id":"c","choices":null}') + END_CHAT, JUST_A, "complete"),
    (
        "other-choice",
        chunk({"content": "a"}, choices=[OTHER, {"index": 0, "delta": {"content": "a"}}]) + END_CHAT,
        JUST_A,
        "complete",
    ),
    (
        "choice-without-delta",
        A + chunk(choices=[{"index": 0, "message": {"content": "b"}}]) + END_CHAT,
        JUST_A,
        "complete",
    ),
    ("chunk-id-changed", A + chunk({"content": "b"}, id="d") + END_CHAT, AB, "complete"),
    (
        "reasoning-field-duplicate",
        chunk({"reasoning": "x", "reasoning_content": "x"}) + END_CHAT,
        [("reasoning", None, "x")],
        "complete",
    ),
    (
        "reasoning-fields-differ",
        chunk({"reasoning": "x", "reasoning_content": "1"})
        + chunk({"reasoning": "y", "reasoning_content": "2"})
        + END_CHAT,
        [("reasoning", None, "12"), ("reasoning", None, "xy")],
        "complete",
    ),
    (
        "reasoning-details-not-read",
        chunk({"content": "a", "reasoning_details": [{"type": "reasoning.encrypted"}]}) + END_CHAT,
        JUST_A,
        "complete",
    ),
    ("legacy-function-call", chunk({"content": "a", "function_call": {"name": "f"}}) + END_CHAT, JUST_A, "complete"),
    (
        "usage-repeated",
        chunk({"content": "a"}, usage={"prompt_tokens": 1}) + chunk({}, usage={"prompt_tokens": 1}) + END_CHAT,
        JUST_A,
        "complete",
    ),
    ("in-band-error", A + data('{"error":{"message":"boom"}}'), JUST_A, "failed"),
    ("not-an-event-stream", b"<html><title>502 Bad Gateway</title>", [], "failed"),
]

HI = [("text", None, "hi")]
MESSAGES_CASES: list[Case] = [
    (
        "event-line-missing",
        b"".join(x + b"\n\n" for x in (MESSAGE + TEXT + END + STOP).split(b"\n") if x[:5] == b"data:"),
        HI,
        "complete",
    ),
    (
        "event-type-mismatch",
        MESSAGE + TEXT.replace(b"event: content_block_delta", b"event: other") + END + STOP,
        HI,
        "complete",
    ),
    ("unknown-event", MESSAGE + event("future", x=1) + TEXT + END + STOP, HI, "complete"),
    (
        "unknown-block",
        MESSAGE
        + start(0, "hologram")
        + grow(0, "text_delta", text="x")
        + stop(0)
        + TEXT.replace(b'"index": 0', b'"index": 1')
        + END
        + STOP,
        HI,
        "complete",
    ),
    (
        "unknown-delta",
        MESSAGE + start(0, "text", text="hi") + grow(0, "hologram_delta", x=1) + stop(0) + END + STOP,
        HI,
        "complete",
    ),
    (
        "citation-not-read",
        MESSAGE + start(0, "text", text="hi") + grow(0, "citations_delta", citation={}) + stop(0) + END + STOP,
        HI,
        "complete",
    ),
    ("no-message-start", TEXT + END + STOP, HI, "complete"),
    ("repeated-message-start", MESSAGE + MESSAGE + TEXT + END + STOP, HI, "complete"),
    ("block-index-gap", MESSAGE + TEXT.replace(b'"index": 0', b'"index": 5') + END + STOP, HI, "complete"),
    (
        "block-restarted",
        MESSAGE + start(0, "text", text="a") + TEXT + END + STOP,
        [("text", None, "a"), *HI],
        "complete",
    ),
    ("block-not-stopped", MESSAGE + start(0, "text", text="hi") + END + STOP, HI, "complete"),
    ("stop-without-start", MESSAGE + TEXT + stop(0) + stop(3) + END + STOP, HI, "complete"),
    ("delta-before-start", MESSAGE + grow(0, "text_delta", text="hi") + stop(0) + END + STOP, HI, "complete"),
    (
        "delta-after-stop",
        MESSAGE + TEXT + grow(0, "text_delta", text="!") + END + STOP,
        [("text", None, "hi!")],
        "complete",
    ),
    (
        "delta-block-mismatch",
        MESSAGE + start(0, "text", text="hi") + json_piece("{}") + stop(0) + END + STOP,
        HI,
        "complete",
    ),
    (
        "signature-repeated",
        MESSAGE
        + start(0, "thinking", thinking="x", signature="one")
        + grow(0, "signature_delta", signature="two")
        + stop(0)
        + END
        + STOP,
        [("reasoning", None, "x")],
        "complete",
    ),
    (
        "tool-input-twice",
        MESSAGE + start(0, "tool_use", id="t", name="f", input={"a": 1}) + json_piece(" ") + stop(0) + END + STOP,
        [("tool-call", "f", '{"a":1} ')],
        "complete",
    ),
    (
        "bad-index",
        MESSAGE + TEXT + grow(-1, "text_delta", text="x") + start(-1, "text", text="x") + END + STOP,
        HI,
        "complete",
    ),
    ("bad-index", MESSAGE + TEXT + TEXT.replace(b'"index": 0', b'"index": "0"') + END + STOP, HI, "complete"),
    ("data-after-terminal", MESSAGE + TEXT + END + STOP + TEXT, HI, "complete"),
    ("terminal-missing", MESSAGE + TEXT + END, HI, "truncated"),
    ("no-content", MESSAGE + END + STOP, [], "complete"),
    ("duplicate-finish", MESSAGE + TEXT + END + END + STOP, HI, "complete"),
    ("finish-reason-unknown", MESSAGE + TEXT + END.replace(b"end_turn", b"tired") + STOP, HI, "complete"),
    ("finish-reason-empty", MESSAGE + TEXT + END.replace(b"end_turn", b"") + STOP, HI, "complete"),
    ("piece-after-finish", MESSAGE + END + TEXT + STOP, HI, "complete"),
    ("tool-args-empty", MESSAGE + TOOL + json_piece("") + stop(0) + END + STOP, [("tool-call", "f", "")], "complete"),
    (
        "tool-args-malformed",
        MESSAGE + TOOL + json_piece("{}{}") + stop(0) + END + STOP,
        [("tool-call", "f", "{}{}")],
        "complete",
    ),
    ("tool-args-incomplete", MESSAGE + TOOL + json_piece("{"), [("tool-call", "f", "{")], "truncated"),
    ("field-type", MESSAGE + TEXT + END.replace(b"15", b'"15"') + STOP, HI, "complete"),
    (
        "surrogate-pair-split",
        MESSAGE
        + (start(0, "text", text="") + grow(0, "text_delta", text="H") + grow(0, "text_delta", text="L") + stop(0))
        .replace(b'"H"', rb'"\ud83d"')
        .replace(b'"L"', rb'"\ude00"')
        + END
        + STOP,
        [("text", None, "\U0001f600")],
        "complete",
    ),
    ("in-band-error", MESSAGE + TEXT + MESSAGES_ERROR, HI, "failed"),
    ("not-an-event-stream", b'{"type":"error","error":{"type":"invalid_request_error","message":"x"}}', [], "failed"),
]


def check(dialect: Dialect, case: Case) -> Seen:
    """Holds that the code came up, that these parts were read, and that the body ended so."""
    code, body, parts, completion = case
    decoded = dialect.decode(body)
    seen = see(decoded.deltas())
    assert code in {remark.code for remark in decoded.diagnostics}
    assert parts == [(part.kind, part.name, part.text) for part in seen.parts]
    assert completion == seen.completion
    return seen


@pytest.mark.parametrize("case", CHAT_CASES, ids=lambda case: case[0])
def test_fault_of_openai_chat_is_remarked_and_the_rest_is_read(case: Case) -> None:
    """The code comes up, and the parts are what can honestly be known."""
    check(CHAT, case)


@pytest.mark.parametrize("case", MESSAGES_CASES, ids=lambda case: case[0])
def test_fault_of_anthropic_messages_is_remarked_and_the_rest_is_read(case: Case) -> None:
    """The code comes up, and the parts are what can honestly be known."""
    check(MESSAGES, case)


def test_every_code_has_a_body() -> None:
    """The table of codes holds no code that cannot come up, and no body shows one that is not in a table."""
    shown = {case[0] for case in CHAT_CASES + MESSAGES_CASES}
    assert DIALECT_CODES.keys() == shown
    said = {remark.code for case in CHAT_CASES for remark in CHAT.decode(case[1]).diagnostics}
    said |= {remark.code for case in MESSAGES_CASES for remark in MESSAGES.decode(case[1]).diagnostics}
    assert set() == said - DIALECT_CODES.keys() - WIRE_CODES.keys()


ERRORS = [
    ('{"error":{"message":"boom","type":"server_error","code":null}}', None, Failure("boom", "server_error")),
    ('{"error":{"message":"boom","code":502}}', None, Failure("boom", "502")),
    ('{"error":"boom"}', None, Failure("boom")),
    ('{"error":{"detail":"boom"}}', None, Failure("boom")),
    ('{"error":{"reason":1}}', None, Failure('{"reason":1}')),
    ('{"object":"error","message":"boom","type":"BadRequestError"}', None, Failure("boom", "BadRequestError")),
    (
        '{"type":"error","error":{"type":"overloaded_error","message":"boom"}}',
        "error",
        Failure("boom", "overloaded_error"),
    ),
    ('{"object":"error","code":40303}', None, Failure('{"object":"error","code":40303}', "40303")),
    ('{"detail":"boom"}', None, Failure("boom")),
    ('{"message":"boom"}', "error", Failure("boom")),
    ("boom", "error", Failure("boom")),
    (
        '{"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"message":"boom","code":1}}',
        None,
        Failure("boom", "1"),
    ),
    ('{"id":"c","choices":[{"index":0,"delta":{},"error":{"message":"boom"}}]}', None, Failure("boom")),
]


@pytest.mark.parametrize(("text", "name", "failure"), ERRORS, ids=[text[:40] for text, _, _ in ERRORS])
def test_shape_of_an_error_in_openai_chat(text: str, name: str | None, failure: Failure) -> None:
    """Each known shape of an error ends the stream, and keeps what came before and the provider's words."""
    frame = (f"event: {name}\n" if name else "").encode() + data(text)
    seen = see(CHAT.decode(A + frame + chunk({"content": "b"}) + DONE).deltas())
    assert ("failed", failure) == (seen.completion, seen.failure)
    assert ["a"] == [part.text for part in seen.parts]
    assert None is seen.parts[0].ended


@pytest.mark.parametrize(
    ("frame", "failure"),
    [
        (MESSAGES_ERROR, Failure("Overloaded", "overloaded_error")),
        (b'data: {"error":{"message":"boom","type":"api_error"}}\n\n', Failure("boom", "api_error")),
        (b"event: error\ndata: boom\n\n", Failure("boom")),
        (b'event: error\ndata: {"message":"boom"}\n\n', Failure("boom")),
        (b'event: error\ndata: {"type":"error"}\n\n', Failure('{"type":"error"}')),
        (b'event: error\ndata: {"type":"api_error","message":"boom"}\n\n', Failure("boom", "api_error")),
    ],
)
def test_shape_of_an_error_in_anthropic_messages(frame: bytes, failure: Failure) -> None:
    """Each shape in which an error is known to come ends the stream and keeps what came before, unended."""
    seen = see(
        MESSAGES.decode(MESSAGE + start(0, "text", text="hi") + frame + grow(0, "text_delta", text="!")).deltas()
    )
    assert ("failed", failure) == (seen.completion, seen.failure)
    assert ["hi"] == [part.text for part in seen.parts]
    assert None is seen.parts[0].ended


@pytest.mark.parametrize("dialect", [CHAT, MESSAGES], ids=lambda dialect: dialect.id)
@pytest.mark.parametrize(
    ("body", "completion", "failure"),
    [
        (b"", "empty", None),
        (b" \n", "empty", None),
        (b'{"error":{"message":"x","type":"t"}}', "failed", Failure("x", "t")),
        (b'\xef\xbb\xbf{\n  "detail": "x"\n}\n', "failed", Failure("x")),
        (b'[{"error":{"message":"x"}}]', "failed", Failure("x")),
        (b'{"id":"c","choices":[{"message":{"content":"hi"}}]}', "empty", None),
        (b"<!doctype html><title> 502 </title>", "failed", Failure("502")),
        (b"<p>sorry", "failed", Failure("<p>sorry")),
        (b'{"a":', "empty", None),
    ],
)
def test_body_that_is_no_event_stream(dialect: Dialect, body: bytes, completion: str, failure: Failure | None) -> None:
    """A JSON error or a page in place of a stream has failed, in the words that it holds; nothing at all is empty."""
    seen = see(dialect.decode(body).deltas())
    assert (completion, failure) == (seen.completion, seen.failure)


def test_done_counts_without_its_blank_line() -> None:
    """The terminal is taken even where the body ends before the blank line, or before any line end."""
    for end in (b"data: [DONE]\n", b"data: [DONE]"):
        decoded = CHAT.decode(A + chunk({}, "stop") + end)
        assert "complete" == see(decoded.deltas()).completion
        assert ["unterminated-tail"] == [remark.code for remark in decoded.diagnostics]
    stopped = MESSAGES.decode(MESSAGE + TEXT + END + STOP.rstrip())
    assert "complete" == see(stopped.deltas()).completion


def test_calls_that_begin_after_the_reason_end_with_the_next_one() -> None:
    """Gateways send each of two calls with a reason of its own; both calls are read and both end."""
    body = chunk(first(), "tool_calls") + chunk(first(1, "b", arguments="{}"), "tool_calls") + DONE
    seen = see(CHAT.decode(body).deltas())
    assert [(0, 0), (1, 1)] == [(part.started, part.ended) for part in seen.parts]
