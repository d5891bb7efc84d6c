"""The log of llm 0.31 in SQLite, as rows: what one response adds, and what a conversation that is loaded holds of it.

Rules:
1. A table is a list of rows, a row the columns of those that hold something: tables without rows, empty columns, random
   ids, hashes and times are left out, and so is `response_json`, the provider's own object.
2. Arguments, schemas and details of token counts are JSON text in a column, as the library writes them.
3. Loading gives text and calls, and no counts. Calls come back ordered by their id, those without one first.
"""

from __future__ import annotations

import json

from workbench.designs.llm_text.vocabulary import Dict
from workbench.transcript import Json, Request

RESPONSE = ("model", "prompt", "system", "response", "input_tokens", "output_tokens", "token_details", "resolved_model")


def rows(request: Request, prompt: Dict, message: Dict) -> Dict:
    """Writes the rows of one response.

    Args:
        request: names the model and the tools.
        prompt: in llm's vocabulary: `prompt`, `system`, `tool_results`, those that there are.
        message: what the response says.
    """
    usage = message.get("usage", {})
    details = usage.get("details")
    response = {
        "model": request.model,
        "prompt": prompt.get("prompt"),
        "system": prompt.get("system"),
        "response": message["text"],
        "input_tokens": usage.get("input"),
        "output_tokens": usage.get("output"),
        "token_details": json.dumps(details) if details else None,
        "resolved_model": message.get("resolved_model"),
    }
    tools = [
        {"name": one.name, "description": one.description, "input_schema": json.dumps(one.parameters)}
        for one in request.tools
    ]
    tables = {
        "responses": [response],
        "tools": tools,
        "tool_calls": [{**call, "arguments": json.dumps(call["arguments"])} for call in message["tool_calls"]],
        "tool_results": prompt.get("tool_results", []),
    }
    return {name: [_filled(row) for row in table] for name, table in tables.items() if table}


def _filled(row: Dict) -> Dict:
    return {name: value for name, value in row.items() if value is not None}


def load(stored: Json) -> Dict:
    """Gives the last response as it comes back: `text()` and `tool_calls()`."""
    response = stored["responses"][-1]
    own = [row for row in stored.get("tool_calls", []) if row.get("response_id") == response.get("id")]
    calls = [
        {"name": row["name"], "arguments": json.loads(row["arguments"]), "tool_call_id": row.get("tool_call_id")}
        for row in own
    ]
    calls.sort(key=lambda call: (call["tool_call_id"] is not None, call["tool_call_id"] or ""))
    return {"text": response["response"], "tool_calls": calls}
