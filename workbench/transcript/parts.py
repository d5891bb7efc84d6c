"""The neutral meaning of a response: ordered parts and an outcome.

Rules:
1. Values are frozen, one class per kind; equal content means equal objects.
2. Text is kept as sent. Arguments of a tool call are text; whether that text is JSON is for the reader to find out.
3. Nothing here knows a provider or a library.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

Json: TypeAlias = Any
"""A value made of dict, list, str, int, float, bool and None only."""

Kind: TypeAlias = Literal["text", "reasoning", "tool-call", "tool-result", "refusal"]
KINDS: tuple[Kind, ...] = ("text", "reasoning", "tool-call", "tool-result", "refusal")

Form: TypeAlias = Literal["raw", "summary"]
"""Reasoning as the model wrote it, or a summary that the provider made of it."""

FinishReason: TypeAlias = Literal[
    "stop", "length", "tool-calls", "content-filter", "refusal", "pause", "error", "other"
]
FINISH_REASONS: tuple[FinishReason, ...] = (
    "stop",
    "length",
    "tool-calls",
    "content-filter",
    "refusal",
    "pause",
    "error",
    "other",
)

Completion: TypeAlias = Literal["complete", "truncated", "failed", "empty"]
"""complete: the dialect's own end was seen. truncated: the body ended before it. failed: the provider said so in the
stream. empty: the body held no bytes of a stream at all."""


class TextPart(Struct, frozen=True, tag="text", omit_defaults=True):
    """One block of answer text.

    Attributes:
        message: which assistant message of the response it belongs to, from 0.
    """

    text: str
    message: int = 0


class ReasoningPart(Struct, frozen=True, tag="reasoning", omit_defaults=True):
    """One block of reasoning.

    Attributes:
        text: what can be read of it; empty when withheld.
        form: raw reasoning, or the provider's summary of it.
        signature: the provider's proof over the text, to be sent back verbatim.
        redacted: the provider says that reasoning happened here and withholds it.
        data: opaque payload of redacted or encrypted reasoning, to be sent back verbatim.
        id: the provider's identifier of the block.
    """

    text: str = ""
    form: Form = "raw"
    signature: str | None = None
    redacted: bool = False
    data: str | None = None
    id: str | None = None
    message: int = 0


class ToolCallPart(Struct, frozen=True, tag="tool-call", omit_defaults=True):
    """A call of a tool by the model.

    Attributes:
        arguments: the argument text exactly as sent, all fragments joined.
        server: the provider runs the tool itself.
    """

    id: str | None
    name: str
    arguments: str
    server: bool = False
    message: int = 0


class ToolResultPart(Struct, frozen=True, tag="tool-result", omit_defaults=True):
    """The result of a tool call: the provider's own inside a response, the caller's inside a request.

    Attributes:
        call: id of the call that it answers.
        output: the result as text; JSON text where the provider sends a structure.
    """

    call: str | None
    name: str
    output: str
    server: bool = False
    error: bool = False
    message: int = 0


class RefusalPart(Struct, frozen=True, tag="refusal", omit_defaults=True):
    """The model's refusal, where the dialect tells it from answer text."""

    text: str
    message: int = 0


Part: TypeAlias = TextPart | ReasoningPart | ToolCallPart | ToolResultPart | RefusalPart


class Usage(Struct, frozen=True, omit_defaults=True):
    """Token counts as reported; None where the provider said nothing.

    Attributes:
        input: tokens of the prompt, cached ones included.
        output: tokens of the response, reasoning included.
        reasoning: of the output, those spent on reasoning.
        cached: of the input, those read from a cache.
    """

    input: int | None = None
    output: int | None = None
    reasoning: int | None = None
    cached: int | None = None


class Failure(Struct, frozen=True, omit_defaults=True):
    """An error that the provider reported inside the stream, in its own words."""

    message: str
    type: str | None = None


class Outcome(Struct, frozen=True, omit_defaults=True):
    """How a response ended and what was said about it as a whole.

    Attributes:
        finish: the reason in neutral words; None when none was sent.
        finish_raw: the reason exactly as sent.
    """

    completion: Completion = "complete"
    finish: FinishReason | None = None
    finish_raw: str | None = None
    usage: Usage | None = None
    response_id: str | None = None
    model: str | None = None
    failure: Failure | None = None


class Transcript(Struct, frozen=True, omit_defaults=True):
    """What one response means: its parts in the order in which they began, and its outcome."""

    parts: tuple[Part, ...] = ()
    outcome: Outcome = Outcome()


def kind_of(part: Part) -> Kind:
    """Tells the kind of a part, as one of `KINDS`."""
    return part.__struct_config__.tag  # type: ignore[return-value]
