"""The port of llm 0.31 for one response.

Rules:
1. The plug-in half yields each piece of text as a string. Calls, counts and the model are told when the stream is over,
   by calls on the response, which are values here.
2. Arguments are parsed then, once; no text is an empty object. Text that is no JSON raises, and with it the iteration.
3. The framework half hands strings on and keeps the rest. After a raise there is no message: the library runs the
   prompt anew for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import NoReturn

from workbench.design import Adapter, NativeRaise
from workbench.designs.llm_text.log import rows
from workbench.designs.llm_text.vocabulary import Dict, ResolvedModel, ToolCall, Usage
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Json,
    PartStart,
    Request,
    ResponseEnded,
    ResponseInfo,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    UsageReported,
)

NO_MESSAGE = "An error occurred during streaming"
"""What the openai SDK says when the error in the stream has no message; openai `_streaming.py`."""


class _Call:
    """A call while it comes in."""

    __slots__ = ("id", "name", "pieces")

    def __init__(self, identity: str | None, name: str | None) -> None:
        self.id = identity
        self.name = name
        self.pieces: list[str] = []


class TextAdapter(Adapter):
    """Deltas in; text chunks, and what `text()`, `tool_calls()`, `usage()` and the log say, out.

    Args:
        request: that was sent; the log holds it beside the response.
        prompt: its last prompt in llm's vocabulary, as `history` writes it.
    """

    def __init__(self, request: Request, prompt: Dict) -> None:
        self._request = request
        self._prompt = prompt
        self._coming: dict[int, _Call] = {}
        self._counts = Usage()
        self._model: str | None = None
        self._told = False
        self._failure: NativeRaise | None = None
        self._chunks: list[str] = []
        self._calls: list[ToolCall] = []
        self._usage = Usage()
        self._resolved: str | None = None

    # ------------------------------------------------------------------------------------------------ plug-in half

    def produce(self, step: Sequence[Delta]) -> Iterator[object]:
        """Yields strings as they come; when the stream is over, `ToolCall`s, a `ResolvedModel` and a `Usage`."""
        for delta in step:
            match delta:
                case TextDelta():
                    if delta.text:
                        yield delta.text
                case PartStart(kind="tool-call", server=False):
                    self._coming[delta.part] = _Call(delta.id, delta.name)
                case CallNamed():
                    self._name(delta)
                case ArgumentsDelta():
                    if delta.part in self._coming:
                        self._coming[delta.part].pieces.append(delta.text)
                case ResponseInfo():
                    self._model = delta.model or self._model
                case UsageReported():
                    self._count(delta)
                case StreamFailed():
                    self._fail(NativeRaise("APIError", delta.failure.message or NO_MESSAGE))
                case ResponseEnded() | StreamTruncated():
                    yield from self._tell()

    def _name(self, delta: CallNamed) -> None:
        call = self._coming.get(delta.part)
        if call is not None:
            call.id = delta.id or call.id
            call.name = delta.name or call.name

    def _count(self, delta: UsageReported) -> None:
        new = delta.usage
        known = self._counts
        details = {"cached": new.cached} if new.cached is not None else known.details
        self._counts = Usage(
            known.input if new.input is None else new.input,
            known.output if new.output is None else new.output,
            details,
        )

    def _tell(self) -> Iterator[object]:
        if self._told:
            return
        self._told = True
        for call in self._coming.values():
            text = "".join(call.pieces)
            yield ToolCall(call.name or "", self._parse(text), call.id)
        if self._model is not None:
            yield ResolvedModel(self._model)
        if self._counts != Usage():
            yield self._counts

    def _parse(self, text: str) -> Json:
        try:
            return json.loads(text) if text else {}
        except (ValueError, RecursionError) as error:
            self._fail(NativeRaise(type(error).__name__, str(error)))

    def _fail(self, failure: NativeRaise) -> NoReturn:
        self._failure = failure
        raise failure

    # ------------------------------------------------------------------------------------------------ framework half

    def accept(self, event: object) -> tuple[object, ...]:
        """Hands a string on, and keeps it; what else a plug-in tells is kept alone."""
        match event:
            case str():
                self._chunks.append(event)
                return (event,)
            case ToolCall():
                self._calls.append(event)
            case Usage():
                self._usage = event
            case ResolvedModel():
                self._resolved = event.model_id
            case _:
                raise TypeError(f"a plug-in of llm 0.31 yields strings, not {type(event).__name__}")
        return ()

    def message(self) -> Dict:
        """Returns what `text()`, `tool_calls()`, `usage()` and `resolved_model` of the response say.

        Raises:
            NativeRaise: iteration raised.
        """
        if self._failure is not None:
            raise self._failure
        told: Dict = {"text": "".join(self._chunks), "tool_calls": [asdict(call) for call in self._calls]}
        if used := {name: count for name, count in asdict(self._usage).items() if count is not None}:
            told["usage"] = used
        if self._resolved is not None:
            told["resolved_model"] = self._resolved
        return told

    def stored(self) -> Dict:
        """Returns the rows that `response.log_to_db(db)` writes; see `log`."""
        return rows(self._request, self._prompt, self.message())
