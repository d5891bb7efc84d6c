"""What the Messages API cannot carry, said and done.

Rules:
1. Every part is a block, even an empty one; only refusals are not.
2. A refusal's text is the explanation beside the reason for ending: one, at the end, and the reason is then `refusal`.
   Where the stream gives no reason, there is no place for it.
3. In a request, a tool's input is a JSON value and no text; reasoning goes back only with its signature; a text block
   that is empty is refused by the API; system texts stand before all messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from workbench.dialects._dialect import completion_of
from workbench.dialects._json import NOT_JSON, compact, read_json
from workbench.dialects.anthropic_messages.words import WORDS, output_content, output_text, reports_error
from workbench.transcript import (
    Json,
    Outcome,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    Usage,
)

CANNOT: Final[Mapping[str, str]] = {
    "reasoning.form": "a thinking block does not say whether it is a summary",
    "message.index": "a response is one message",
}
"""Concept to the reason why a response cannot carry it."""

HISTORY_CANNOT: Final[Mapping[str, str]] = {
    "reasoning.form": "a thinking block does not say whether it is a summary",
    "call.arguments.text": "a tool's input goes back as a JSON value",
    "refusal": "a refusal's explanation is not part of the message's content",
    "message.index": "one response goes back as one message",
}
"""Concept to the reason why a request cannot carry it."""


def project(transcript: Transcript) -> Transcript:
    """Takes from a transcript what a response cannot carry."""
    outcome = transcript.outcome
    word = WORDS.word(outcome.finish, outcome.finish_raw)
    parts = list(_carried(transcript.parts))
    refusal = "".join(part.text for part in transcript.parts if isinstance(part, RefusalPart))
    if refusal and word is not None:
        word = "refusal"
        parts.append(RefusalPart(refusal))
    projected = msgspec.structs.replace(
        outcome,
        finish=None if word is None else WORDS.reason(word),
        finish_raw=word,
        usage=_counted(outcome.usage),
        response_id=outcome.response_id or None,
        model=outcome.model or None,
        failure=outcome.failure if outcome.completion == "failed" else None,
    )
    return Transcript(tuple(parts), _ended(projected, parts))


def _ended(outcome: Outcome, parts: Sequence[Part]) -> Outcome:
    return msgspec.structs.replace(outcome, completion=completion_of(outcome, parts))


def _counted(usage: Usage | None) -> Usage | None:
    if usage is None or usage == Usage():
        return None
    if usage.input is not None and usage.cached is not None and usage.cached > usage.input:
        return msgspec.structs.replace(usage, input=usage.cached)
    return usage


def _carried(parts: Iterable[Part]) -> Iterable[Part]:
    names: dict[str, str] = {}
    for part in parts:
        match part:
            case TextPart():
                yield TextPart(part.text)
            case ReasoningPart():
                yield _reasoning(part)
            case ToolCallPart():
                if part.id and part.name:
                    names[part.id] = part.name
                yield ToolCallPart(part.id or None, part.name, part.arguments, part.server)
            case ToolResultPart():
                yield _result(part, names)
            case _:
                pass


def _reasoning(part: ReasoningPart) -> ReasoningPart:
    if part.redacted:
        return ReasoningPart(redacted=True, data=part.data or "")
    return ReasoningPart(part.text, signature=part.signature)


def _result(part: ToolResultPart, names: Mapping[str, str]) -> ToolResultPart:
    content = output_content(part.output)
    name = names.get(part.call or "", part.name)
    error = part.error or reports_error(content)
    return ToolResultPart(part.call or None, name, output_text(content), server=True, error=error)


def project_history(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Takes from the parts of a conversation what a request cannot carry; parts keep their order."""
    out: list[Part] = []
    names: dict[str, str] = {}
    for part in parts:
        match part:
            case TextPart():
                out += [TextPart(part.text)] if part.text else []
            case ReasoningPart():
                out += [_reasoning(part)] if part.redacted or part.signature else []
            case ToolCallPart():
                if part.id and part.name:
                    names[part.id] = part.name
                arguments = compact(input_of(part.arguments))
                out.append(ToolCallPart(part.id or None, part.name, arguments, part.server))
            case ToolResultPart() if part.server:
                out.append(_result(part, names))
            case ToolResultPart():
                out.append(ToolResultPart(part.call or None, part.name, part.output, error=part.error))
            case _:
                pass
    return tuple(out)


def input_of(arguments: str) -> Json:
    """Reads argument text as a tool's input; the empty object where it is no JSON object."""
    value, strict = read_json(arguments) if arguments else ({}, True)
    return value if strict and value is not NOT_JSON and isinstance(value, dict) else {}
