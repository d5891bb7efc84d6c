"""Events, requests, responses and the two type adapters that write and read them, under their real names.

Names, field order and defaults are those of `pydantic_ai.messages` and `pydantic_ai.usage` in release 2.68.0. Rules:

1. JSON is what pydantic makes of the dataclasses, as in the library: `dump_python(..., mode="json")` and `dump_json`.
2. A stored message may hold keys that this port does not know; they are ignored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Discriminator, Field, TypeAdapter

from workbench.designs.pydantic_ai.parts import (
    Dict,
    ModelResponsePart,
    ModelResponsePartDelta,
    NativeToolCallPart,
    NativeToolReturnPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    now_utc,
)

FinishReason: TypeAlias = Literal["stop", "length", "content_filter", "tool_call", "error"]
ModelResponseState: TypeAlias = Literal["complete", "incomplete", "suspended", "interrupted"]


# ------------------------------------------------------------------------------------------------------------ events


@dataclass(kw_only=True)
class PartStartEvent:
    """A part began, with what is known of it; a second one of the same index takes the first one's place."""

    index: int
    part: ModelResponsePart
    previous_part_kind: str | None = None
    canonical_system: str | None = None
    event_kind: Literal["part_start"] = "part_start"


@dataclass(kw_only=True)
class PartDeltaEvent:
    """A part grew."""

    index: int
    delta: ModelResponsePartDelta
    event_kind: Literal["part_delta"] = "part_delta"


@dataclass(kw_only=True)
class PartEndEvent:
    """A part is complete; it is given once more, whole."""

    index: int
    part: ModelResponsePart
    next_part_kind: str | None = None
    canonical_system: str | None = None
    event_kind: Literal["part_end"] = "part_end"


@dataclass(kw_only=True)
class FinalResultEvent:
    """What just began may be the result: text, or a call of an output tool."""

    tool_name: str | None
    tool_call_id: str | None
    event_kind: Literal["final_result"] = "final_result"


ModelResponseStreamEvent: TypeAlias = Annotated[
    PartStartEvent | PartDeltaEvent | PartEndEvent | FinalResultEvent, Discriminator("event_kind")
]
EVENTS: TypeAdapter[ModelResponseStreamEvent] = TypeAdapter(ModelResponseStreamEvent)
"""What the library's users make for themselves to write an event as JSON."""


# ---------------------------------------------------------------------------------------------------------- messages


@dataclass
class RequestUsage:
    """Token counts of one request; totals include what is told beside them.

    Attributes:
        unmeasured_requests: 1 where the provider told no counts, so that the zeros mean nothing.
    """

    input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    unmeasured_requests: Annotated[int, Field(exclude_if=lambda count: count == 0)] = 0
    output_reasoning_tokens: int = 0
    input_audio_tokens: int = 0
    cache_audio_read_tokens: int = 0
    output_audio_tokens: int = 0
    audio_seconds: float = 0
    details: dict[str, int] = field(default_factory=dict)
    cost: Decimal | None = None

    @property
    def total_tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens


@dataclass
class SystemPromptPart:
    """What the developer told the model."""

    content: str
    _: KW_ONLY
    timestamp: dt.datetime = field(default_factory=now_utc)
    dynamic_ref: str | None = None
    context_id: str | None = None
    scope: Literal["conversation", "request"] = "conversation"
    metadata: Dict | None = None
    part_kind: Literal["system-prompt"] = "system-prompt"


@dataclass
class UserPromptPart:
    """What the user said."""

    content: str | Sequence[Any]
    _: KW_ONLY
    timestamp: dt.datetime = field(default_factory=now_utc)
    part_kind: Literal["user-prompt"] = "user-prompt"


ModelRequestPart: TypeAlias = Annotated[SystemPromptPart | UserPromptPart | ToolReturnPart, Discriminator("part_kind")]


@dataclass
class ModelRequest:
    """What a program sent to the model."""

    parts: Sequence[ModelRequestPart]
    _: KW_ONLY
    timestamp: dt.datetime | None = None
    instructions: str | None = None
    kind: Literal["request"] = "request"
    run_id: str | None = None
    conversation_id: str | None = None
    metadata: Dict | None = None
    state: Literal["complete", "interrupted"] = "complete"

    @classmethod
    def user_text_prompt(cls, user_prompt: str, *, instructions: str | None = None) -> ModelRequest:
        """Makes a request of one text."""
        return cls(parts=[UserPromptPart(user_prompt)], instructions=instructions)


@dataclass
class ModelResponse:
    """What the model answered: its parts in the order in which they began, and all that was said about it."""

    parts: Sequence[ModelResponsePart]
    _: KW_ONLY
    usage: RequestUsage = field(default_factory=RequestUsage)
    model_name: str | None = None
    model_id: str | None = None
    timestamp: dt.datetime = field(default_factory=now_utc)
    kind: Literal["response"] = "response"
    provider_name: str | None = None
    provider_url: str | None = None
    canonical_system: str | None = None
    provider_details: Dict | None = None
    provider_response_id: str | None = None
    finish_reason: FinishReason | None = None
    run_id: str | None = None
    conversation_id: str | None = None
    metadata: Dict | None = None
    workspace_ref: Dict | None = None
    history_digest: str | None = None
    failed_attempts: list[Dict] | None = None
    state: ModelResponseState = "complete"

    @property
    def text(self) -> str | None:
        """The answer: adjacent text parts joined, others an empty line apart."""
        texts: list[list[str]] = []
        adjacent = False
        for part in self.parts:
            is_text = isinstance(part, TextPart)
            if isinstance(part, TextPart):
                if not adjacent:
                    texts.append([])
                texts[-1].append(part.content)
            adjacent = is_text
        return "\n\n".join("".join(pieces) for pieces in texts) if texts else None

    @property
    def thinking(self) -> str | None:
        """The reasoning, its parts an empty line apart."""
        found = [part.content for part in self.parts if isinstance(part, ThinkingPart)]
        return "\n\n".join(found) if found else None

    @property
    def tool_calls(self) -> list[ToolCallPart]:
        """The calls that the program has to run."""
        return [part for part in self.parts if isinstance(part, ToolCallPart)]

    @property
    def native_tool_calls(self) -> list[tuple[NativeToolCallPart, NativeToolReturnPart]]:
        """The calls that the provider ran, each with its result."""
        results = {part.tool_call_id: part for part in self.parts if isinstance(part, NativeToolReturnPart)}
        calls = [part for part in self.parts if isinstance(part, NativeToolCallPart)]
        return [(call, results[call.tool_call_id]) for call in calls if call.tool_call_id in results]


ModelMessage: TypeAlias = Annotated[ModelRequest | ModelResponse, Discriminator("kind")]
ModelMessagesTypeAdapter: TypeAdapter[list[ModelMessage]] = TypeAdapter(
    list[ModelMessage], config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
)
"""Writes messages to JSON and reads them back: the library's documented way to keep a conversation."""
