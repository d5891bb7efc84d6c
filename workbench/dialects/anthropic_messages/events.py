"""Events of the Messages stream as far as they are read: small structs, a fast reader and a careful one.

Rules:
1. Both readers give equal events for every event that the fast one accepts.
2. The type in the data decides what an event is, never the `event:` line.
3. What the fast reader does not know (a new type of event or delta, a field of another type) goes to the careful one,
   which leaves it out and says so.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import Struct, field

from workbench.dialects._decoder import Flaw
from workbench.dialects._json import clean, is_clean

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

_PIECES: dict[str, tuple[type[TextPiece | ThinkingPiece | JsonPiece | SignaturePiece], str]] = {
    "text_delta": (TextPiece, "text"),
    "thinking_delta": (ThinkingPiece, "thinking"),
    "input_json_delta": (JsonPiece, "partial_json"),
    "signature_delta": (SignaturePiece, "signature"),
}

parse_event = msgspec.json.Decoder(Event).decode
"""The fast reader. Raises one of `REFUSALS` for what it cannot take."""

T = TypeVar("T")


def shape_event(value: dict[str, Any], flaw: Flaw) -> Event | None:
    """Builds an event from plain values, leaving out what does not fit.

    Args:
        value: the frame's JSON object.
        flaw: called with a code and a detail for what is left out or changed.

    Returns:
        The event, or None when it is of a type that is not read, or lacks what makes it one.
    """
    held = _Fields(value, flaw)
    match value.get("type"):
        case "message_start":
            return MessageStart(_message(held.within("message")))
        case "content_block_start":
            block = _block(held.within("content_block"))
            index = held.index()
            return None if block is None or index is None else BlockStart(index, block)
        case "content_block_delta":
            index = held.index()
            piece = _piece(held.within("delta"))
            return None if piece is None or index is None else BlockDelta(index, piece)
        case "content_block_stop":
            index = held.index()
            return None if index is None else BlockStop(index)
        case "message_delta":
            change = held.within("delta")
            delta = Change(change.word("stop_reason"), _details(change))
            return MessageDelta(delta if "delta" in value else None, _counts(held))
        case "message_stop":
            return MessageStop()
        case "ping":
            return Ping()
        case "error":
            return ErrorEvent(value.get("error"))
        case other:
            flaw("unknown-event", f"{other}")
            return None


class _Fields:
    """Reads typed fields of an object, and remarks those of another type."""

    def __init__(self, value: dict[str, Any], flaw: Flaw) -> None:
        self.value = value
        self.flaw = flaw

    def _get(self, key: str, kind: type[T]) -> T | None:
        found = self.value.get(key)
        if found is None:
            return None
        if isinstance(found, kind) and not (kind is int and isinstance(found, bool)):
            return found
        self.flaw("field-type", f"{key} is {type(found).__name__}")
        return None

    def within(self, key: str) -> _Fields:
        return _Fields(self._get(key, dict) or {}, self.flaw)

    def list(self, key: str) -> list[_Fields] | None:
        found = self._get(key, list)
        return None if found is None else [_Fields(item, self.flaw) for item in found if isinstance(item, dict)]

    def text(self, key: str) -> str | None:
        return self._get(key, str)

    def word(self, key: str) -> str | None:
        found = self._get(key, str)
        if found is not None and not is_clean(found):
            self.flaw("surrogate-lone", key)
            return clean(found)
        return found

    def count(self, key: str) -> int | None:
        return self._get(key, int)

    def flag(self, key: str) -> bool | None:
        return self._get(key, bool)

    def index(self) -> int | None:
        found = self.value.get("index")
        if isinstance(found, int) and not isinstance(found, bool):
            return found
        self.flaw("bad-index", f"{found!r}")
        return None


def _message(held: _Fields) -> Message:
    blocks = held.list("content")
    return Message(
        held.word("id"),
        held.word("model"),
        None if blocks is None else [block for block in map(_block, blocks) if block is not None],
        held.word("stop_reason"),
        _details(held),
        _counts(held),
    )


def _details(held: _Fields) -> StopDetails | None:
    if held.value.get("stop_details") is None:
        return None
    return StopDetails(held.within("stop_details").text("explanation"))


def _counts(held: _Fields) -> Counts | None:
    if held.value.get("usage") is None:
        return None
    counts = held.within("usage")
    details = counts.within("output_tokens_details")
    return Counts(
        counts.count("input_tokens"),
        counts.count("cache_creation_input_tokens"),
        counts.count("cache_read_input_tokens"),
        counts.count("output_tokens"),
        OutputDetails(details.count("thinking_tokens")) if counts.value.get("output_tokens_details") else None,
    )


def _block(held: _Fields) -> Block | None:
    kind = held.word("type")
    if kind is None:
        held.flaw("unknown-block", "")
        return None
    return Block(
        kind,
        held.text("text"),
        held.text("thinking"),
        held.word("signature"),
        held.word("data"),
        held.word("id"),
        held.word("name"),
        held.value.get("input"),
        held.word("tool_use_id"),
        held.value.get("content"),
        held.flag("is_error"),
    )


def _piece(held: _Fields) -> Piece | None:
    kind = held.value.get("type")
    if kind == "citations_delta":
        return CitationPiece()
    if not isinstance(kind, str) or kind not in _PIECES:
        held.flaw("unknown-delta", f"{kind}")
        return None
    make, name = _PIECES[kind]
    text = held.word(name) if make is SignaturePiece else held.text(name)
    if text is None:
        held.flaw("field-type", f"{name} is missing")
        return None
    return make(text)
