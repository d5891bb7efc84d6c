"""Chunks to deltas.

Theory of operation. The fields `reasoning_content`, `reasoning`, `content`, `refusal` and `tool_calls` of choice 0 are
read in this order. A *run* is a part of text, reasoning or refusal that the next piece of the same field will continue.
Any piece of another field ends it, and the part with it: the order in which fields arrive is all that this dialect says
about the order of parts.

Rules:
1. Starts and ends are implied, never stated: a part begins with its first piece that is not empty (a call: with its
   first piece at all), and a run's part ends when another part's piece arrives.
2. A tool call is numbered, so a later piece can always continue it. What follows it therefore implies nothing: its end
   is implied by the reason for ending, or by the end of the stream.
3. `[DONE]` ends the stream, with or without its blank line. A reason for ending without it leaves the body truncated.
4. An error ends the stream at once, and ends no part: a part that was cut has not ended. `"finish_reason": "error"`
   ends no part either.
5. The first reason for ending counts. What comes after it is still read.
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from workbench.dialects._decoder import Flaw
from workbench.dialects._failures import failure_of
from workbench.dialects._moulds import Growth, MouldingDecoder, member
from workbench.dialects.openai_chat.calls import Calls, OpenCall
from workbench.dialects.openai_chat.chunk import Call, Choice, Chunk, Counts, parse_chunk, shape_chunk
from workbench.dialects.openai_chat.words import WORDS
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    Kind,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
)
from workbench.wire import Frame

DONE = "[DONE]"
_CONTENT, _REASONING, _ARGUMENTS = member("content"), member("reasoning_content"), member("arguments")


class ChatDecoder(MouldingDecoder[Chunk]):
    """Decodes the frames of one body."""

    def __init__(self, *, careful: bool = False) -> None:
        super().__init__(parse_chunk, careful=careful)
        self._run: Kind | None = None
        self._part = -1  # of the run
        self._second = -1  # the part of `reasoning` where `reasoning_content` is another part of the same run
        self._calls = Calls()
        self._id: str | None = None
        self._model: str | None = None
        self._finish: str | None = None
        self._counted = False

    # -- one chunk

    def _growth(self, event: Chunk, frame: Frame) -> Growth | None:
        choices = event.choices
        if not choices or len(choices) != 1 or event.usage is not None or event.error is not None or self._over:
            return None
        choice = choices[0]
        delta = choice.delta
        if (
            delta is None
            or choice.index
            or choice.finish_reason is not None
            or choice.error is not None
            or event.id != self._id
            or event.model != self._model
            or delta.reasoning
            or delta.refusal
            or delta.reasoning_details is not None
            or delta.function_call is not None
        ):
            return None
        run, text, reasoning, calls = self._run, delta.content, delta.reasoning_content, delta.tool_calls
        if run == "text" and text and not reasoning and calls is None:
            return Growth(TextDelta, self._part, None, delta, "content", _CONTENT)
        if run == "reasoning" and reasoning and not text and calls is None:
            return Growth(ReasoningDelta, self._part, None, delta, "reasoning_content", _REASONING)
        if run is None and calls and len(calls) == 1 and not text and not reasoning:
            grown = self._calls.grown_by(calls[0])
            if grown is not None:
                call, _ = grown
                return Growth(ArgumentsDelta, call.part, call.pieces, calls[0].function, "arguments", _ARGUMENTS)
        return None

    def _take(self, event: Chunk, frame: Frame) -> list[Delta]:  # noqa: C901 - one branch for each field of a chunk
        out: list[Delta] = []
        choices = event.choices
        if self._over or event.error or not choices:
            return self._take_odd(event, frame)
        if event.id != self._id or event.model != self._model:
            self._identify(event, frame, out)
        for choice in choices:
            delta = choice.delta
            if choice.index or delta is None:
                self._take_odd_choice(choice, frame)
                continue
            reasoning = delta.reasoning_content
            if delta.reasoning:
                reasoning = self._merge_reasoning(reasoning, delta.reasoning, frame, out)
            if reasoning:
                if self._run != "reasoning":
                    self._begin("reasoning", frame, out)
                out.append(ReasoningDelta(frame.index, self._part, reasoning))
            text = delta.content
            if text:
                if self._run != "text":
                    self._begin("text", frame, out)
                out.append(TextDelta(frame.index, self._part, text))
            if delta.refusal:
                if self._run != "refusal":
                    self._begin("refusal", frame, out)
                out.append(RefusalDelta(frame.index, self._part, delta.refusal))
            if delta.tool_calls:
                if self._run is not None:
                    self._end_run(frame, out)
                for position, call in enumerate(delta.tool_calls):
                    self._take_call(call, position, frame, out)
            if choice.finish_reason is not None:
                self._take_finish(choice.finish_reason, frame, out)
            if delta.reasoning_details or delta.function_call or choice.error:
                self._take_extras(choice, frame, out)
        if event.usage is not None:
            self._take_usage(event.usage, frame, out)
        return out

    def _take_odd(self, event: Chunk, frame: Frame) -> list[Delta]:
        """Takes a chunk that comes too late, reports an error, or has no choices."""
        out: list[Delta] = []
        if self._over:
            self._take_late(frame)
            return out
        if event.error:
            failure = failure_of({"error": event.error}, event=frame.event)
            event.error = None
            if event.choices:
                out += self._take(event, frame)
            if failure is not None:
                out.append(self._fail(failure, frame))
            return out
        if event.choices is None and event.usage is None:
            failure = self._failure_in(frame)
            if failure is not None:
                return [self._fail(failure, frame)]
        self._identify(event, frame, out)
        if event.usage is not None:
            self._take_usage(event.usage, frame, out)
        else:
            self.remark("empty-choices", frame)
        return out

    def _take_odd_choice(self, choice: Choice, frame: Frame) -> None:
        if choice.index:
            code = f"other-choice {choice.index}"
            if code not in self._said:
                self._said.add(code)
                self.remark("other-choice", frame, str(choice.index))
        else:
            self.remark("choice-without-delta", frame)

    def _take_extras(self, choice: Choice, frame: Frame, out: list[Delta]) -> None:
        delta = choice.delta
        if delta is not None and delta.function_call:
            self.remark_once("legacy-function-call", frame)
        if delta is not None and delta.reasoning_details and not (delta.reasoning or delta.reasoning_content):
            self.remark_once("reasoning-details-not-read", frame)
        if choice.error:
            failure = failure_of({"error": choice.error})
            if failure is not None:
                out.append(self._fail(failure, frame))

    def _identify(self, event: Chunk, frame: Frame, out: list[Delta]) -> None:
        identity, model = event.id or None, event.model or None
        new_id = identity if self._id is None else None
        new_model = model if self._model is None else None
        if new_id is not None or new_model is not None:
            self._id = self._id or new_id
            self._model = self._model or new_model
            out.append(ResponseInfo(frame.index, new_id, new_model))
        if (identity or self._id) != self._id or (model or self._model) != self._model:
            self.remark_once("chunk-id-changed", frame, f"{identity} {model}")

    # -- runs

    def _begin(self, kind: Kind, frame: Frame, out: list[Delta]) -> None:
        if self._run is not None:
            self._end_run(frame, out)
        if self._finish is not None:
            self.remark_once("piece-after-finish", frame)
        self._run = kind
        self._part = self._new_part()
        out.append(PartStart(frame.index, self._part, kind))

    def _end_run(self, frame: Frame, out: list[Delta]) -> None:
        if self._run is None:
            return
        out.append(PartEnd(frame.index, self._part))
        if self._second >= 0:
            out.append(PartEnd(frame.index, self._second))
        self._run = None
        self._part = self._second = -1

    def _merge_reasoning(self, content: str | None, other: str, frame: Frame, out: list[Delta]) -> str | None:
        """Reads `reasoning` beside `reasoning_content`; returns what is still to be read."""
        if not content and self._second < 0:
            return other
        if content == other and self._second < 0:
            self.remark_once("reasoning-field-duplicate", frame)
            return content
        self.remark_once("reasoning-fields-differ", frame)
        if self._run != "reasoning":
            self._begin("reasoning", frame, out)
        if content:
            out.append(ReasoningDelta(frame.index, self._part, content))
        if self._second < 0:
            self._second = self._new_part()
            out.append(PartStart(frame.index, self._second, "reasoning"))
        out.append(ReasoningDelta(frame.index, self._second, other))
        return None

    # -- tool calls

    def _take_call(self, piece: Call, position: int, frame: Frame, out: list[Delta]) -> None:
        grown = self._calls.grown_by(piece)
        if grown is not None:
            known, text = grown
            known.pieces.append(text)
            out.append(ArgumentsDelta(frame.index, known.part, text))
            return
        flaw = self._flaw
        function = piece.function
        name = None
        arguments: Any = UNSET
        if function is None:
            flaw("tool-function-null", "")
        elif function is not UNSET:
            name = function.name or None
            arguments = function.arguments
            if function.name == "":
                flaw("empty-string-identity", "name")
        if piece.id == "":
            flaw("empty-string-identity", "id")
        call = self._calls.find(piece, position, name, flaw)
        if call is None:
            call = self._calls.begin(self._new_part())
            call.id, call.name = piece.id or None, name
            out.append(PartStart(frame.index, call.part, "tool-call", id=call.id, name=name))
        else:
            self._name_call(call, piece.id or None, name, frame, out)
        self._calls.place(call, piece, position)
        if self._finish is not None:
            flaw("piece-after-finish", "")
        if arguments is None:
            flaw("tool-args-null", "")
        elif arguments:
            if call.name is None:
                flaw("tool-args-before-name", "")
            call.pieces.append(arguments)
            out.append(ArgumentsDelta(frame.index, call.part, arguments))

    def _flaw(self, code: str, detail: str) -> None:
        self.remark_once(code, self._last, detail)

    def _name_call(
        self, call: OpenCall, identity: str | None, name: str | None, frame: Frame, out: list[Delta]
    ) -> None:
        new_id = identity if call.id is None else None
        if name is not None and call.name is not None:
            repeated = name == call.name
            self.remark_once("tool-name-repeated" if repeated else "tool-name-fragmented", frame, name)
            name = None if repeated else call.name + name
        if new_id is not None or name is not None:
            call.id = call.id or new_id
            call.name = name or call.name
            out.append(CallNamed(frame.index, call.part, new_id, name))

    # -- reasons, counts, ends

    def _take_finish(self, raw: str, frame: Frame, out: list[Delta]) -> None:
        if not raw:
            self.remark_once("finish-reason-empty", frame)
            return
        if self._finish is not None:
            self.remark("duplicate-finish", frame, raw)
            self._end_all(frame, out)
            return
        self._finish = raw
        if not WORDS.knows(raw):
            self.remark("finish-reason-unknown", frame, raw)
        reason = WORDS.reason(raw)
        if reason != "error":
            self._end_all(frame, out)
        out.append(Finished(frame.index, reason, raw))

    def _end_all(self, frame: Frame, out: list[Delta]) -> None:
        """Ends the run and all calls that have not ended."""
        self._end_run(frame, out)
        cut = self._finish is not None and WORDS.reason(self._finish) in ("length", "error")
        for call in self._calls.all:
            if not call.ended:
                call.ended = True
                out.append(PartEnd(frame.index, call.part))
                self._check_arguments(call.pieces, call.name, frame, cut=cut)

    def _take_usage(self, counts: Counts, frame: Frame, out: list[Delta]) -> None:
        prompt, completion = counts.prompt_tokens_details, counts.completion_tokens_details
        cached = None if prompt is None else prompt.cached_tokens
        usage = Usage(
            input=counts.prompt_tokens,
            output=counts.completion_tokens,
            reasoning=None if completion is None else completion.reasoning_tokens,
            cached=counts.prompt_cache_hit_tokens if cached is None else cached,
        )
        if usage == Usage():
            return
        if self._counted:
            self.remark_once("usage-repeated", frame)
        self._counted = True
        out.append(UsageReported(frame.index, usage))

    def _fail(self, failure: Failure, frame: Frame) -> StreamFailed:
        self._run = None
        return super()._fail(failure, frame)

    def _receive_carefully(self, frame: Frame) -> list[Delta]:
        if frame.data.strip() == DONE:
            return [] if self._over else self._mend(self._done(frame), frame)
        return super()._receive_carefully(frame)

    def _shape(self, value: dict[str, Any], flaw: Flaw) -> Chunk | None:
        return shape_chunk(value, flaw)

    def _done(self, frame: Frame) -> list[Delta]:
        out: list[Delta] = []
        self._end_all(frame, out)
        self._over = True
        called = bool(self._calls.all)
        if (self._finish == "stop" and called) or (self._finish == "tool_calls" and not called):
            self.remark("finish-reason-mismatch", frame, self._finish)
        if not self._parts:
            self.remark("no-content", frame)
        out.append(ResponseEnded(frame.index))
        return out

    def _end(self, tail: str | None, frame: Frame) -> list[Delta] | None:
        if tail is not None and tail.strip() == DONE:
            return self._done(frame)
        for call in self._calls.all:
            if not call.ended:
                self._check_arguments(call.pieces, call.name, frame, cut=True)
        return None
