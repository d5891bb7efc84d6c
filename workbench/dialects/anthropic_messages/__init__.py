"""The dialect `anthropic-messages`: Anthropic's Messages API, streamed.

    events    events as small structs, and the fast reader
    shape     the careful reader
    decode    frames to deltas
    encode    deltas to a body
    whole     the same when no stream was asked for
    project   what a response and a request cannot carry
    requests  requests, both ways
    blocks    content blocks while they are open
    words     reasons for ending, and the blocks of tools that the provider runs

Events, end, version, sources and what it cannot carry: `specs/dialects/anthropic-messages.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from workbench.dialects._dialect import EventStreamDialect
from workbench.dialects._json import read_json
from workbench.dialects.anthropic_messages import project as projection
from workbench.dialects.anthropic_messages.decode import MessagesDecoder
from workbench.dialects.anthropic_messages.encode import encode as encode_body
from workbench.dialects.anthropic_messages.events import EVENT_NAMES
from workbench.dialects.anthropic_messages.requests import read_request, write_request
from workbench.dialects.anthropic_messages.whole import whole as write_whole
from workbench.transcript import Delta, Json, Part, Request, Transcript
from workbench.wire import Frame


class AnthropicMessages(EventStreamDialect):
    """The Messages API, streamed."""

    id = "anthropic-messages"
    title = "Anthropic Messages"
    path = "/v1/messages"
    source = "https://platform.claude.com/docs/en/build-with-claude/streaming (anthropic 2.12.0, November 2026)"
    cannot: ClassVar = projection.CANNOT
    history_cannot: ClassVar = projection.HISTORY_CANNOT

    def decoder(self) -> MessagesDecoder:
        """Makes a decoder for one body."""
        return MessagesDecoder()

    def encode(self, deltas: Sequence[Delta]) -> bytes:
        """Writes a body; see `encode.encode`."""
        return encode_body(deltas)

    def whole(self, transcript: Transcript) -> bytes | None:
        """Writes a response that was not streamed; see `whole.whole`."""
        return write_whole(transcript)

    def project(self, transcript: Transcript) -> Transcript:
        """Takes from a transcript what a response in this dialect cannot carry."""
        return projection.project(transcript)

    def project_history(self, parts: Sequence[Part]) -> tuple[Part, ...]:
        """Takes from the parts of a conversation what a request cannot carry; see `project.project_history`."""
        return projection.project_history(parts)

    def write_request(self, request: Request) -> Json:
        """Writes the JSON body of a streaming request."""
        return write_request(request)

    def read_request(self, sent: Json) -> Request:
        """Reads a request's JSON body back; see `requests.read_request`."""
        return read_request(sent)

    def recognises(self, frames: Sequence[Frame]) -> bool:
        """Says whether a body is of this dialect: its first JSON object that is no ping has one of its types."""
        for frame in frames:
            value = read_json(frame.data)[0]
            if not isinstance(value, dict) or value.get("type") == "ping":
                continue
            kind = value.get("type")
            if kind == "error":
                return frame.event == "error"
            return isinstance(kind, str) and kind in EVENT_NAMES
        return False


DIALECT = AnthropicMessages()
