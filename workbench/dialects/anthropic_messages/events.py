"""Events of the Messages stream as far as they are read: small structs, and the fast reader.

Rules:
1. The fast reader and the careful one (`shape`) give equal events for every event that the fast one accepts.
2. The type in the data decides what an event is, never the `event:` line.
3. What the fast reader does not know (a new type of event or delta, a field of another type) goes to the careful one,
   which leaves it out and says so.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import Struct, field

# Pieces have one name for their text, so that the decoder needs no case for each type.


class TextPiece(Struct, tag="text_delta", gc=False):
    """A piece of text."""

    text: str


class ThinkingPiece(Struct, tag="thinking_delta", gc=False):
    """A piece of reasoning."""

    text: str = field(name="thinking")


class JsonPiece(Struct, tag="input_json_delta", gc=False):
    """A piece of a tool's input."""

    text: str = field(name="partial_json")


class SignaturePiece(Struct, tag="signature_delta", gc=False):
    """The signature over a block of reasoning."""

    text: str = field(name="signature")


class CitationPiece(Struct, tag="citations_delta", gc=False):
    """A citation, which is not read."""


Piece: TypeAlias = TextPiece | ThinkingPiece | JsonPiece | SignaturePiece | CitationPiece


class Block(Struct, gc=False):
    """A content block as its start shows it."""

    type: str
    text: str | None = None
    thinking: str | None = None
    signature: str | None = None
    data: str | None = None
    id: str | None = None
    name: str | None = None
    input: Any = None
    tool_use_id: str | None = None
    content: Any = None
    is_error: bool | None = None


class OutputDetails(Struct, gc=False):
    """Of the output tokens."""

    thinking_tokens: int | None = None


class Counts(Struct, gc=False):
    """Token counts; those of the input do not overlap."""

    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None
    output_tokens_details: OutputDetails | None = None


class StopDetails(Struct, gc=False):
    """Why the model stopped, where there is more to say."""

    explanation: str | None = None


class Message(Struct, gc=False):
    """The message as its start shows it. Deferred tool calls stand in it whole."""

    id: str | None = None
    model: str | None = None
    content: list[Block] | None = None
    stop_reason: str | None = None
    stop_details: StopDetails | None = None
    usage: Counts | None = None


class Change(Struct, gc=False):
    """What `message_delta` changes."""

    stop_reason: str | None = None
    stop_details: StopDetails | None = None


class MessageStart(Struct, tag="message_start", gc=False):
    """The message begins."""

    message: Message


class BlockStart(Struct, tag="content_block_start", gc=False):
    """A content block begins."""

    index: int
    content_block: Block


class BlockDelta(Struct, tag="content_block_delta", gc=False):
    """A content block grows."""

    index: int
    delta: Piece


class BlockStop(Struct, tag="content_block_stop", gc=False):
    """A content block has ended."""

    index: int


class MessageDelta(Struct, tag="message_delta", gc=False):
    """The reason for ending and the counts."""

    delta: Change | None = None
    usage: Counts | None = None


class MessageStop(Struct, tag="message_stop", gc=False):
    """The message has ended."""


class Ping(Struct, tag="ping", gc=False):
    """Nothing."""


class ErrorEvent(Struct, tag="error", gc=False):
    """The provider gives up."""

    error: Any = None


Event: TypeAlias = MessageStart | BlockStart | BlockDelta | BlockStop | MessageDelta | MessageStop | Ping | ErrorEvent
EVENT_NAMES: dict[str, type[Event]] = {
    "message_start": MessageStart,
    "content_block_start": BlockStart,
    "content_block_delta": BlockDelta,
    "content_block_stop": BlockStop,
    "message_delta": MessageDelta,
    "message_stop": MessageStop,
    "ping": Ping,
    "error": ErrorEvent,
}
NAME_OF: dict[type, str] = {kind: name for name, kind in EVENT_NAMES.items()}

parse_event = msgspec.json.Decoder(Event).decode
"""The fast reader. Raises one of `REFUSALS` for what it cannot take."""
