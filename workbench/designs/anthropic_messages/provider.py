"""The provider's half: deltas to raw events, as the API would send them to the SDK.

Rules:
1. A part is a content block; blocks are numbered in the order in which they are sent. A start is sent when the part
   begins and a stop when it ends, whether that was stated or implied: the format has no other way.
2. Three kinds of block wait, because they come whole in their start: redacted thinking for its data, a result for its
   output, and a call for its name. Each waits for the end of the frame that brings that, or for its own end.
3. A refusal is no block: its text becomes the explanation beside the reason for ending, and that reason is `refusal`.
4. Counts: `input_tokens` is the input less what came from a cache. Those of the first frame stand in `message_start`,
   later ones in a `message_delta`, cumulative; where nothing is known of the output it says null. A `message_delta`
   replaces the reason that stood in the one before, so it is said again.
5. Opaque data beside reasoning that can be read, an id of reasoning, an id or a name that comes when the block has
   begun, and output after a result's block was sent have no field and are left out.
6. An error in the stream is raised at once as `APIStatusError`, whose text is the provider's error object.

Source: https://platform.claude.com/docs/en/build-with-claude/streaming; anthropic 2.12.0, anthropic/types/*.py,
anthropic/_streaming.py, Stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from workbench.design import NativeRaise
from workbench.designs.anthropic_messages import vocabulary as api
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    FinishReason,
    Json,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Usage,
    UsageReported,
)

RESULT: Final = "_tool_result"

_KNOWN: Final[dict[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool-calls",
    "pause_turn": "pause",
    "refusal": "refusal",
}
_WORDS: Final[dict[FinishReason, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool-calls": "tool_use",
    "content-filter": "refusal",
    "pause": "pause_turn",
    "refusal": "refusal",
}
_PIECES: Final[dict[type, tuple[str, str]]] = {
    TextDelta: ("text_delta", "text"),
    ReasoningDelta: ("thinking_delta", "thinking"),
    SignatureDelta: ("signature_delta", "signature"),
    ArgumentsDelta: ("input_json_delta", "partial_json"),
}


def finish_word(reason: FinishReason | None, raw: str | None) -> str | None:
    """Returns the word for a reason: as sent where it is one of the API's, else the one that says the same."""
    if raw is not None and _KNOWN.get(raw) == reason:
        return raw
    return _WORDS.get(reason, raw) if reason is not None else raw


class _Block:
    """A part on its way to being a block.

    Attributes:
        index: of its block; None before its start was sent.
        held: pieces that came before its start was sent.
    """

    __slots__ = ("data", "held", "index", "output", "start")

    def __init__(self, start: PartStart) -> None:
        self.start = start
        self.index: int | None = None
        self.held: list[Delta] = []
        self.output: list[str] | None = None
        self.data: str | None = None


class Provider:
    """Writes the raw events of one response."""

    def __init__(self) -> None:
        self._begun = False
        self._next = 0
        self._blocks: dict[int, _Block] = {}
        self._counts = Usage()
        self._reason: str | None = None
        self._refusal: list[str] = []
        self._change_due = False

    def produce(self, step: Sequence[Delta]) -> Iterator[api.BaseModel]:
        """Yields the raw events of one frame.

        Raises:
            NativeRaise: `APIStatusError`, for an error inside the stream.
        """
        if not self._begun and any(not isinstance(delta, StreamFailed | StreamTruncated) for delta in step):
            yield self._begin(step)
            step = [delta for delta in step if not isinstance(delta, UsageReported)]
        waiting: dict[int, _Block] = {}
        for delta in step:
            if isinstance(delta, PartStart | ResponseEnded):
                yield from self._settle(waiting)
            match delta:
                case TextDelta() | ReasoningDelta() | SignatureDelta() | ArgumentsDelta():
                    yield from self._piece(delta)
                case PartStart() if delta.kind != "refusal":
                    yield from self._start(delta)
                case PartEnd():
                    yield from self._stop(delta.part)
                case ResultDelta() | OpaqueDelta() | CallNamed():
                    self._fill(delta, waiting)
                case RefusalDelta():
                    self._refusal.append(delta.text)
                case Finished():
                    self._reason = finish_word(delta.reason, delta.raw)
                    self._change_due = True
                case UsageReported():
                    self._counts = _merged(self._counts, delta.usage)
                    self._change_due = True
                case ResponseEnded():
                    yield api.RawMessageStopEvent(type="message_stop")
                case StreamFailed():
                    raise NativeRaise("APIStatusError", str(_error(delta.failure)))
                case _:
                    pass
        yield from self._settle(waiting)

    def _settle(self, waiting: dict[int, _Block]) -> Iterator[api.BaseModel]:
        """Sends the blocks that have what they waited for, then what changed in the message."""
        for block in waiting.values():
            yield from self._send(block)
        waiting.clear()
        if self._change_due:
            yield self._change()

    # -- the message

    def _begin(self, step: Sequence[Delta]) -> api.BaseModel:
        self._begun = True
        fields: dict[str, Any] = {"type": "message", "role": "assistant", "content": []}
        for delta in step:
            if isinstance(delta, ResponseInfo):
                named = (("id", delta.id), ("model", delta.model))
                fields |= {name: value for name, value in named if value is not None}
            elif isinstance(delta, UsageReported):
                self._counts = _merged(self._counts, delta.usage)
        fields |= {"stop_reason": None, "stop_sequence": None, "usage": api.Usage(**_counts(self._counts))}
        return api.RawMessageStartEvent(type="message_start", message=api.Message(**fields))

    def _change(self) -> api.BaseModel:
        self._change_due = False
        fields: dict[str, Any] = {"stop_reason": self._reason, "stop_sequence": None}
        if self._refusal and self._reason is not None:
            text = "".join(self._refusal)
            fields["stop_reason"] = "refusal"
            fields["stop_details"] = api.RefusalStopDetails(type="refusal", category=None, explanation=text)
        usage = api.MessageDeltaUsage(**{"output_tokens": None, **_counts(self._counts)})
        return api.RawMessageDeltaEvent(type="message_delta", delta=api.Delta(**fields), usage=usage)

    # -- blocks

    def _start(self, start: PartStart) -> Iterator[api.BaseModel]:
        block = self._blocks[start.part] = _Block(start)
        unnamed = start.kind == "tool-call" and start.name is None
        if not (start.redacted or unnamed or start.kind == "tool-result"):
            yield from self._send(block)

    def _fill(self, delta: ResultDelta | OpaqueDelta | CallNamed, waiting: dict[int, _Block]) -> None:
        """Gives a block what it waits for; one that was sent keeps what it has."""
        block = self._blocks.get(delta.part)
        if block is None or block.index is not None:
            return
        match delta:
            case ResultDelta():
                block.output = [*(block.output or ()), delta.text]
            case OpaqueDelta():
                block.data = (block.data or "") + delta.data
            case CallNamed():
                name, identity = delta.name or block.start.name, delta.id or block.start.id
                block.start = msgspec.structs.replace(block.start, name=name, id=identity)
                if name is None:
                    return
        waiting[delta.part] = block

    def _send(self, block: _Block) -> Iterator[api.BaseModel]:
        """Sends a block's start, and the pieces that waited for it."""
        if block.index is not None:
            return
        block.index = self._next
        self._next += 1
        yield api.RawContentBlockStartEvent(
            type="content_block_start", index=block.index, content_block=api.ContentBlock(**_fields(block))
        )
        for delta in block.held:
            yield from self._piece(delta)

    def _piece(self, delta: Any) -> Iterator[api.BaseModel]:
        block = self._blocks.get(delta.part)
        if block is None or block.start.redacted:
            return
        if block.index is None:
            block.held.append(delta)
            return
        kind, field = _PIECES[type(delta)]
        piece = api.BlockDelta(**{"type": kind, field: delta.text})
        yield api.RawContentBlockDeltaEvent(type="content_block_delta", index=block.index, delta=piece)

    def _stop(self, part: int) -> Iterator[api.BaseModel]:
        block = self._blocks.get(part)
        if block is not None:
            yield from self._send(block)
            yield api.RawContentBlockStopEvent(type="content_block_stop", index=block.index)


def _fields(block: _Block) -> dict[str, Any]:
    """Writes what a block has in its start."""
    start = block.start
    if start.kind == "text":
        return {"type": "text", "text": ""}
    if start.redacted:
        return {"type": "redacted_thinking", "data": block.data or ""}
    if start.kind == "reasoning":
        return {"type": "thinking", "thinking": "", "signature": ""}
    if start.kind == "tool-call":
        identity = {} if start.id is None else {"id": start.id}
        kind = "server_tool_use" if start.server else "tool_use"
        return {"type": kind, **identity, "name": start.name or "", "input": {}}
    content = _content("".join(block.output or ()))
    told = {"is_error": True} if start.error and not reports_error(content) else {}
    return {"type": f"{start.name or ''}{RESULT}", "tool_use_id": start.id or "", "content": content, **told}


def _content(output: str) -> Json:
    """Reads a result's output as the structure that it is, or leaves it text."""
    if output[:1] in ("[", "{"):
        try:
            return msgspec.json.decode(output)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return output
    return output


def reports_error(content: Json) -> bool:
    """Says whether a result's content is one of the API's error objects."""
    return isinstance(content, dict) and str(content.get("type", "")).endswith("_tool_result_error")


def _error(failure: Failure) -> Json:
    inner = {} if failure.type is None else {"type": failure.type}
    return {"type": "error", "error": {**inner, "message": failure.message}}


def _merged(known: Usage, new: Usage) -> Usage:
    return Usage(
        known.input if new.input is None else new.input,
        known.output if new.output is None else new.output,
        known.reasoning if new.reasoning is None else new.reasoning,
        known.cached if new.cached is None else new.cached,
    )


def _counts(usage: Usage) -> dict[str, Any]:
    """Writes counts under the API's names."""
    counts: dict[str, Any] = {}
    if usage.input is not None:
        counts["input_tokens"] = max(0, usage.input - (usage.cached or 0))
    if usage.cached is not None:
        counts["cache_read_input_tokens"] = usage.cached
    if usage.output is not None:
        counts["output_tokens"] = usage.output
    if usage.reasoning is not None:
        counts["output_tokens_details"] = api.OutputTokensDetails(thinking_tokens=usage.reasoning)
    return counts
