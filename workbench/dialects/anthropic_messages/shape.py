"""The careful reader of events: from plain values to the structs of `events`, leaving out what does not fit.

Rules:
1. It gives what the fast reader gives, for every event that the fast one accepts.
2. A field of another type than documented is left out and remarked; an event that lacks what makes it one is not read.
"""

from __future__ import annotations

from typing import Any, TypeVar

from workbench.dialects._decoder import Flaw
from workbench.dialects._json import clean, is_clean
from workbench.dialects.anthropic_messages.events import (
    Block,
    BlockDelta,
    BlockStart,
    BlockStop,
    Change,
    CitationPiece,
    Counts,
    ErrorEvent,
    Event,
    JsonPiece,
    Message,
    MessageDelta,
    MessageStart,
    MessageStop,
    OutputDetails,
    Piece,
    Ping,
    SignaturePiece,
    StopDetails,
    TextPiece,
    ThinkingPiece,
)

_PIECES: dict[str, tuple[type[TextPiece | ThinkingPiece | JsonPiece | SignaturePiece], str]] = {
    "text_delta": (TextPiece, "text"),
    "thinking_delta": (ThinkingPiece, "thinking"),
    "input_json_delta": (JsonPiece, "partial_json"),
    "signature_delta": (SignaturePiece, "signature"),
}

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
