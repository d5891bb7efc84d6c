"""Events to deltas.

Theory of operation. A content block is a part; its index leads to it until the message ends. The event that matters for
speed is `content_block_delta` into an open block that expects its type of piece; all else, and every fault of order,
goes through slower doors.
Rules:
1. Starts and ends are stated by `content_block_start` and `content_block_stop`. Where a stream lacks one, it is
   implied: a start by the first delta, an end by the block that takes the index, or by the end of the message.
2. Text, reasoning, a signature, a tool's input or a result that stands in a block's start is a piece of it. `"input":
   {}` there is a placeholder: a call without deltas has the empty argument text, which stands for no arguments.
3. Counts are cumulative. Input tokens are the sum of the uncached, those read from a cache, and those written to one.
4. An explanation in `stop_details` is the text of a refusal: the message has no other.
5. `message_stop` ends the stream; an `error` event ends it at once, and ends no part.
"""

from __future__ import annotations

from typing import Any

from workbench.dialects._decoder import Flaw
from workbench.dialects._failures import failure_of
from workbench.dialects._json import REFUSALS, clean, compact, read_json
from workbench.dialects._moulds import Growth, MouldingDecoder, member
from workbench.dialects.anthropic_messages.blocks import OpenBlock, kind_of_piece, open_block, unread_block
from workbench.dialects.anthropic_messages.events import (
    EVENT_NAMES,
    NAME_OF,
    Block,
    BlockDelta,
    BlockStart,
    BlockStop,
    Change,
    CitationPiece,
    Counts,
    ErrorEvent,
    Event,
    JsonPiece,
    Message,
    MessageDelta,
    MessageStart,
    MessageStop,
    Ping,
    SignaturePiece,
    TextPiece,
    ThinkingPiece,
    parse_event,
)
from workbench.dialects.anthropic_messages.shape import shape_event
from workbench.dialects.anthropic_messages.words import RESULT, WORDS, output_text, reports_error
from workbench.transcript import (
    Delta,
    Failure,
    Finished,
    OpaqueDelta,
    PartEnd,
    PartStart,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    Usage,
    UsageReported,
)
from workbench.wire import Frame

_MEMBERS = {TextPiece: member("text"), ThinkingPiece: member("thinking"), JsonPiece: member("partial_json")}


class MessagesDecoder(MouldingDecoder[Event]):
    """Decodes the frames of one body."""

    def __init__(self, *, careful: bool = False) -> None:
        super().__init__(parse_event, careful=careful)
        self._blocks: dict[int, OpenBlock] = {}
        self._names: dict[str, str] = {}  # of calls, by id
        self._next = 0  # index that the next block should have
        self._begun = False
        self._finish: str | None = None
        self._counts = Counts()

    def _growth(self, event: Event, frame: Frame) -> Growth | None:
        if type(event) is not BlockDelta or frame.event != "content_block_delta":
            return None
        block = self._blocks.get(event.index)
        piece = event.delta
        if block is None or type(piece) is not block.expects or not piece.text:
            return None
        return Growth(block.make, block.part, block.pieces, piece, "text", _MEMBERS[block.expects])

    def _take(self, event: Event, frame: Frame) -> list[Delta]:
        out: list[Delta] = []
        if self._over:
            self._take_late(frame)
            return out
        name = NAME_OF[type(event)]
        if frame.event != name:
            if frame.event_line:
                self.remark("event-type-mismatch", frame, f"{frame.event} and {name}")
            else:
                self.remark_once("event-line-missing", frame)
        if isinstance(event, Ping):
            return out
        if isinstance(event, ErrorEvent):
            out.append(self._fail(self._failure_in(frame) or Failure(""), frame))
            return out
        if not self._begun and not isinstance(event, MessageStart):
            self._begun = True
            self.remark("no-message-start", frame, name)
        match event:
            case BlockDelta():
                self._take_odd_delta(event, frame, out)
            case BlockStart():
                self._start_block(event.index, event.content_block, frame, out)
            case BlockStop():
                self._stop_block(event.index, frame, out)
            case MessageStart():
                self._start_message(event.message, frame, out)
            case MessageDelta():
                self._change_message(event.delta or Change(), event.usage, frame, out)
            case MessageStop():
                self._end_message(frame, out)
        return out

    # -- the message

    def _start_message(self, message: Message, frame: Frame, out: list[Delta]) -> None:
        if self._begun:
            self.remark("repeated-message-start", frame)
        else:
            self._begun = True
            if message.id or message.model:
                out.append(ResponseInfo(frame.index, message.id or None, message.model or None))
            for index, block in enumerate(message.content or ()):
                self._start_block(index, block, frame, out)
                if index in self._blocks:
                    self._stop_block(index, frame, out)
        self._change_message(Change(message.stop_reason, message.stop_details), message.usage, frame, out)

    def _change_message(self, change: Change, counts: Counts | None, frame: Frame, out: list[Delta]) -> None:
        raw = change.stop_reason
        if raw == "":
            self.remark_once("finish-reason-empty", frame)
        elif raw is not None and self._finish is not None:
            self.remark("duplicate-finish", frame, raw)
        elif raw is not None:
            self._finish = raw
            self._end_blocks(frame, out)
            if change.stop_details is not None and change.stop_details.explanation:
                part = self._new_part()
                text = clean(change.stop_details.explanation)
                out += [
                    PartStart(frame.index, part, "refusal"),
                    RefusalDelta(frame.index, part, text),
                    PartEnd(frame.index, part),
                ]
            if not WORDS.knows(raw):
                self.remark("finish-reason-unknown", frame, raw)
            out.append(Finished(frame.index, WORDS.reason(raw), raw))
        if counts is not None:
            self._count(counts, frame, out)

    def _count(self, new: Counts, frame: Frame, out: list[Delta]) -> None:
        known = self._counts
        if new.input_tokens is not None:
            known.input_tokens = new.input_tokens
        if new.cache_creation_input_tokens is not None:
            known.cache_creation_input_tokens = new.cache_creation_input_tokens
        if new.cache_read_input_tokens is not None:
            known.cache_read_input_tokens = new.cache_read_input_tokens
        cached = known.cache_read_input_tokens
        usage = Usage(
            input=None
            if known.input_tokens is None
            else known.input_tokens + (known.cache_creation_input_tokens or 0) + (cached or 0),
            output=new.output_tokens,
            reasoning=None if new.output_tokens_details is None else new.output_tokens_details.thinking_tokens,
            cached=cached,
        )
        if usage != Usage():
            out.append(UsageReported(frame.index, usage))

    def _end_message(self, frame: Frame, out: list[Delta]) -> None:
        self._end_blocks(frame, out)
        self._over = True
        if not self._parts:
            self.remark("no-content", frame)
        out.append(ResponseEnded(frame.index))

    def _end_blocks(self, frame: Frame, out: list[Delta]) -> None:
        for index, block in self._blocks.items():
            if block.open:
                self.remark("block-not-stopped", frame, str(index))
                self._end_block(block, frame, out, stated=False)

    # -- blocks

    def _start_block(self, index: int, block: Block, frame: Frame, out: list[Delta]) -> None:
        if index < 0:
            self.remark("bad-index", frame, str(index))
            return
        earlier = self._blocks.get(index)
        if earlier is not None:
            self.remark("block-restarted", frame, str(index))
            if earlier.open:
                self._end_block(earlier, frame, out, stated=False)
        elif index != self._next:
            self.remark("block-index-gap", frame, f"{index}, not {self._next}")
        self._next = index + 1
        opened = open_block(block, self._parts)
        if opened is None:
            self.remark("unknown-block", frame, block.type)
            self._blocks[index] = unread_block()
            return
        if self._finish is not None:
            self.remark_once("piece-after-finish", frame)
        self._blocks[index] = opened
        self._new_part()
        out.append(self._part_start(block, opened, frame))
        self._take_start(block, opened, frame, out)

    def _part_start(self, block: Block, opened: OpenBlock, frame: Frame) -> PartStart:
        is_result = opened.kind == "tool-result"
        identity = block.tool_use_id if is_result else block.id if opened.kind == "tool-call" else None
        name = block.name if opened.kind == "tool-call" else None
        if is_result:
            name = self._names.get(block.tool_use_id or "", block.type.removesuffix(RESULT))
        elif identity and name:
            self._names[identity] = name
        return PartStart(
            frame.index,
            opened.part,
            opened.kind,
            id=identity or None,
            name=name,
            redacted=block.type == "redacted_thinking",
            server=opened.server,
            error=is_result and (block.is_error is True or reports_error(block.content)),
            stated=True,
        )

    def _take_start(self, block: Block, opened: OpenBlock, frame: Frame, out: list[Delta]) -> None:
        """Reads what a block's start holds beside what it is."""
        text = block.text if opened.kind == "text" else block.thinking if opened.kind == "reasoning" else None
        if opened.kind == "tool-call" and block.input not in (None, {}):
            text = block.input if isinstance(block.input, str) else clean(compact(block.input))
            opened.whole = True
        if text:
            if opened.pieces is not None:
                opened.pieces.append(text)
            out.append(opened.make(frame.index, opened.part, text))
        if opened.kind == "tool-result":
            out.append(ResultDelta(frame.index, opened.part, clean(output_text(block.content))))
        if block.type == "redacted_thinking":
            out.append(OpaqueDelta(frame.index, opened.part, block.data or ""))
        elif opened.kind == "reasoning" and block.signature:
            opened.signed = True
            out.append(SignatureDelta(frame.index, opened.part, block.signature))

    def _stop_block(self, index: int, frame: Frame, out: list[Delta]) -> None:
        block = self._blocks.get(index)
        if block is None or not block.open:
            self.remark("stop-without-start", frame, str(index))
            return
        self._end_block(block, frame, out, stated=True)

    def _end_block(self, block: OpenBlock, frame: Frame, out: list[Delta], *, stated: bool) -> None:
        block.open = False
        block.expects = None
        if block.part < 0:
            return
        out.append(PartEnd(frame.index, block.part, stated))
        if block.pieces is not None:
            cut = self._finish is not None and WORDS.reason(self._finish) == "length"
            self._check_arguments(block.pieces, block.name, frame, cut=cut)

    # -- deltas that are not plain

    def _take_odd_delta(self, event: BlockDelta, frame: Frame, out: list[Delta]) -> None:
        piece = event.delta
        if isinstance(piece, CitationPiece):
            self.remark("citation-not-read", frame)
            return
        block = self._blocks.get(event.index)
        kind = kind_of_piece(piece)
        if block is None:
            if event.index < 0:
                self.remark("bad-index", frame, str(event.index))
                return
            self.remark("delta-before-start", frame, str(event.index))
            block = self._blocks[event.index] = OpenBlock(kind, self._new_part())
            self._next = max(self._next, event.index + 1)
            out.append(PartStart(frame.index, block.part, kind))
        if block.part < 0:
            return
        if kind != block.kind:
            self.remark("delta-block-mismatch", frame, f"{kind} into {block.kind}")
            return
        if not block.open:
            self.remark("delta-after-stop", frame, str(event.index))
        if isinstance(piece, SignaturePiece):
            if block.signed:
                self.remark("signature-repeated", frame)
            block.signed = True
            out.append(SignatureDelta(frame.index, block.part, piece.text))
            return
        if not piece.text:
            return
        if block.whole and isinstance(piece, JsonPiece):
            self.remark_once("tool-input-twice", frame, block.name or "")
        if block.pieces is not None:
            block.pieces.append(piece.text)
        out.append(block.make(frame.index, block.part, piece.text))

    # -- the ends

    def _fail(self, failure: Failure, frame: Frame) -> StreamFailed:
        self._blocks.clear()
        return super()._fail(failure, frame)

    def _take_late(self, frame: Frame) -> None:
        value = read_json(frame.data)[0]
        if not (isinstance(value, dict) and value.get("type") == "ping"):
            super()._take_late(frame)

    def _shape(self, value: dict[str, Any], flaw: Flaw) -> Event | None:
        named, event = isinstance(value.get("type"), str), self._last.event
        if (
            (not named or value["type"] not in EVENT_NAMES)
            and (not named or event == "error")
            and failure_of(value, event=event)
        ):
            return ErrorEvent()
        return shape_event(value, flaw)

    def _end(self, tail: str | None, frame: Frame) -> list[Delta] | None:
        if tail is not None:
            event: Event | None
            try:
                event = parse_event(tail)
            except REFUSALS:
                event = None
            if isinstance(event, MessageStop):
                out: list[Delta] = []
                self._end_message(frame, out)
                return out
        for block in self._blocks.values():
            if block.open and block.pieces is not None:
                self._check_arguments(block.pieces, block.name, frame, cut=True)
        return None
