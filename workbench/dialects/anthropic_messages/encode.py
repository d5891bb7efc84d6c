"""Deltas to a body, event by event as Anthropic sends it.

`message_start` with the input's counts, a `ping` after the first block's start, each block with its start, deltas and
stop, `message_delta` with the reason for ending and the counts so far, `message_stop`. A tool's input begins with an
empty delta; redacted reasoning and results come whole in their block's start; a refusal's text is the explanation
beside the reason. Rules:
1. A body that was cut simply stops; one that failed ends in an `error` event.
2. Deltas are written where they stand. Blocks that take turns are written so: the format routes by index, though
   Anthropic sends one block after the other.
3. A block whose end the deltas do not give is stopped when another part begins after its last piece, or when the reason
   for ending comes; not when the body is cut.
4. Nothing depends on clock or chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from workbench.dialects._json import compact
from workbench.dialects.anthropic_messages.words import RESULT, WORDS, output_content, reports_error
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ResponseEnded,
    ResultDelta,
    SeenPart,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    see,
)
from workbench.wire import sse_frame

_PIECES: dict[type, tuple[str, str]] = {
    TextDelta: ("text_delta", "text"),
    ReasoningDelta: ("thinking_delta", "thinking"),
    ArgumentsDelta: ("input_json_delta", "partial_json"),
    SignatureDelta: ("signature_delta", "signature"),
}


def encode(deltas: Sequence[Delta]) -> bytes:
    """Writes a body.

    Args:
        deltas: in the order of the stream. A part begins with its `PartStart`.

    Returns:
        The body; empty when nothing but the end of the connection was given.
    """
    return b"".join(_Writer(deltas).frames(deltas))


class _Writer:
    def __init__(self, deltas: Sequence[Delta]) -> None:
        seen = see(deltas)
        starts = [delta.part for delta in deltas if isinstance(delta, PartStart)]
        self._seen = seen
        self._parts: dict[int, SeenPart] = dict(zip(starts, seen.parts, strict=False))
        self._usage = seen.usage or Usage()
        self._has_finish = any(isinstance(delta, Finished | ResponseEnded) for delta in deltas)
        self._refusal = seen.text("refusal")
        grows = (*_PIECES, PartStart, OpaqueDelta, ResultDelta)
        self._last_piece = {
            delta.part: place  # type: ignore[union-attr]
            for place, delta in enumerate(deltas)
            if isinstance(delta, grows)
        }
        self._open: dict[int, int] = {}  # part to index
        self._indices: dict[int, int] = {}
        self._begun = self._pinged = self._changed = False

    def frames(self, deltas: Sequence[Delta]) -> Iterable[bytes]:
        for place, delta in enumerate(deltas):
            match delta:
                case StreamTruncated():
                    return
                case StreamFailed():
                    failure = delta.failure
                    error = {} if failure.type is None else {"type": failure.type}
                    yield _event("error", error={**error, "message": failure.message})
                    return
            yield from self._begin()
            match delta:
                case PartStart() if delta.kind != "refusal":
                    yield from self._stop_finished(place)
                    yield from self._start(delta)
                case PartEnd():
                    yield from self._stop(delta.part)
                case Finished() if not self._changed:
                    yield from self._change(WORDS.word(delta.reason, delta.raw))
                case ResponseEnded():
                    if not self._changed:
                        yield from self._change(None)
                    yield _event("message_stop")
                case TextDelta() | ReasoningDelta() | ArgumentsDelta() | SignatureDelta():
                    yield from self._piece(delta)
                case _:
                    pass

    def _begin(self) -> Iterable[bytes]:
        if self._begun:
            return
        self._begun = True
        message: dict[str, Any] = {
            "id": self._seen.response_id or "",
            "type": "message",
            "role": "assistant",
            "model": self._seen.model or "",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
        }
        usage = self._usage
        counts = _input_counts(usage)
        if usage.output is not None:
            counts["output_tokens"] = min(usage.output, 1) if self._has_finish else usage.output
        if not self._has_finish:
            counts |= _details(usage)
        if counts:
            message["usage"] = counts
        yield _event("message_start", message=message)

    def _start(self, start: PartStart) -> Iterable[bytes]:
        index = len(self._indices)
        self._indices[start.part] = self._open[start.part] = index
        yield _event("content_block_start", index=index, content_block=self._block(start))
        if not self._pinged:
            self._pinged = True
            yield _event("ping")
        if start.kind == "tool-call":
            yield _event("content_block_delta", index=index, delta={"type": "input_json_delta", "partial_json": ""})

    def _block(self, start: PartStart) -> dict[str, Any]:
        match start.kind:
            case "text":
                return {"type": "text", "text": ""}
            case "reasoning" if start.redacted:
                return {"type": "redacted_thinking", "data": self._parts[start.part].data or ""}
            case "reasoning":
                return {"type": "thinking", "thinking": "", "signature": ""}
            case "tool-call":
                kind = "server_tool_use" if start.server else "tool_use"
                part = self._parts[start.part]
                return call_block(kind, part.id, part.name or "", {})
            case _:
                part = self._parts[start.part]
                return result_block(part.id, part.name or "", part.text, error=part.error)

    def _piece(self, delta: TextDelta | ReasoningDelta | ArgumentsDelta | SignatureDelta) -> Iterable[bytes]:
        index = self._indices.get(delta.part)
        if index is None or self._parts[delta.part].redacted:
            return
        kind, name = _PIECES[type(delta)]
        yield _event("content_block_delta", index=index, delta={"type": kind, name: delta.text})

    def _stop(self, part: int) -> Iterable[bytes]:
        index = self._open.pop(part, None)
        if index is not None:
            yield _event("content_block_stop", index=index)

    def _stop_finished(self, place: int) -> Iterable[bytes]:
        for part in [part for part in self._open if self._last_piece[part] < place]:
            yield from self._stop(part)

    def _change(self, word: str | None) -> Iterable[bytes]:
        self._changed = True
        for part in list(self._open):
            yield from self._stop(part)
        delta: dict[str, Any] = {"stop_reason": word, "stop_sequence": None}
        if self._refusal and word is not None:
            delta["stop_reason"] = "refusal"
            delta["stop_details"] = {"type": "refusal", "category": None, "explanation": self._refusal}
        counts = counts_of(self._usage)
        yield _event("message_delta", delta=delta, **({"usage": counts} if counts else {}))


def _event(name: str, **fields: Any) -> bytes:
    return sse_frame(compact({"type": name, **fields}), event=name)


def _input_counts(usage: Usage) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    if usage.input is not None:
        counts["input_tokens"] = max(0, usage.input - (usage.cached or 0))
    if usage.cached is not None:
        counts["cache_creation_input_tokens"] = 0
        counts["cache_read_input_tokens"] = usage.cached
    return counts


def _details(usage: Usage) -> dict[str, Any]:
    return {} if usage.reasoning is None else {"output_tokens_details": {"thinking_tokens": usage.reasoning}}


def counts_of(usage: Usage) -> dict[str, Any]:
    """Writes the counts of a response that has ended; empty when nothing is known."""
    output = {} if usage.output is None else {"output_tokens": usage.output}
    return {**_input_counts(usage), **output, **_details(usage)}


def call_block(kind: str, identity: str | None, name: str, given: Any) -> dict[str, Any]:
    """Writes a tool call's block."""
    return {"type": kind, **({"id": identity} if identity else {}), "name": name, "input": given}


def result_block(call: str | None, name: str, output: str, *, error: bool) -> dict[str, Any]:
    """Writes the block with the result of a tool that the provider ran."""
    content = output_content(output)
    block: dict[str, Any] = {"type": f"{name}{RESULT}", "tool_use_id": call or "", "content": content}
    if error and not reports_error(content):
        block["is_error"] = True
    return block
