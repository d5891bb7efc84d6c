"""The reasons for ending that Chat Completions has words for.

`error` is OpenRouter's word for a stream that failed half-way (https://openrouter.ai/docs/api-reference/errors); the
others are OpenAI's. A refusal ends with `stop`: the refusal itself stands in a field of its own.
"""

from __future__ import annotations

from workbench.dialects._dialect import FinishWords

WORDS = FinishWords(
    read={
        "stop": "stop",
        "length": "length",
        "tool_calls": "tool-calls",
        "function_call": "tool-calls",
        "content_filter": "content-filter",
        "error": "error",
    },
    write={
        "stop": "stop",
        "length": "length",
        "tool-calls": "tool_calls",
        "content-filter": "content_filter",
        "refusal": "stop",
        "error": "error",
    },
)
