"""Deltas to a body, field by field as OpenAI sends it.

The first chunk carries the role, and the first call where an answer begins with one; every chunk repeats id, model and
the same creation time; counts come in a chunk of their own without choices, just before `[DONE]`, and then every other
chunk says `"usage": null`. Reasoning stands in `reasoning_content`, where DeepSeek, Qwen, xAI and others put it.
Rules:
1. A body that was cut simply stops; one that failed ends in an error object.
2. Calls are numbered from 0 in the order in which they begin. Calls that the provider runs itself, their results,
   signatures and opaque data are left out.
3. Nothing depends on clock or chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from workbench.dialects._json import compact
from workbench.dialects.openai_chat.words import WORDS
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    Kind,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
    see,
)
from workbench.wire import sse_frame

CREATED: Final = 1_760_000_000
FINGERPRINT: Final = "fp_50cad350e4"
_FIELDS: Final[dict[Kind, str]] = {"text": "content", "reasoning": "reasoning_content", "refusal": "refusal"}


def encode(deltas: Sequence[Delta]) -> bytes:
    """Writes a body.

    Args:
        deltas: in the order of the stream. Pieces of one run must follow one another: the dialect has no way to go back
            to a part of text.

    Returns:
        The body; empty when nothing but the end of the connection was given.
    """
    return b"".join(_Writer(deltas).frames(deltas))


class _Writer:
    def __init__(self, deltas: Sequence[Delta]) -> None:
        heads = (ResponseInfo, PartStart, UsageReported)
        seen = see(delta for delta in deltas if isinstance(delta, heads))
        self._counts = counts_of(seen.usage)
        self._head: dict[str, Any] = {
            "id": seen.response_id or "",
            "object": "chat.completion.chunk",
            "created": CREATED,
            "model": seen.model or "",
            "service_tier": "default",
            "system_fingerprint": FINGERPRINT,
        }
        first = next((part.kind for part in seen.parts if not part.server and part.kind != "tool-result"), None)
        self._opening = {"role": "assistant", "content": "" if first in (None, "text") else None, "refusal": None}
        self._opened = False
        self._numbers: dict[int, int] = {}
        self._names: dict[int, str] = {}

    def frames(self, deltas: Iterable[Delta]) -> Iterable[bytes]:
        for delta in deltas:
            match delta:
                case TextDelta() | ReasoningDelta() | RefusalDelta():
                    yield from self._chunk({_FIELDS[_KIND_OF[type(delta)]]: delta.text})
                case PartStart(kind="tool-call", server=False):
                    yield from self._start_call(delta)
                case CallNamed() if delta.part in self._numbers:
                    yield from self._name_call(delta)
                case ArgumentsDelta() if delta.part in self._numbers:
                    yield from self._call({"index": self._numbers[delta.part], "function": {"arguments": delta.text}})
                case Finished():
                    word = WORDS.word(delta.reason, delta.raw)
                    if word is not None:
                        yield from self._chunk({}, finish=word)
                case ResponseEnded():
                    yield from self._open()
                    yield from self._usage()
                    yield sse_frame("[DONE]")
                case StreamFailed() | StreamTruncated():
                    if self._head["id"] or self._head["model"]:
                        yield from self._open()
                    if isinstance(delta, StreamFailed):
                        yield _error(delta.failure)
                case _:
                    pass

    def _open(self) -> Iterable[bytes]:
        if not self._opened:
            self._opened = True
            yield self._frame([self._choice(self._opening, None)])

    def _chunk(self, delta: dict[str, Any], *, finish: str | None = None) -> Iterable[bytes]:
        if not self._opened and "tool_calls" in delta:
            self._opened = True
            delta = {**self._opening, **delta}
        yield from self._open()
        yield self._frame([self._choice(delta, finish)])

    def _choice(self, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}

    def _frame(self, choices: list[dict[str, Any]], counts: dict[str, Any] | None = None) -> bytes:
        chunk = {**self._head, "choices": choices}
        if self._counts is not None:
            chunk["usage"] = counts
        return sse_frame(compact(chunk))

    def _usage(self) -> Iterable[bytes]:
        if self._counts is not None:
            yield from self._open()
            yield self._frame([], self._counts)

    def _start_call(self, start: PartStart) -> Iterable[bytes]:
        self._numbers[start.part] = len(self._numbers)
        call: dict[str, Any] = {"index": self._numbers[start.part]}
        if start.id:
            call["id"] = start.id
        call["type"] = "function"
        call["function"] = {"arguments": ""}
        if start.name:
            call["function"] = {"name": start.name, "arguments": ""}
            self._names[start.part] = start.name
        yield from self._call(call)

    def _name_call(self, named: CallNamed) -> Iterable[bytes]:
        call: dict[str, Any] = {"index": self._numbers[named.part]}
        if named.id:
            call["id"] = named.id
        known = self._names.get(named.part, "")
        if named.name and named.name != known:
            self._names[named.part] = named.name
            call["function"] = {"name": named.name.removeprefix(known)}
        yield from self._call(call)

    def _call(self, call: dict[str, Any]) -> Iterable[bytes]:
        yield from self._chunk({"tool_calls": [call]})


_KIND_OF: Final[dict[type, Kind]] = {TextDelta: "text", ReasoningDelta: "reasoning", RefusalDelta: "refusal"}


def counts_of(usage: Usage | None) -> dict[str, Any] | None:
    """Writes token counts in the dialect's names; None when nothing is known."""
    if usage is None or usage == Usage():
        return None
    counts: dict[str, Any] = {}
    if usage.input is not None:
        counts["prompt_tokens"] = usage.input
    if usage.output is not None:
        counts["completion_tokens"] = usage.output
    if usage.input is not None and usage.output is not None:
        counts["total_tokens"] = usage.input + usage.output
    if usage.cached is not None:
        counts["prompt_tokens_details"] = {"cached_tokens": usage.cached, "audio_tokens": 0}
    if usage.reasoning is not None:
        counts["completion_tokens_details"] = {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        }
    return counts


def _error(failure: Failure) -> bytes:
    error = {"message": failure.message, "type": failure.type, "param": None, "code": None}
    return sse_frame(compact({"error": error}))
