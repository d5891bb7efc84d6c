"""Where in the pair of object and response each concept stands.

The pair is a list of two, so a path begins with `[]`: the object is `[]`, and the response is told by its kind,
`[object=chat.completion]` or `[type=message]`. In the cache the two are `model` and `raw`. A response is the provider's
own, so both providers' places are listed: OpenAI's has no order of parts and no signatures, Anthropic's no argument
text.

Rules:
1. Nothing is declared that no fixture can show. A response also holds what is withheld of reasoning, and what the
   provider ran itself; so far no fixture with either of these asks for an object.
2. A refusal is no object. Where OpenAI sends one, its words stand in the exception.
"""

from __future__ import annotations

from typing import Final

from workbench.design import Carries

_CHAT: Final = "[object=chat.completion]"
_MESSAGE: Final = "[type=message]"

_PATHS: Final = {
    "text": "{chat}.choices[].message.content | {message}.content[type=text].text",
    "reasoning": "{chat}.choices[].message.reasoning_content | {message}.content[type=thinking].thinking",
    "reasoning.signature": "{message}.content[type=thinking].signature",
    "call.name": "{chat}.choices[].message.tool_calls[type=function].function.name "
    "| {message}.content[type=tool_use].name",
    "call.id": "{chat}.choices[].message.tool_calls[type=function].id | {message}.content[type=tool_use].id",
    "call.arguments": "{object}.** | {chat}.choices[].message.tool_calls[type=function].function.arguments "
    "| {message}.content[type=tool_use].input.**",
    "call.arguments.text": "{chat}.choices[].message.tool_calls[type=function].function.arguments",
    "part.order": "{message}.content",
    "part.boundary": "{message}.content",
    "part.start": "{message}.content",
    "part.end": "{message}.content",
    "finish": "{chat}.choices[].finish_reason | {message}.stop_reason",
    "usage": "{chat}.usage.prompt_tokens | {chat}.usage.completion_tokens "
    "| {message}.usage.input_tokens | {message}.usage.output_tokens",
    "usage.reasoning": "{chat}.usage.completion_tokens_details.reasoning_tokens "
    "| {message}.usage.output_tokens_details.thinking_tokens",
    "usage.cached": "{chat}.usage.prompt_tokens_details.cached_tokens | {message}.usage.cache_read_input_tokens",
    "response.id": "{chat}.id | {message}.id",
    "response.model": "{chat}.model | {message}.model",
}


def _paths(found: str, completion: str) -> dict[str, str]:
    places = {"object": found, "chat": completion + _CHAT, "message": completion + _MESSAGE}
    return {concept: path.format(**places) for concept, path in _PATHS.items()}


CARRIES: Final[Carries] = {
    "live": {**_paths("[]", ""), "refusal": "raised.message", "failure": "raised.message"},
    "final": _paths("[]", ""),
    "stored": _paths("model", "raw"),
}
