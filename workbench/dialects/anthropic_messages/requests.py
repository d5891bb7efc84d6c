"""Requests of the Messages API, both ways.

Rules:
1. `read_request(write_request(r))` is `r` less what `project_history` takes from its messages, with its system texts
   first, results that follow one another in one message, and tools without their canned results:
   `tests/properties/test_dialects.py`.
2. Results of the caller's tools go back in one user message, directly after the calls.
3. Reading leaves alone what it does not know, and reads what SDKs write: content as a string or as blocks. Reasoning
   without a signature is read, though the API refuses it.
"""

from __future__ import annotations

from typing import Any, Final

from workbench.dialects._dialect import joined_tool_messages
from workbench.dialects._json import compact
from workbench.dialects._reading import as_dict, as_list, as_text, optional_text, read_texts
from workbench.dialects.anthropic_messages.encode import call_block, result_block
from workbench.dialects.anthropic_messages.project import input_of, project_history
from workbench.dialects.anthropic_messages.words import CALLS, RESULT, output_text, reports_error
from workbench.errors import FixtureError
from workbench.transcript import (
    Json,
    Message,
    Part,
    ReasoningPart,
    Request,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

MAX_TOKENS: Final = 4096


def write_request(request: Request) -> Json:
    """Writes the JSON body of a streaming request."""
    body: dict[str, Any] = {"model": request.model, "max_tokens": MAX_TOKENS}
    system = [block for message in request.messages if message.role == "system" for block in _blocks(message)]
    if system:
        body["system"] = system
    body["messages"] = [
        {"role": "assistant" if message.role == "assistant" else "user", "content": _blocks(message)}
        for message in joined_tool_messages([message for message in request.messages if message.role != "system"])
    ]
    if request.tools:
        body["tools"] = [
            {
                "name": tool.name,
                **({"description": tool.description} if tool.description else {}),
                "input_schema": dict(tool.parameters),
            }
            for tool in request.tools
        ]
    if request.response_schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": dict(request.response_schema)}}
    body["stream"] = True
    return body


def _blocks(message: Message) -> list[dict[str, Any]]:
    return [_block(part) for part in project_history(message.parts)]


def _block(part: Part) -> dict[str, Any]:
    match part:
        case ReasoningPart() if part.redacted:
            return {"type": "redacted_thinking", "data": part.data}
        case ReasoningPart():
            return {"type": "thinking", "thinking": part.text, "signature": part.signature}
        case ToolCallPart():
            kind = "server_tool_use" if part.server else "tool_use"
            return call_block(kind, part.id, part.name, input_of(part.arguments))
        case ToolResultPart() if part.server:
            return result_block(part.call, part.name, part.output, error=part.error)
        case ToolResultPart():
            block = {"type": "tool_result", "tool_use_id": part.call or "", "content": part.output}
            return {**block, "is_error": True} if part.error else block
        case _:
            return {"type": "text", "text": part.text}


def read_request(sent: Json) -> Request:
    """Reads a request's JSON body back.

    Raises:
        FixtureError: it is not a request of this dialect.
    """
    body = as_dict(sent, "request")
    names: dict[str, str] = {}
    messages = [Message("system", tuple(TextPart(text) for text in read_texts(body.get("system"), "system")))]
    for number, item in enumerate(as_list(body.get("messages"), "messages")):
        where = f"messages[{number}]"
        message = as_dict(item, where)
        role = message.get("role")
        if role not in ("user", "assistant", "system"):
            raise FixtureError([f"{where}.role: {role!r} is no role of the Messages API"])
        content = message.get("content")
        blocks = (
            [{"type": "text", "text": content}] if isinstance(content, str) else as_list(content, f"{where}.content")
        )
        parts = [_read_block(as_dict(block, f"{where}.content"), names) for block in blocks]
        messages += _messages(role, [part for part in parts if part is not None])
    return Request(
        messages=joined_tool_messages(messages if messages[0].parts else messages[1:]),
        tools=tuple(_read_tool(tool, number) for number, tool in enumerate(as_list(body.get("tools"), "tools"))),
        response_schema=_read_schema(body.get("output_config")),
        model=as_text(body.get("model"), "model"),
    )


def _messages(role: str, parts: list[Part]) -> list[Message]:
    if role == "system":
        return [Message("system", tuple(parts))]
    if role == "assistant":
        return [Message("assistant", tuple(parts))]
    results = tuple(part for part in parts if isinstance(part, ToolResultPart))
    rest = tuple(part for part in parts if not isinstance(part, ToolResultPart))
    out = [Message("tool", results)] if results else []
    return [*out, Message("user", rest)] if rest or not results else out


def _read_block(block: dict[str, Any], names: dict[str, str]) -> Part | None:
    kind = str(block.get("type"))
    match kind:
        case "text":
            return TextPart(block["text"]) if optional_text(block.get("text")) else None
        case "thinking":
            signature = block.get("signature")
            text = optional_text(block.get("thinking")) or ""
            return ReasoningPart(text, signature=optional_text(signature))
        case "redacted_thinking":
            return ReasoningPart(redacted=True, data=str(block.get("data", "")))
        case "tool_result":
            call = optional_text(block.get("tool_use_id"))
            output = "".join(read_texts(block.get("content"), "tool_result"))
            return ToolResultPart(call, names.get(call or "", ""), output, error=block.get("is_error") is True)
    if kind in CALLS:
        identity, name = optional_text(block.get("id")), optional_text(block.get("name")) or ""
        if identity:
            names[identity] = name
        return ToolCallPart(identity, name, compact(block.get("input", {})), CALLS[kind])
    if kind.endswith(RESULT):
        call, content = optional_text(block.get("tool_use_id")), block.get("content")
        name = names.get(call or "") or kind.removesuffix(RESULT)
        error = block.get("is_error") is True or reports_error(content)
        return ToolResultPart(call, name, output_text(content), server=True, error=error)
    return None


def _read_tool(item: Json, number: int) -> Tool:
    tool = as_dict(item, f"tools[{number}]")
    schema = tool.get("input_schema")
    return Tool(
        name=as_text(tool.get("name"), f"tools[{number}].name"),
        description=optional_text(tool.get("description")) or "",
        parameters=schema if isinstance(schema, dict) else {},
    )


def _read_schema(config: Json) -> dict[str, Any] | None:
    form = config.get("format") if isinstance(config, dict) else None
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return None
    return as_dict(form.get("schema"), "output_config.format.schema")
