"""Requests of Chat Completions, both ways.

Rules:
1. `read_request(write_request(r))` is `r` less what `project_history` takes from its messages, with results that follow
   one another in one message and tools without their canned results: `tests/properties/test_dialects.py`.
2. Reasoning goes back in `reasoning_content`: DeepSeek demands it for turns with tool calls and ignores it otherwise
   (https://api-docs.deepseek.com/guides/thinking_mode).
3. A tool message has no name: it is that of the call that it answers.
4. Reading leaves alone what it does not know, and reads what SDKs write: text as a string or as a list.
"""

from __future__ import annotations

import re
from typing import Any

from workbench.dialects._reading import as_dict, as_list, as_text, optional_text, read_texts
from workbench.dialects.openai_chat.project import project_history
from workbench.errors import FixtureError
from workbench.transcript import (
    Json,
    Message,
    Part,
    ReasoningPart,
    RefusalPart,
    Request,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]+")


def write_request(request: Request) -> Json:
    """Writes the JSON body of a streaming request."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [written for message in request.messages for written in _write_message(message)],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    **({"description": tool.description} if tool.description else {}),
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in request.tools
        ]
    if request.response_schema is not None:
        title = str(request.response_schema.get("title", "answer"))
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": _NOT_IN_NAMES.sub("_", title)[:64] or "answer",
                "schema": dict(request.response_schema),
                "strict": True,
            },
        }
    return body


def _write_message(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [
            {"role": "tool", "tool_call_id": part.call or "", "content": part.output}
            for part in message.parts
            if isinstance(part, ToolResultPart)
        ]
    if message.role == "assistant":
        return [_write_answer(project_history(message.parts))]
    texts = [{"type": "text", "text": part.text} for part in message.parts if isinstance(part, TextPart) and part.text]
    return [{"role": message.role, "content": texts[0]["text"] if len(texts) == 1 else texts}]


def _write_answer(parts: tuple[Part, ...]) -> dict[str, Any]:
    written: dict[str, Any] = {"role": "assistant"}
    content: list[dict[str, str]] = []
    calls: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case ReasoningPart():
                written["reasoning_content"] = part.text
            case TextPart():
                content.append({"type": "text", "text": part.text})
            case RefusalPart():
                content.append({"type": "refusal", "refusal": part.text})
            case ToolCallPart():
                function = {"name": part.name, "arguments": part.arguments}
                calls.append({"id": part.id or "", "type": "function", "function": function})
            case _:
                pass
    plain = len(content) == 1 and content[0]["type"] == "text"
    written["content"] = content[0]["text"] if plain else content or None
    if calls:
        written["tool_calls"] = calls
    return written


def read_request(sent: Json) -> Request:
    """Reads a request's JSON body back.

    Raises:
        FixtureError: it is not a request of this dialect.
    """
    body = as_dict(sent, "request")
    names: dict[str, str] = {}
    messages: list[Message] = []
    for number, item in enumerate(as_list(body.get("messages"), "messages")):
        where = f"messages[{number}]"
        message = as_dict(item, where)
        role = message.get("role")
        match role:
            case "system" | "developer" | "user":
                texts = tuple(TextPart(text) for text in read_texts(message.get("content"), where))
                messages.append(Message("user" if role == "user" else "system", texts))
            case "assistant":
                messages.append(Message("assistant", _read_answer(message, where, names)))
            case "tool":
                _add_result(messages, message, where, names)
            case _:
                raise FixtureError([f"{where}.role: {role!r} is no role of Chat Completions"])
    return Request(
        messages=tuple(messages),
        tools=tuple(_read_tool(tool, number) for number, tool in enumerate(as_list(body.get("tools"), "tools"))),
        response_schema=_read_schema(body.get("response_format")),
        model=as_text(body.get("model"), "model"),
    )


def _read_answer(message: dict[str, Any], where: str, names: dict[str, str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(reasoning, str):
        parts.append(ReasoningPart(reasoning))
    content = message.get("content")
    if isinstance(content, list):
        for block in content:
            held = as_dict(block, f"{where}.content")
            refusal = held.get("refusal")
            text = refusal if held.get("type") == "refusal" else held.get("text")
            if isinstance(text, str) and text:
                parts.append(RefusalPart(text) if held.get("type") == "refusal" else TextPart(text))
    elif isinstance(content, str) and content:
        parts.append(TextPart(content))
    if isinstance(message.get("refusal"), str) and message["refusal"]:
        parts.append(RefusalPart(message["refusal"]))
    for item in as_list(message.get("tool_calls"), f"{where}.tool_calls"):
        call = as_dict(item, f"{where}.tool_calls")
        function = as_dict(call.get("function"), f"{where}.tool_calls.function")
        identity = optional_text(call.get("id"))
        name = optional_text(function.get("name")) or ""
        if identity:
            names[identity] = name
        parts.append(ToolCallPart(identity, name, optional_text(function.get("arguments")) or ""))
    return tuple(parts)


def _add_result(messages: list[Message], message: dict[str, Any], where: str, names: dict[str, str]) -> None:
    call = optional_text(message.get("tool_call_id"))
    output = "".join(read_texts(message.get("content"), where))
    part = ToolResultPart(call, names.get(call or "", ""), output)
    if messages and messages[-1].role == "tool":
        messages[-1] = Message("tool", (*messages[-1].parts, part))
    else:
        messages.append(Message("tool", (part,)))


def _read_tool(item: Json, number: int) -> Tool:
    function = as_dict(as_dict(item, f"tools[{number}]").get("function"), f"tools[{number}].function")
    parameters = function.get("parameters")
    return Tool(
        name=as_text(function.get("name"), f"tools[{number}].function.name"),
        description=optional_text(function.get("description")) or "",
        parameters=parameters if isinstance(parameters, dict) else {},
    )


def _read_schema(form: Json) -> dict[str, Any] | None:
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return None
    schema = as_dict(form.get("json_schema"), "response_format.json_schema").get("schema")
    return as_dict(schema, "response_format.json_schema.schema")
