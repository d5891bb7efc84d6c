"""What Chat Completions cannot carry, said and done.

Rules:
1. A part without anything to send is not there: fields that are empty begin nothing. A tool call always is.
2. Parts of text, reasoning or refusal that follow one another become one: the dialect has no boundary between them.
3. Usage is the last chunk: a stream that breaks off has none.
4. In a message of a request, fields have no order: reasoning comes first, then texts and refusals, then calls, then the
   results, which are messages of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from workbench.dialects._dialect import completion_of
from workbench.dialects.openai_chat.words import WORDS
from workbench.transcript import (
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
    "reasoning.signature": "no field for a signature",
    "reasoning.data": "no field for opaque reasoning; OpenRouter's reasoning_details are another dialect's business",
    "reasoning.redacted": "reasoning that is withheld is simply absent",
    "reasoning.form": "reasoning_content does not say whether it is a summary",
    "call.server": "every call in tool_calls is for the caller to run",
    "result.output": "a response holds no tool results",
    "result.call": "a response holds no tool results",
    "part.boundary": "pieces of one field join; nothing stands between two parts of a kind",
    "part.start": "a part begins with its first piece, and nobody says so",
    "part.end": "nobody says that a part has ended",
    "message.index": "a choice is one message",
}
"""Concept to the reason why a response cannot carry it."""

HISTORY_CANNOT: Final[Mapping[str, str]] = {
    "reasoning.signature": "no field for a signature",
    "reasoning.data": "no field for opaque reasoning",
    "reasoning.redacted": "reasoning that is withheld is simply absent",
    "reasoning.form": "reasoning_content does not say whether it is a summary",
    "call.server": "every call in tool_calls is one that the caller ran",
    "part.order": "content, reasoning_content and tool_calls are fields of one message, without an order",
    "part.boundary": "a message has one field for reasoning; its pieces join",
    "message.index": "one response goes back as one message",
}
"""Concept to the reason why a request cannot carry it."""


def project(transcript: Transcript) -> Transcript:
    """Takes from a transcript what a response cannot carry."""
    parts = _joined(part for part in map(_carried, transcript.parts) if part is not None)
    outcome = transcript.outcome
    word = WORDS.word(outcome.finish, outcome.finish_raw)
    projected = msgspec.structs.replace(
        outcome,
        finish=None if word is None else WORDS.reason(word),
        finish_raw=word,
        usage=None if outcome.usage == Usage() else outcome.usage,
        response_id=outcome.response_id or None,
        model=outcome.model or None,
        failure=outcome.failure if outcome.completion == "failed" else None,
    )
    ended = _ended(projected, parts)
    if ended.completion != "complete":
        ended = msgspec.structs.replace(ended, usage=None)
    return Transcript(parts, ended)


def _ended(outcome: Outcome, parts: Sequence[Part]) -> Outcome:
    return msgspec.structs.replace(outcome, completion=completion_of(outcome, parts))


def _carried(part: Part) -> Part | None:
    match part:
        case TextPart():
            return TextPart(part.text) if part.text else None
        case ReasoningPart():
            return ReasoningPart(part.text) if part.text and not part.redacted else None
        case RefusalPart():
            return RefusalPart(part.text) if part.text else None
        case ToolCallPart():
            return None if part.server else ToolCallPart(part.id or None, part.name, part.arguments)
        case _:
            return None


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    runs: list[list[Part]] = []
    for part in parts:
        if runs and type(part) is type(runs[-1][0]) and not isinstance(part, ToolCallPart):
            runs[-1].append(part)
        else:
            runs.append([part])
    return tuple(_join(run) for run in runs)


def _join(run: Sequence[Part]) -> Part:
    first = run[0]
    if len(run) == 1 or isinstance(first, ToolCallPart | ToolResultPart):
        return first
    return type(first)(text="".join(part.text for part in run))  # type: ignore[union-attr]


def project_history(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Takes from parts what a request cannot carry, and puts them into the order in which a request is read.

    Args:
        parts: of one response and the results that answer it; or of several such, when each response after the first
            follows results. Two responses with nothing between cannot be told apart here: call once for each.
    """
    out: list[Part] = []
    answer: list[Part] = []
    results: list[Part] = []
    for part in parts:
        if isinstance(part, ToolResultPart):
            if not part.server:
                results.append(ToolResultPart(part.call, part.name, part.output))
            continue
        if results:
            out += [*_answer(answer), *results]
            answer, results = [], []
        answer.append(part)
    return (*out, *_answer(answer), *results)


def _answer(parts: Iterable[Part]) -> list[Part]:
    """Puts an assistant's parts into the order of the fields of its message."""
    carried = [part for part in map(_carried, parts) if part is not None]
    thoughts = [part.text for part in carried if isinstance(part, ReasoningPart)]
    return [
        *([ReasoningPart("".join(thoughts))] if thoughts else []),
        *(part for part in carried if isinstance(part, TextPart | RefusalPart)),
        *(part for part in carried if isinstance(part, ToolCallPart)),
    ]
