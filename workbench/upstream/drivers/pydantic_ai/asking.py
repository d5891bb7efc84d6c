"""What a user of the library asks: messages from the caller's words and from stored history, tools, class of answer.

Rules:
1. Earlier turns are restored from what the driver stored of them, and from nothing else.
2. Tools are declared and never run. A class of answer is an output tool that bears its title.
3. Anthropic's web search is declared always: the neutral request has no word for it, and without it provider code
   passes over the calls that the provider answered.
"""

# mypy: disable-error-code="import-not-found"
# The library is in the release's environment, and not in ours.
from __future__ import annotations

import itertools
from typing import Any

from pydantic import TypeAdapter
from pydantic_ai import messages
from pydantic_ai.messages import ModelMessagesTypeAdapter as Adapter
from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.native_tools import WebSearchTool
from pydantic_ai.tools import ToolDefinition

PARTS = TypeAdapter(messages.ModelResponsePart)
REDACTED = "redacted_thinking"


def conversation(asked: dict[str, Any], provider: str) -> list[Any]:
    """Makes the messages of a request: from the caller's words, and from what was stored of earlier turns alone."""
    said = asked["request"]["messages"]
    if asked["history"]:
        first = next((at for at, one in enumerate(said) if one["role"] == "assistant"), len(said))
        said = said[:first]
    made = []
    for answered, group in itertools.groupby(said, key=lambda one: one["role"] == "assistant"):
        parts = [(one["role"], part) for one in group for part in one["parts"]]
        if answered:
            shown = [part for _, one in parts if (part := answer(one, provider)) is not None]
            made += [ModelResponse(parts=shown, provider_name=provider)] if shown else []
        else:
            told = [part for role, one in parts if (part := request_part(role, one)) is not None]
            made += [ModelRequest(parts=told)] if told else []
    for turn in asked["history"]:
        restored = Adapter.validate_python(turn["stored"])
        made += [*restored, following(restored, turn["follow"])]
    return made


def request_part(role: str, part: dict[str, Any]) -> Any:
    """Makes a part that a caller sends; None for what has none."""
    if part["type"] == "text":
        return (SystemPromptPart if role == "system" else UserPromptPart)(part["text"])
    if part["type"] == "tool-result":
        return ToolReturnPart(part["name"], part["output"], *some_id(part.get("call")))
    return None


def answer(part: dict[str, Any], provider: str) -> Any:
    """Makes a part that a model answered before; None for what has none."""
    native = "builtin-tool-" if part.get("server") else "tool-"
    match part["type"]:
        case "text":
            return messages.TextPart(part["text"])
        case "reasoning":
            withheld = part.get("redacted", False)
            identity, signature = (REDACTED, "data") if withheld else (part.get("id"), "signature")
            text = part.get("text", "")
            return messages.ThinkingPart(text, id=identity, signature=part.get(signature), provider_name=provider)
        case "tool-call":
            known = {"tool_name": part["name"], "args": part["arguments"] or None}
        case "tool-result":
            known = {"tool_name": part["name"], "content": part["output"]}
            native = "builtin-tool-"
        case _:
            return None
    kind = native + ("call" if part["type"] == "tool-call" else "return")
    call = part.get("id") or part.get("call")
    owner = {"provider_name": provider} if native == "builtin-tool-" else {}
    return PARTS.validate_python({**known, **({"tool_call_id": call} if call else {}), **owner, "part_kind": kind})


def some_id(call: str | None) -> tuple[str, ...]:
    """Gives the id of a call; without one the library makes it up."""
    return (call,) if call else ()


def following(restored: list[Any], follow: dict[str, Any]) -> Any:
    """Makes the request after a response: canned results for its calls, and what the user says next."""
    calls = [call for one in restored if isinstance(one, ModelResponse) for call in one.tool_calls]
    results = follow["results"]
    known = [one for one in calls if one.tool_name in results]
    returned = [ToolReturnPart(one.tool_name, results[one.tool_name], one.tool_call_id) for one in known]
    return ModelRequest(parts=[*returned, UserPromptPart(follow["prompt"])])


def parameters(asked: dict[str, Any]) -> Any:
    """Makes what a direct request says beside its messages."""
    schema = asked["request"]["response_schema"]
    tools = [
        ToolDefinition(name=one["name"], description=one["description"], parameters_json_schema=one["parameters"])
        for one in asked["request"]["tools"]
    ]
    searches = asked["way"] == "shipped" and asked["dialect"] == "anthropic-messages"
    outputs = []
    if schema is not None:
        name = schema.get("title", "final_result")
        outputs = [ToolDefinition(name=name, parameters_json_schema=schema, kind="output")]
    return ModelRequestParameters(
        function_tools=tools,
        native_tools=[WebSearchTool()] if searches else [],
        output_tools=outputs,
        output_mode="tool" if outputs else "text",
        allow_text_output=True,
    )
