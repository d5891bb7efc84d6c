"""What a caller sends: the conversation so far, the tools, and the shape that an answer should have.

Rules:
1. The same part classes as in a response, so that history can be compared with what was answered.
2. A tool carries its canned result: the workbench never runs a tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from msgspec import Struct, field

from workbench.transcript.parts import Json, Part

Role: TypeAlias = Literal["system", "user", "assistant", "tool"]


class Message(Struct, frozen=True, omit_defaults=True):
    """One message of a conversation: a role and its parts."""

    role: Role
    parts: tuple[Part, ...]


class Tool(Struct, frozen=True, omit_defaults=True):
    """A tool that the model may call.

    Attributes:
        parameters: JSON Schema of its arguments.
        result: what the tool answers, whatever it is called with.
    """

    name: str
    description: str = ""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    result: str = ""


class Request(Struct, frozen=True, omit_defaults=True):
    """One request to a provider.

    Attributes:
        messages: the conversation so far, oldest first.
        response_schema: JSON Schema of a structured answer, where one is asked for; its `title` names it.
    """

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    response_schema: Mapping[str, Json] | None = None
    model: str = "model-under-test"


class FollowUp(Struct, frozen=True, omit_defaults=True):
    """What the caller adds to a finished response to make the next request.

    Attributes:
        results: canned result by tool name, for each call that the caller knows of.
        prompt: what the user says next.
    """

    results: Mapping[str, str] = field(default_factory=dict)
    prompt: str = "Go on."
