"""The dialect `openai-chat`: OpenAI's Chat Completions, and the servers that speak it.

    chunk     a chunk as a small struct, and its two readers
    calls     which tool call a piece belongs to
    decode    frames to deltas
    encode    deltas to a body
    whole     the same when no stream was asked for
    project   what a response and a request cannot carry
    requests  requests, both ways
    words     reasons for ending

Events, end, version, sources and what it cannot carry: `specs/dialects/openai-chat.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from workbench.dialects._dialect import EventStreamDialect
from workbench.dialects._json import NOT_JSON, read_json
from workbench.dialects.openai_chat import project as projection
from workbench.dialects.openai_chat.decode import ChatDecoder
from workbench.dialects.openai_chat.encode import encode as encode_body
from workbench.dialects.openai_chat.requests import read_request, write_request
from workbench.dialects.openai_chat.whole import whole as write_whole
from workbench.transcript import Delta, Json, Part, Request, Transcript
from workbench.wire import Frame


class OpenAIChat(EventStreamDialect):
    """Chat Completions, streamed."""

    id = "openai-chat"
    title = "OpenAI Chat Completions"
    path = "/v1/chat/completions"
    source = "https://platform.openai.com/docs/api-reference/chat-streaming (openai 3.3.0, November 2026)"
    cannot: ClassVar = projection.CANNOT
    history_cannot: ClassVar = projection.HISTORY_CANNOT

    def decoder(self) -> ChatDecoder:
        """Makes a decoder for one body."""
        return ChatDecoder()

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
        """Says whether a body is of this dialect: its first JSON object has choices that hold a delta, or none."""
        for frame in frames:
            value = read_json(frame.data)[0]
            if value is NOT_JSON or not isinstance(value, dict):
                continue
            choices = value.get("choices")
            if not isinstance(choices, list):
                return False
            if not choices:
                return value.get("object") in ("chat.completion.chunk", "")
            return any(isinstance(choice, dict) and ("delta" in choice or "message" in choice) for choice in choices)
        return False


DIALECT = OpenAIChat()
