"""The reasons for ending that the Messages API has words for, and the blocks of tools that it runs itself.

Source: `stop_reason` and `ContentBlock` in the API reference, as of anthropic 2.12.0.
"""

from __future__ import annotations

from typing import Final

from workbench.dialects._dialect import FinishWords
from workbench.dialects._json import NOT_JSON, compact, read_json
from workbench.transcript import Json

WORDS = FinishWords(
    read={
        "end_turn": "stop",
        "stop_sequence": "stop",
        "max_tokens": "length",
        "model_context_window_exceeded": "length",
        "tool_use": "tool-calls",
        "pause_turn": "pause",
        "refusal": "refusal",
    },
    write={
        "stop": "end_turn",
        "length": "max_tokens",
        "tool-calls": "tool_use",
        "content-filter": "refusal",
        "pause": "pause_turn",
        "refusal": "refusal",
    },
)

CALLS: Final = {"tool_use": False, "server_tool_use": True, "mcp_tool_use": True}
"""Types of blocks that are tool calls, and whether the provider runs the tool."""

RESULT: Final = "_tool_result"
"""How the type of a block with the result of such a tool ends; what stands before it names the tool."""


def output_text(content: Json) -> str:
    """Writes a result's content as text: as it is, or compact JSON where it is a structure."""
    return content if isinstance(content, str) else compact(content)


def output_content(text: str) -> Json:
    """Reads a result's text as content: the structure that `output_text` wrote, or the text."""
    if text[:1] in ("[", "{"):
        value, strict = read_json(text)
        if strict and value is not NOT_JSON:
            return value
    return text


def reports_error(content: Json) -> bool:
    """Says whether a result's content is one of the provider's error objects."""
    return isinstance(content, dict) and str(content.get("type", "")).endswith("_tool_result_error")
