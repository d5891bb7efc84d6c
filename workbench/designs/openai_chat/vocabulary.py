"""The classes that a user of `client.chat.completions` meets, under the SDK's own names.

Chunks as the API sends them, the events that the helper makes of them, and the completion that it puts together. A
model holds the fields that it was given; a field that was not given reads as None, and `to_dict` leaves it out, as the
SDK's does. Nothing is validated, as the SDK validates nothing that it reads.

Rules:
1. Names, nesting and order of fields are those of openai 3.54.0; what no delta can fill (log probabilities, audio,
   annotations, moderation, several choices) is named in the README and is not here.
2. An event that shows a state (`snapshot`, `arguments`) knows how to make it and makes it when it is asked, so that
   handing out events costs no more than what is new in them.

Source: openai 3.54.0, openai/types/chat/*.py, openai/types/completion_usage.py, openai/lib/streaming/chat/_events.py.
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
        FIELDS: all documented fields in their order, where a model is written as text.
    """

    NESTED: ClassVar[Mapping[str, type[BaseModel]]] = {}
    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        """Reads a documented field that was not given."""
        if name in self.FIELDS or name in self.NESTED or name in type(self).__annotations__:
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
        return {name: plain(value) for name, value in self.__dict__.items()}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = {name: getattr(self, name) for name in self.FIELDS} | self.__dict__
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def plain(value: Any) -> Json:
    """Writes a value of a field as JSON. A number that is none is null, as `to_json` writes it."""
    if isinstance(value, BaseModel):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


# ------------------------------------------------------------------------------------------------------------ chunks


class CompletionTokensDetails(BaseModel):
    """Of the output tokens."""

    FIELDS = (
        "accepted_prediction_tokens",
        "audio_tokens",
        "reasoning_tokens",
        "rejected_prediction_tokens",
        "text_tokens",
    )


class PromptTokensDetails(BaseModel):
    """Of the input tokens."""

    FIELDS = ("audio_tokens", "cache_write_tokens", "cached_tokens", "image_tokens", "text_tokens")


class CompletionUsage(BaseModel):
    """Token counts of a completion."""

    FIELDS = (
        "completion_tokens",
        "prompt_tokens",
        "total_tokens",
        "completion_tokens_details",
        "prompt_tokens_details",
    )
    NESTED: ClassVar = {
        "completion_tokens_details": CompletionTokensDetails,
        "prompt_tokens_details": PromptTokensDetails,
    }


class ChoiceDeltaToolCallFunction(BaseModel):
    """The function of a piece of a tool call."""

    name: str | None
    arguments: str | None


class ChoiceDeltaToolCall(BaseModel):
    """A piece of a tool call; `index` says of which."""

    NESTED: ClassVar = {"function": ChoiceDeltaToolCallFunction}
    index: int
    id: str | None
    type: str | None


class ChoiceDelta(BaseModel):
    """What a chunk adds to the message. `reasoning_content` is an extra field, which the SDK keeps."""

    NESTED: ClassVar = {"tool_calls": ChoiceDeltaToolCall}
    content: str | None
    refusal: str | None
    role: str | None


class Choice(BaseModel):
    """One of the answers in a chunk."""

    NESTED: ClassVar = {"delta": ChoiceDelta}
    index: int
    finish_reason: str | None


class ChatCompletionChunk(BaseModel):
    """One chunk, as the API sends it."""

    NESTED: ClassVar = {"choices": Choice, "usage": CompletionUsage}
    id: str
    created: int
    model: str
    object: str
    service_tier: str | None
    system_fingerprint: str | None


# -------------------------------------------------------------------------------------------------------- completion


class ParsedFunction(BaseModel):
    """The function that is called: its name, its argument text, and for a strict tool the value."""

    name: str
    arguments: str
    parsed_arguments: Json


class ParsedFunctionToolCall(BaseModel):
    """A tool call. The helper leaves the `index` of the pieces in it."""

    NESTED: ClassVar = {"function": ParsedFunction}
    id: str
    type: str


class ParsedChatCompletionMessage(BaseModel):
    """The message of the assistant."""

    NESTED: ClassVar = {"tool_calls": ParsedFunctionToolCall}
    content: str | None
    refusal: str | None
    role: str
    parsed: Json


class ParsedChoice(BaseModel):
    """One of the answers."""

    NESTED: ClassVar = {"message": ParsedChatCompletionMessage}
    index: int
    finish_reason: str | None


class ParsedChatCompletion(BaseModel):
    """The completion: what `get_final_completion()` gives, and a chunk's `snapshot` shows so far."""

    NESTED: ClassVar = {"choices": ParsedChoice, "usage": CompletionUsage}
    id: str
    created: int
    model: str
    object: str
    service_tier: str | None
    system_fingerprint: str | None


# ------------------------------------------------------------------------------------------------------------ events


class _Event(BaseModel):
    """An event; `LATE` names the field that is made when it is asked for."""

    LATE: ClassVar[str] = ""
    type: str

    def __init__(self, make: Callable[[], Any] | None = None, **fields: Any) -> None:
        super().__init__(**fields)
        object.__setattr__(self, "_make", make)

    def __getattr__(self, name: str) -> Any:
        """Makes the state that the event shows."""
        if name == self.LATE:
            value = self.__dict__[name] = self.__dict__["_make"]()
            return value
        return super().__getattr__(name)

    def to_dict(self) -> dict[str, Json]:
        """Writes all fields as JSON."""
        if self.LATE:
            getattr(self, self.LATE)
        return {name: plain(value) for name, value in self.__dict__.items() if name != "_make"}


class ChunkEvent(_Event):
    """A chunk, and the completion as it stood when the chunk had been added."""

    LATE = "snapshot"
    chunk: ChatCompletionChunk
    snapshot: ParsedChatCompletion


class ContentDeltaEvent(_Event):
    """A piece of content, and the content so far."""

    LATE = "snapshot"
    delta: str
    snapshot: str
    parsed: Json


class ContentDoneEvent(_Event):
    """The content, which the helper takes to be whole."""

    content: str
    parsed: Json


class RefusalDeltaEvent(_Event):
    """A piece of a refusal, and the refusal so far."""

    LATE = "snapshot"
    delta: str
    snapshot: str


class RefusalDoneEvent(_Event):
    """The refusal, which the helper takes to be whole."""

    refusal: str


class FunctionToolCallArgumentsDeltaEvent(_Event):
    """A piece of a call's argument text, and the text so far."""

    LATE = "arguments"
    name: str
    index: int
    arguments: str
    parsed_arguments: Json
    arguments_delta: str


class FunctionToolCallArgumentsDoneEvent(_Event):
    """A call's argument text, which the helper takes to be whole."""

    name: str
    index: int
    arguments: str
    parsed_arguments: Json
