"""The classes that a user of `client.messages.stream()` meets, under the SDK's own names.

Events as the API sends them, the events that the helper adds, content blocks, and the message that it puts together. A
model holds the fields that it was given; a documented field that was not given reads as None, and `to_dict` leaves it
out, as the SDK's does. Nothing is validated.

Rules:
1. Names, nesting and order of fields are those of anthropic 2.12.0; what no delta can fill (citations, containers, who
   called a tool) is named in the README and is not here.
2. An event that shows a state (`snapshot`) knows how to make it and makes it when it is asked, so that handing out
   events costs no more than what is new in them.

Source: anthropic 2.12.0, anthropic/types/*.py, anthropic/lib/streaming/_types.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from workbench.transcript import Json


class BaseModel:
    """A bag of fields that knows which were given.

    Attributes:
        NESTED: fields that hold a model, or a list of models, and its class.
        LATE: the field that is made when it is asked for.
    """

    NESTED: ClassVar[Mapping[str, type[BaseModel]]] = {}
    LATE: ClassVar[str] = ""
    type: str

    def __init__(self, make: Callable[[], Any] | None = None, **fields: Any) -> None:
        self.__dict__.update(fields)
        if make is not None:
            self.__dict__["_make"] = make

    def __getattr__(self, name: str) -> Any:
        """Makes the state that an event shows, or reads a documented field that was not given."""
        if name == self.LATE and name:
            value = self.__dict__[name] = self.__dict__["_make"]()
            return value
        if name in type(self).__annotations__ or name in self.NESTED:
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @classmethod
    def construct(cls, **values: Json) -> Self:
        """Makes a model of JSON, with models inside models, and checks nothing."""
        made = {}
        for name, value in values.items():
            inner = cls.NESTED.get(name)
            if inner is None or value is None:
                made[name] = value
            elif isinstance(value, list):
                made[name] = [inner.construct(**item) for item in value]
            else:
                made[name] = inner.construct(**value)
        return cls(**made)

    def to_dict(self) -> dict[str, Json]:
        """Writes the fields that were given, as JSON."""
        if self.LATE:
            getattr(self, self.LATE)
        return {name: plain(value) for name, value in self.__dict__.items() if name != "_make"}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.to_dict().items())})"


def plain(value: Any) -> Json:
    """Writes a value of a field as JSON. A number that is none is null, as `to_json` writes it."""
    if isinstance(value, BaseModel):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


# ------------------------------------------------------------------------------------------------------ the message


class OutputTokensDetails(BaseModel):
    """Of the output tokens."""

    thinking_tokens: int


class Usage(BaseModel):
    """Token counts. The three counts of input do not overlap; their sum is the input."""

    NESTED: ClassVar = {"output_tokens_details": OutputTokensDetails}
    input_tokens: int
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    output_tokens: int


class RefusalStopDetails(BaseModel):
    """Why the model refused."""

    type: str
    category: str | None
    explanation: str | None


class ContentBlock(BaseModel):
    """A content block of any type.

    `text`, `thinking`, `redacted_thinking`, `tool_use`, `server_tool_use` and the results of such a tool
    (`web_search_tool_result` and others) each have a class in the SDK; a reader tells them by `type`.
    """

    text: str
    thinking: str
    signature: str
    data: str
    id: str
    name: str
    input: Json
    tool_use_id: str
    content: Json


class Message(BaseModel):
    """The message: what `get_final_message()` gives, and `message_stop` shows."""

    NESTED: ClassVar = {"content": ContentBlock, "usage": Usage, "stop_details": RefusalStopDetails}
    id: str
    role: str
    model: str
    stop_reason: str | None
    stop_sequence: str | None


class ParsedMessage(Message):
    """The message under the name of the class that the helper makes."""

    id: str
    role: str
    model: str
    stop_reason: str | None
    stop_sequence: str | None


# --------------------------------------------------------------------------------------------------- the API's events


class RawMessageStartEvent(BaseModel):
    """The message begins: its id, its model, counts of the input."""

    NESTED: ClassVar = {"message": Message}


class RawContentBlockStartEvent(BaseModel):
    """A content block begins, and with it what it has from the start."""

    NESTED: ClassVar = {"content_block": ContentBlock}
    index: int


class BlockDelta(BaseModel):
    """What a delta adds to a block: `text_delta`, `thinking_delta`, `signature_delta` or `input_json_delta`."""

    text: str
    thinking: str
    signature: str
    partial_json: str


class RawContentBlockDeltaEvent(BaseModel):
    """A piece of a content block."""

    NESTED: ClassVar = {"delta": BlockDelta}
    index: int


class RawContentBlockStopEvent(BaseModel):
    """A content block has ended."""

    index: int


class Delta(BaseModel):
    """What a `message_delta` changes in the message."""

    NESTED: ClassVar = {"stop_details": RefusalStopDetails}
    stop_reason: str | None
    stop_sequence: str | None


class MessageDeltaUsage(BaseModel):
    """Token counts so far, over those of the start."""

    NESTED: ClassVar = {"output_tokens_details": OutputTokensDetails}
    input_tokens: int | None
    cache_creation_input_tokens: int | None
    cache_read_input_tokens: int | None
    output_tokens: int


class RawMessageDeltaEvent(BaseModel):
    """The reason for ending and the counts so far."""

    NESTED: ClassVar = {"delta": Delta, "usage": MessageDeltaUsage}


class RawMessageStopEvent(BaseModel):
    """The message has ended."""


# ------------------------------------------------------------------------------------------------- the helper's events


class TextEvent(BaseModel):
    """A piece of text, and the block's text so far."""

    LATE = "snapshot"
    text: str
    snapshot: str


class ThinkingEvent(BaseModel):
    """A piece of thinking, and the block's thinking so far."""

    LATE = "snapshot"
    thinking: str
    snapshot: str


class SignatureEvent(BaseModel):
    """The signature of a thinking block."""

    signature: str


class InputJsonEvent(BaseModel):
    """A piece of a tool's input, and the value of the input as far as it goes."""

    LATE = "snapshot"
    partial_json: str
    snapshot: Json


class ParsedContentBlockStopEvent(BaseModel):
    """A content block has ended; the whole block."""

    LATE = "content_block"
    index: int
    content_block: ContentBlock


class ParsedMessageStopEvent(BaseModel):
    """The message has ended; the whole message."""

    LATE = "message"
    message: ParsedMessage
