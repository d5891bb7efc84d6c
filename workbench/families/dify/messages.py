"""Prompt messages of dify_plugin 0.7.4, as far as they carry text and tool calls.

Rules:
1. Names, field order and defaults are the release's: `model_dump` gives what the original gives. The differential test
   holds that.
2. Of content parts only text is here. Images, audio, video and documents are no part of a transcript.

Source: dify_plugin 0.7.4, dify_plugin/entities/model/message.py.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator


def _text(value: object) -> object:
    """An absent text is the empty text."""
    return "" if value is None else value


def _identifier(value: object) -> str:
    """An absent identifier is the empty text, and any other value becomes text."""
    return "" if value is None else str(value)


TextOrEmpty = Annotated[str, BeforeValidator(_text)]


class PromptMessageRole(Enum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    DEVELOPER = "developer"


class TextPromptMessageContent(BaseModel):
    """A piece of text in a list of contents."""

    type: Literal["text"] = "text"
    data: str


class PromptMessage(BaseModel):
    """A message of a conversation."""

    role: PromptMessageRole
    content: str | list[TextPromptMessageContent] | None = None
    name: str | None = None


class SystemPromptMessage(PromptMessage):
    """An instruction."""

    role: PromptMessageRole = PromptMessageRole.SYSTEM


class UserPromptMessage(PromptMessage):
    """What the user says."""

    role: PromptMessageRole = PromptMessageRole.USER


class ToolCallFunction(BaseModel):
    """Which tool is called, and the argument text."""

    name: TextOrEmpty
    arguments: TextOrEmpty


class ToolCall(BaseModel):
    """A call of a tool. In the original it is `AssistantPromptMessage.ToolCall`, and so it is named there."""

    id: Annotated[str, BeforeValidator(_identifier)]
    type: TextOrEmpty
    function: ToolCallFunction


class AssistantPromptMessage(PromptMessage):
    """What the model says: text, tool calls, and no field for reasoning."""

    role: PromptMessageRole = PromptMessageRole.ASSISTANT
    tool_calls: list[ToolCall] = []


class ToolPromptMessage(PromptMessage):
    """The result of a tool call."""

    role: PromptMessageRole = PromptMessageRole.TOOL
    tool_call_id: str
