"""Which framing the first bytes of a body have."""

from __future__ import annotations

import pytest

from workbench.wire import event_stream_message, sniff

CASES: dict[str, tuple[str, bytes]] = {
    "data": ("sse", b'data: {"a":1}\n\n'),
    "event": ("sse", b"event: e\ndata: 1\n\n"),
    "id-without-colon": ("sse", b"id\ndata: 1\n\n"),
    "retry": ("sse", b"retry: 3"),
    "comment": ("sse", b": OPENROUTER PROCESSING\n\n"),
    "cut-after-a-field-name": ("sse", b"data"),
    "after-bom-and-blank-lines": ("sse", b"\xef\xbb\xbf\r\n\r\ndata: 1\n\n"),
    "after-an-unknown-field": ("sse", b"foo: 1\ndata: 1\n\n"),
    "cr-only": ("sse", b"foo: 1\rdata: 1\r\r"),
    "two-objects": ("ndjson", b'{"a":1}\n{"a":2}\n'),
    "two-objects-crlf-and-blank": ("ndjson", b'\xef\xbb\xbf{"a":1}\r\n\r\n{"a'),
    "one-object": ("json", b'{"error":"no"}\n'),
    "object-over-lines": ("json", b'{\n  "error": {\n  }\n}\n'),
    "array": ("json-array", b'[{"a":1}\n,\n{"a":2}]'),
    "array-of-nothing-yet": ("json-array", b"["),
    "message": ("event-stream", event_stream_message(b"{}", {":event-type": "e"})[:12]),
    "message-with-a-wrong-checksum": ("unknown", b"\0\0\0\x10\0\0\0\0\1\2\3\4"),
    "string": ("json", b'"Internal Server Error"'),
    "doctype": ("html", b"<!DOCTYPE html>"),
    "xml": ("html", b"\n<?xml version='1.0'?>"),
    "nothing": ("empty", b""),
    "bom-alone": ("empty", b"\xef\xbb\xbf"),
    "white-space": ("empty", b" \r\n\t"),
    "prose": ("unknown", b"Bad Gateway\n"),
    "colon-inside-a-line": ("unknown", b"see: data: 1"),
    "longer-field-name": ("unknown", b"database: 1\n"),
    "upper-case-field": ("unknown", b"Data: 1\n"),
    "cut-field-name": ("unknown", b"dat"),
    "binary": ("unknown", b"\x1f\x8b\x08\x00"),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    """The bytes have this framing."""
    framing, prefix = CASES[name]
    assert framing == sniff(prefix)
