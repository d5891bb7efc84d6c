"""What a plug-in of llm 0.31 hands over: strings, and three calls on the response, here as values.

Names, field order and defaults are those of `ToolCall`, `ToolResult` and `Usage` in `llm/models.py`. As there, they are
mutable dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from msgspec import Struct

Dict: TypeAlias = dict[str, Any]


@dataclass
class ToolCall:
    """A call that the caller has to run; `response.add_tool_call` takes it."""

    name: str
    arguments: Dict
    tool_call_id: str | None = None


@dataclass
class ToolResult:
    """What the caller's tool answered."""

    name: str
    output: str
    attachments: list[Any] = field(default_factory=list)
    tool_call_id: str | None = None
    instance: object = None
    exception: Exception | None = None


@dataclass
class Usage:
    """Token counts; `response.set_usage` takes them."""

    input: int | None = None
    output: int | None = None
    details: Dict | None = None


class ResolvedModel(Struct, frozen=True):
    """The name of the model that answered; `response.set_resolved_model` takes it."""

    model_id: str
