"""The provider half: neutral deltas to what provider code of pydantic-ai does with them.

It follows `OpenAIStreamedResponse` (`models/openai/_chat_streaming.py`) and `AnthropicStreamedResponse`
(`models/anthropic/_streaming.py`) of release 2.68.0; the README says what is taken from which. Rules:

1. A vendor id is the number of the neutral part, so each part of the stream has one of its own.
2. A start that the provider stated begins reasoning and calls at once; one that is implied begins with the first piece.
   Text begins with its first piece in either case. An empty piece is nothing.
3. A signature is told whole, since a second one takes the place of the first. Withheld reasoning is a thinking part
   with the id `redacted_thinking`, whose signature is the payload.
4. Counts, finish reason, ids and refusals are no events: they are set on the response. A refusal is told at the end.
5. An error in the stream raises one of the library's exceptions, by what the provider calls the error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from workbench.designs.pydantic_ai.calls import Call, End, Fail, Produced, Report
from workbench.designs.pydantic_ai.messages import FinishReason
from workbench.designs.pydantic_ai.parts import Dict
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
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
from workbench.transcript import FinishReason as NeutralReason

PROVIDER = "provider-under-test"
"""Name of the provider: a port of no one provider's code should not bear the name of one."""

REDACTED = "redacted_thinking"
"""Id of a thinking part that is withheld; `models/anthropic/_streaming.py`."""

NO_MESSAGE = "An error occurred during streaming"
"""What the openai SDK says when the error in the stream has no message; openai `_streaming.py`."""

FINISH: dict[NeutralReason, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool-calls": "tool_call",
    "content-filter": "content_filter",
    "refusal": "content_filter",
    "error": "error",
}
"""A pause is no reason here but a state, and any other reason is none."""

_ERRORS = {
    "rate_limit_error": "ModelRateLimitError",
    "rate_limit_exceeded": "ModelRateLimitError",
    "too_many_requests": "ModelRateLimitError",
    "insufficient_quota": "ModelQuotaExceededError",
    "billing_error": "ModelQuotaExceededError",
    "service_unavailable": "ModelUnavailableError",
    "service_unavailable_error": "ModelUnavailableError",
    "server_error": "ModelServerError",
    "api_error": "ModelServerError",
    "timeout_error": "ModelServerError",
    "authentication_error": "ModelAuthenticationError",
    "permission_error": "ModelAuthenticationError",
    "not_found_error": "ModelNotFoundError",
    "request_too_large": "ModelAPIError",
    "invalid_request_error": "ModelRequestRejectedError",
}
"""Type of an error to the exception; `_model_errors.py`, `models/anthropic/_errors.py`."""


class _Block:
    """What is known of one part.

    Attributes:
        begun: a part of the library stands for it.
        told: of a result, how many pieces were told.
    """

    __slots__ = ("begun", "call", "id", "name", "pieces", "redacted", "result", "signature", "told")

    def __init__(self) -> None:
        self.begun = False
        self.redacted = False
        self.result = False
        self.id: str | None = None
        self.call: str | None = None
        self.name: str | None = None
        self.signature = ""
        self.pieces: list[str] = []
        self.told = 0


class Provider:
    """Provider code at work on one response."""

    def __init__(self) -> None:
        self._blocks: dict[int, _Block] = {}
        self._usage = Usage()
        self._refusal: list[str] = []
        self._details: Dict = {}

    def produce(self, step: Sequence[Delta]) -> Iterator[Produced]:
        """Yields what is done about one frame; after `End` or `Fail` nothing more."""
        results: list[int] = []
        for delta in step:
            if type(delta) is ResultDelta:
                results.append(delta.part)
            yield from self._TAKERS[type(delta)](self, delta)
        for part in dict.fromkeys(results):
            if not self._blocks[part].told:
                yield self._result(part)

    def _block(self, part: int) -> _Block:
        return self._blocks.setdefault(part, _Block())

    # --------------------------------------------------------------------------------------------------- text, thinking

    def _text(self, delta: TextDelta) -> Iterator[Produced]:
        if delta.text:
            yield Call("handle_text_delta", {"vendor_part_id": delta.part, "content": delta.text})

    def _reasoning(self, delta: ReasoningDelta) -> Iterator[Produced]:
        if delta.text:
            yield self._thinking(delta.part, content=delta.text)

    def _signature(self, delta: SignatureDelta) -> Iterator[Produced]:
        block = self._block(delta.part)
        block.signature += delta.text
        yield self._thinking(delta.part, signature=block.signature)

    def _opaque(self, delta: OpaqueDelta) -> Iterator[Produced]:
        yield self._thinking(delta.part, signature=delta.data)

    def _thinking(self, part: int, *, content: str | None = None, signature: str | None = None) -> Produced:
        block = self._block(part)
        first: Dict = {} if block.begun or block.id is None else {"id": block.id}
        block.begun = True
        told = {"content": content, "signature": signature}
        known = {name: value for name, value in told.items() if value is not None}
        return Call("handle_thinking_delta", {"vendor_part_id": part, **first, **known, "provider_name": PROVIDER})

    # ---------------------------------------------------------------------------------------------------------- starts

    def _start(self, delta: PartStart) -> Iterator[Produced]:
        block = self._block(delta.part)
        block.redacted = delta.redacted
        if delta.kind == "reasoning":
            block.id = REDACTED if delta.redacted else delta.id
            if delta.stated and not delta.redacted:
                yield self._thinking(delta.part, content="")
        elif delta.kind == "tool-call":
            block.begun = True
            block.call, block.name = delta.id, delta.name
            yield self._server_call(delta) if delta.server else self._call(delta.part, delta.name, None, delta.id)
        elif delta.kind == "tool-result":
            block.result = True
            block.call, block.name = delta.id, delta.name

    def _server_call(self, delta: PartStart) -> Produced:
        call = {"tool_name": delta.name or "", "args": None, **_id(delta.id), "provider_name": PROVIDER}
        return Call("handle_part", {"vendor_part_id": delta.part, "part": {**call, "part_kind": "builtin-tool-call"}})

    def _end(self, delta: PartEnd) -> Iterator[Produced]:
        block = self._block(delta.part)
        if block.result and (not block.begun or block.told < len(block.pieces)):
            yield self._result(delta.part)
        elif block.redacted and not block.begun:
            yield self._thinking(delta.part, content="")

    # ------------------------------------------------------------------------------------------------ calls and results

    def _call(self, part: int, name: str | None, args: str | None, identity: str | None) -> Produced:
        told = {"tool_name": name, "args": args, "tool_call_id": identity}
        known = {key: value for key, value in told.items() if value is not None}
        return Call("handle_tool_call_delta", {"vendor_part_id": part, **known})

    def _named(self, delta: CallNamed) -> Iterator[Produced]:
        block = self._block(delta.part)
        name = delta.name if block.name is None else None
        identity = delta.id if delta.id != block.call else None
        block.name = block.name or delta.name
        block.call = delta.id or block.call
        if name is not None or identity is not None:
            yield self._call(delta.part, name, None, identity)

    def _arguments(self, delta: ArgumentsDelta) -> Iterator[Produced]:
        if delta.text:
            yield self._call(delta.part, None, delta.text, None)

    def _result_piece(self, delta: ResultDelta) -> Iterator[Produced]:
        self._block(delta.part).pieces.append(delta.text)
        return iter(())

    def _result(self, part: int) -> Produced:
        """Tells a result whole: after the frame that brought it, and at its end if more came."""
        block = self._blocks[part]
        block.begun = True
        block.told = len(block.pieces)
        returned = {
            "tool_name": block.name or "",
            "content": _content("".join(block.pieces)),
            **_id(block.call),
            "provider_name": PROVIDER,
            "part_kind": "builtin-tool-return",
        }
        return Call("handle_part", {"vendor_part_id": part, "part": returned})

    # ----------------------------------------------------------------------------------------- the response as a whole

    def _info(self, delta: ResponseInfo) -> Iterator[Produced]:
        told = {"provider_response_id": delta.id, "model_name": delta.model}
        yield Report(fields={name: value for name, value in told.items() if value is not None})

    def _counted(self, delta: UsageReported) -> Iterator[Produced]:
        new, known = delta.usage, self._usage
        self._usage = Usage(
            known.input if new.input is None else new.input,
            known.output if new.output is None else new.output,
            known.reasoning if new.reasoning is None else new.reasoning,
            known.cached if new.cached is None else new.cached,
        )
        counts = {
            "input_tokens": self._usage.input,
            "cache_read_tokens": self._usage.cached,
            "output_tokens": self._usage.output,
            "output_reasoning_tokens": self._usage.reasoning,
        }
        usage: Dict = {name: count for name, count in counts.items() if count is not None}
        if self._usage.reasoning is not None:
            usage["details"] = {"reasoning_tokens": self._usage.reasoning}
        yield Report(usage=usage)

    def _refused(self, delta: RefusalDelta) -> Iterator[Produced]:
        self._refusal.append(delta.text)
        yield Report(fields={"finish_reason": "content_filter"})

    def _finished(self, delta: Finished) -> Iterator[Produced]:
        reason = None if delta.reason is None else FINISH.get(delta.reason)
        if self._refusal and reason != "content_filter":
            return  # a refusal is the reason, whatever the provider calls it
        fields: Dict = {"finish_reason": reason}
        if delta.raw is not None:
            self._details["finish_reason"] = delta.raw
            fields["provider_details"] = dict(self._details)
        if delta.reason == "pause":
            fields["state"] = "suspended"
        yield Report(fields=fields)

    def _ended(self, _: ResponseEnded) -> Iterator[Produced]:
        yield from self._last()
        yield End()

    def _truncated(self, _: StreamTruncated) -> Iterator[Produced]:
        yield from self._last()
        yield Report(fields={"state": "incomplete"})
        yield End()

    def _failed(self, delta: StreamFailed) -> Iterator[Produced]:
        yield Fail(error_of(delta.failure), delta.failure.message or NO_MESSAGE)

    def _last(self) -> Iterator[Produced]:
        if self._refusal:
            self._details["refusal"] = "".join(self._refusal)
            yield Report(fields={"provider_details": dict(self._details)})

    _TAKERS: ClassVar[dict[type, Callable[..., Iterator[Produced]]]] = {
        TextDelta: _text,
        ReasoningDelta: _reasoning,
        ArgumentsDelta: _arguments,
        ResultDelta: _result_piece,
        RefusalDelta: _refused,
        PartStart: _start,
        CallNamed: _named,
        PartEnd: _end,
        SignatureDelta: _signature,
        OpaqueDelta: _opaque,
        ResponseInfo: _info,
        Finished: _finished,
        UsageReported: _counted,
        ResponseEnded: _ended,
        StreamFailed: _failed,
        StreamTruncated: _truncated,
    }


def error_of(failure: Failure) -> str:
    """Names the exception that stands for an error inside the stream."""
    kind = (failure.type or "").lower()
    if "overloaded" in kind or "over capacity" in kind:
        return "ModelOverloadedError"
    return _ERRORS.get(kind, "ModelAPIError")


def _id(identity: str | None) -> Dict:
    """A part without an id gets one from the library."""
    return {} if identity is None else {"tool_call_id": identity}


def _content(output: str) -> Json:
    """Parses a result that is a structure, as the SDKs hand it to provider code; any other is text."""
    if not output.lstrip().startswith(("{", "[")):
        return output
    try:
        return json.loads(output, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return output


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is no JSON")
