"""Bytes to frames and back.

Sans-IO: every function and class here is pure, and knows no file, socket, clock or chance. A frame is one SSE event,
one NDJSON line, one element of a JSON array, or one message of an event stream; what it means is for a dialect to say.

    frames      what is handed out: `Frame`, `Tail`, `Diagnostic`, and the table of codes
    decoder     the contract of a decoder, the byte order mark, text that is not quite UTF-8
    sse         `SseDecoder`: server-sent events by the WHATWG text
    ndjson      `NdjsonDecoder`: one JSON document for each line
    json_array  `JsonArrayDecoder`: one JSON array over the whole body
    event_stream  `EventStreamDecoder`: Amazon's binary messages, and `event_stream_message`, their way back
    framing     the framings by name, and which one a body has
    encode      `sse_frame`, `ndjson_line`: the way back
    partition   ways to cut a body, none of which may matter
    sniff       which framing a body has, from its first bytes

Inside, imports go `encode`, `partition` and `framing → sse | ndjson | json_array | event_stream → sniff → decoder →
frames`.
"""

from workbench.wire.decoder import DEFAULT_LIMIT_BYTES, Decoder
from workbench.wire.encode import ndjson_line, sse_frame
from workbench.wire.event_stream import EventStreamDecoder, event_stream_message
from workbench.wire.frames import WIRE_CODES, Diagnostic, Frame, Tail, excerpt
from workbench.wire.framing import EXTENSIONS, FRAMINGS, MEDIA_TYPES, Framing, framing_of
from workbench.wire.json_array import JsonArrayDecoder
from workbench.wire.ndjson import NdjsonDecoder
from workbench.wire.partition import PARTITIONS, Partition, at, by_bytes, by_frames, by_lines, every_byte, seeded, whole
from workbench.wire.sniff import Sniffed, sniff
from workbench.wire.sse import SseDecoder

__all__ = [
    "DEFAULT_LIMIT_BYTES",
    "EXTENSIONS",
    "FRAMINGS",
    "MEDIA_TYPES",
    "PARTITIONS",
    "WIRE_CODES",
    "Decoder",
    "Diagnostic",
    "EventStreamDecoder",
    "Frame",
    "Framing",
    "JsonArrayDecoder",
    "NdjsonDecoder",
    "Partition",
    "Sniffed",
    "SseDecoder",
    "Tail",
    "at",
    "by_bytes",
    "by_frames",
    "by_lines",
    "event_stream_message",
    "every_byte",
    "excerpt",
    "framing_of",
    "ndjson_line",
    "seeded",
    "sniff",
    "sse_frame",
    "whole",
]
