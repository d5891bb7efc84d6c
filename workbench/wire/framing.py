"""The framings that there are, by name, each with its decoder."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from workbench.wire.decoder import Decoder
from workbench.wire.event_stream import EventStreamDecoder
from workbench.wire.json_array import JsonArrayDecoder
from workbench.wire.ndjson import NdjsonDecoder
from workbench.wire.sniff import sniff
from workbench.wire.sse import SseDecoder

Framing = Literal["sse", "ndjson", "json-array", "event-stream"]

FRAMINGS: Final[Mapping[Framing, type[Decoder]]] = MappingProxyType(
    {
        "sse": SseDecoder,
        "ndjson": NdjsonDecoder,
        "json-array": JsonArrayDecoder,
        "event-stream": EventStreamDecoder,
    }
)
"""Name to decoder; each is made without arguments."""

EXTENSIONS: Final[Mapping[Framing, str]] = MappingProxyType(
    {"sse": ".sse", "ndjson": ".ndjson", "json-array": ".json", "event-stream": ".bin"}
)
"""How a file that holds such a body is called, at its end."""

MEDIA_TYPES: Final[Mapping[Framing, str]] = MappingProxyType(
    {
        "sse": "text/event-stream",
        "ndjson": "application/x-ndjson",
        "json-array": "application/json",
        "event-stream": "application/vnd.amazon.eventstream",
    }
)
"""What a provider says of such a body in its response's `Content-Type`."""


def framing_of(body: bytes, expected: tuple[Framing, ...] = ("sse", "ndjson", "json-array", "event-stream")) -> Framing:
    """Finds the framing of a body from its first bytes.

    Args:
        body: its first bytes, or all of it.
        expected: the framings to choose from; the first is the answer where the bytes say none of them. A single JSON
            document may be an NDJSON body of one line.
    """
    looks = sniff(body[:4096])
    if looks == "json" and "ndjson" in expected:
        return "ndjson"
    return next((framing for framing in expected if framing == looks), expected[0])
