"""The helper's half: chunks to the helper's events, and the completion that it puts together.

Theory of operation. `ChatCompletionStreamState` adds each chunk to one completion and then says what it added. Here the
completion is not copied for each event: texts are lists of pieces that only grow, and a *mark* says how far they had
grown when a chunk had been added. From a mark, `Completion.write` makes the completion as it stood then.

What the helper does, and so this:
1. From the second chunk on every documented field of the message is there, if only as null, and each call that an
   earlier chunk brought has `parsed_arguments`. The `index` of the pieces stays in the calls.
2. `usage` and `system_fingerprint` are those of the last chunk, so counts that a later chunk does not repeat are lost.
3. Content and refusal are *done* when the first piece of a call comes or the reason for ending; a call is done when a
   piece of another call comes, or with the reason. Each once: what comes later is in no done event.
4. A reason that comes in the chunk that begins a call does not end that call; the next chunk with a choice does.
5. A tool that was marked strict has its arguments as a value: as far as they go with each piece, all of them when done.
   Then a reason for ending of `length` or `content_filter` raises while iterating.
6. `get_final_completion` raises for these two reasons whatever the tools are.

Strict arguments are read anew with each piece, as the helper does: the one place where work grows with the text so far.

Source: openai 3.54.0, openai/lib/streaming/chat/_completions.py, ChatCompletionStreamState and ChoiceEventState;
openai/lib/streaming/_deltas.py, accumulate_delta; openai/lib/_parsing/_completions.py, parse_chat_completion.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jiter

from workbench.design import NativeRaise
from workbench.designs.openai_chat.provider import OBJECT
from workbench.designs.openai_chat.vocabulary import (
    BaseModel,
    ChatCompletionChunk,
    ChoiceDelta,
    ChunkEvent,
    CompletionUsage,
    ContentDeltaEvent,
    ContentDoneEvent,
    FunctionToolCallArgumentsDeltaEvent,
    FunctionToolCallArgumentsDoneEvent,
    ParsedChatCompletion,
    RefusalDeltaEvent,
    RefusalDoneEvent,
    plain,
)
from workbench.transcript import Json

_TEXTS = ("content", "refusal", "reasoning_content")
_DEFAULTS = ("content", "refusal", "role", "annotations", "audio", "function_call", "tool_calls")


class CallMark(NamedTuple):
    """A call as it stood.

    Attributes:
        given: fields of its pieces but for the arguments: `index`, and `id`, `type`, `name` where they came.
        length: how many pieces of argument text there were; None where none had come, not even an empty one.
        parsed: the arguments as a value, for a strict tool.
        is_parsed: whether `parsed` was given.
        full: it has all documented fields: its first chunk is not the last.
    """

    given: dict[str, Any]
    length: int | None
    parsed: Json
    is_parsed: bool
    full: bool


class Mark(NamedTuple):
    """The completion as it stood after a chunk."""

    choices: int
    texts: tuple[int | None, ...]
    calls: tuple[CallMark, ...]
    finish: str | None
    content_done: bool
    tail: dict[str, Any]


Pieces: TypeAlias = list[str]


class Completion:
    """What the chunks amount to.

    Attributes:
        texts: pieces of each text field of the message.
        arguments: pieces of each call's argument text.
    """

    def __init__(self, first: ChatCompletionChunk) -> None:
        self.head = {name: value for name, value in first.__dict__.items() if name not in ("choices", "object")}
        self.texts: dict[str, Pieces] = {name: [] for name in _TEXTS}
        self.arguments: list[Pieces] = []
        self.role: str | None = None
        self.has_role = False
        self.choice: dict[str, Any] = {}

    def write(self, mark: Mark) -> dict[str, Json]:
        """Writes the completion as it stood, as JSON."""
        choices = []
        if mark.choices:
            given = {**self.choice, "finish_reason": mark.finish} if mark.finish is not None else self.choice
            choices.append({**given, "message": self._message(mark)})
        tail = {name: plain(value) for name, value in mark.tail.items()}
        head = {"system_fingerprint": None, **{name: plain(value) for name, value in self.head.items()}}
        return {**head, "object": "chat.completion", "choices": choices, **tail}

    def _message(self, mark: Mark) -> dict[str, Json]:
        full = mark.choices > 1
        message: dict[str, Json] = dict.fromkeys(_DEFAULTS) if full else {}
        if self.has_role:
            message["role"] = self.role
        for name, length in zip(_TEXTS, mark.texts, strict=True):
            if length is not None:
                message[name] = "".join(self.texts[name][:length])
        if mark.calls:
            message["tool_calls"] = [self._call(number, call) for number, call in enumerate(mark.calls)]
        if mark.content_done:
            message["parsed"] = None
        return message

    def _call(self, number: int, mark: CallMark) -> dict[str, Json]:
        call: dict[str, Json] = dict.fromkeys(("id", "type")) if mark.full else {}
        function: dict[str, Json] = dict.fromkeys(("name", "arguments")) if mark.full else {}
        for name, value in mark.given.items():
            (function if name == "name" else call)[name] = value
        if mark.length is not None:
            function["arguments"] = "".join(self.arguments[number][: mark.length])
        if mark.is_parsed:
            function["parsed_arguments"] = mark.parsed
        return {**call, "function": function}


class ChatCompletionStreamState:
    """Adds chunks to a completion and says what they added.

    Args:
        strict: names of the tools that were marked strict.
    """

    def __init__(self, strict: frozenset[str] = frozenset()) -> None:
        self._strict = strict
        self._completion: Completion | None = None
        self._mark = Mark(0, (None, None, None), (), None, False, {})
        self._calls: list[CallMark] = []
        self._done_calls: set[int] = set()
        self._current_call: int | None = None
        self._content_done = self._refusal_done = False

    # -- adding

    def handle_chunk(self, chunk: ChatCompletionChunk) -> Iterator[BaseModel]:
        """Adds a chunk; yields the events that it gives.

        Raises:
            NativeRaise: `LengthFinishReasonError`, `ContentFilterFinishReasonError`; `JSONDecodeError` and `ValueError`
                for arguments of a strict tool that are no JSON. No event of this chunk comes out then.
        """
        first = self._completion is None
        if self._completion is None:
            self._completion = Completion(chunk)
        if not chunk.choices:
            tail = {} if first else _tail(chunk)
            self._mark = self._mark._replace(tail=tail or self._mark.tail)
            return iter([self._chunk_event(chunk, self._completion)])
        (choice,) = chunk.choices
        self._add(self._completion, choice, raises=not first)
        if not first:
            self._mark = self._mark._replace(tail=_tail(chunk))
        events = [*self._deltas(self._completion, choice.delta), *self._done(self._completion, choice.delta)]
        self._mark = self._mark._replace(calls=tuple(self._calls))
        return iter([self._chunk_event(chunk, self._completion), *events])

    def _add(self, completion: Completion, choice: BaseModel, *, raises: bool) -> None:
        """Adds a choice to the message."""
        delta = choice.delta
        mark = self._mark
        if not mark.choices:
            completion.choice = {"index": choice.index, "finish_reason": choice.finish_reason}
        if "role" in delta.__dict__ and not completion.has_role:
            completion.has_role, completion.role = True, delta.role
        lengths = list(mark.texts)
        for place, name in enumerate(_TEXTS):
            if (text := delta.__dict__.get(name)) is not None:
                completion.texts[name].append(text)
                lengths[place] = len(completion.texts[name])
        self._calls = [call if call.full else call._replace(full=True, is_parsed=True) for call in self._calls]
        for piece in delta.__dict__.get("tool_calls") or ():
            self._add_piece(completion, piece)
        finish = choice.finish_reason or mark.finish
        self._mark = Mark(mark.choices + 1, tuple(lengths), tuple(self._calls), finish, False, mark.tail)
        if raises:
            if choice.finish_reason and self._strict:
                self._raise_for(choice.finish_reason)
            for piece in delta.__dict__.get("tool_calls") or ():
                self._parse_partly(completion, piece.index)

    def _add_piece(self, completion: Completion, piece: BaseModel) -> None:
        if piece.index == len(self._calls):
            self._calls.append(CallMark({}, None, None, is_parsed=False, full=False))
            completion.arguments.append([])
        call = self._calls[piece.index]
        given = dict(call.given)
        for name, value in piece.__dict__.items():
            if name == "function":
                if value.name is not None:
                    given["name"] = (given.get("name") or "") + value.name
            elif name == "id":
                given["id"] = (given.get("id") or "") + value
            else:
                given[name] = value
        length = call.length
        if piece.function.arguments is not None:
            completion.arguments[piece.index].append(piece.function.arguments)
            length = len(completion.arguments[piece.index])
        self._calls[piece.index] = call._replace(given=given, length=length)

    def _parse_partly(self, completion: Completion, index: int) -> None:
        """Reads what there is of a strict tool's arguments."""
        call = self._calls[index]
        if call.given.get("name") not in self._strict or not (text := "".join(completion.arguments[index])):
            return
        try:
            value = jiter.from_json(text.encode(), partial_mode=True)
        except ValueError as error:
            raise NativeRaise(type(error).__name__, str(error)) from error
        self._calls[index] = call._replace(parsed=value, is_parsed=True)

    def _raise_for(self, finish: str | None) -> None:
        if finish == "length":
            usage = self._mark.tail.get("usage", self._completion.head.get("usage") if self._completion else None)
            counts = f" - {usage!r}" if isinstance(usage, CompletionUsage) else ""
            what = "Could not parse response content as the length limit was reached"
            raise NativeRaise("LengthFinishReasonError", what + counts)
        if finish == "content_filter":
            what = "Could not parse response content as the request was rejected by the content filter"
            raise NativeRaise("ContentFilterFinishReasonError", what)

    # -- saying

    def _chunk_event(self, chunk: ChatCompletionChunk, completion: Completion) -> ChunkEvent:
        made = partial(_snapshot, completion, self._mark)
        return ChunkEvent(made, type="chunk", chunk=chunk)

    def _deltas(self, completion: Completion, delta: ChoiceDelta) -> Iterator[BaseModel]:
        content, refusal, _ = self._mark.texts
        if delta.content is not None:
            grown = partial(_joined, completion.texts["content"], content)
            yield ContentDeltaEvent(grown, type="content.delta", delta=delta.content, parsed=None)
        if delta.refusal is not None:
            grown = partial(_joined, completion.texts["refusal"], refusal)
            yield RefusalDeltaEvent(grown, type="refusal.delta", delta=delta.refusal)
        for piece in delta.__dict__.get("tool_calls") or ():
            call = self._calls[piece.index]
            yield FunctionToolCallArgumentsDeltaEvent(
                partial(_joined, completion.arguments[piece.index], call.length),
                type="tool_calls.function.arguments.delta",
                name=call.given.get("name"),
                index=piece.index,
                parsed_arguments=call.parsed,
                arguments_delta=piece.function.arguments or "",
            )

    def _done(self, completion: Completion, delta: ChoiceDelta) -> Iterator[BaseModel]:
        """Yields what the helper takes to be whole now."""
        if self._mark.finish:
            yield from self._texts_done(completion)
            if self._current_call is not None:
                yield from self._call_done(completion, self._current_call)
        for piece in delta.__dict__.get("tool_calls") or ():
            if self._current_call != piece.index:
                yield from self._texts_done(completion)
                if self._current_call is not None:
                    yield from self._call_done(completion, self._current_call)
            self._current_call = piece.index

    def _texts_done(self, completion: Completion) -> Iterator[BaseModel]:
        content, refusal, _ = self._mark.texts
        text = "" if self._content_done else _joined(completion.texts["content"], content)
        if text:
            self._content_done = True
            self._mark = self._mark._replace(content_done=True)
            yield ContentDoneEvent(type="content.done", content=text, parsed=None)
        if refusal is not None and not self._refusal_done:
            self._refusal_done = True
            yield RefusalDoneEvent(type="refusal.done", refusal=_joined(completion.texts["refusal"], refusal))

    def _call_done(self, completion: Completion, index: int) -> Iterator[BaseModel]:
        if index in self._done_calls:
            return
        self._done_calls.add(index)
        call = self._calls[index]
        text = _joined(completion.arguments[index], call.length)
        value = self._parsed(call, text)
        self._calls[index] = call._replace(parsed=value, is_parsed=True)
        yield FunctionToolCallArgumentsDoneEvent(
            type="tool_calls.function.arguments.done",
            index=index,
            name=call.given.get("name"),
            arguments=text,
            parsed_arguments=value,
        )

    def _parsed(self, call: CallMark, text: str | None) -> Json:
        """Reads the whole arguments of a strict tool; None for any other."""
        if call.given.get("name") not in self._strict:
            return None
        try:
            return json.loads(text or "")
        except (ValueError, RecursionError) as error:
            raise NativeRaise(type(error).__name__, str(error)) from error

    # -- the end

    def get_final_completion(self) -> dict[str, Json]:
        """Writes the completion as `get_final_completion()` gives it, as JSON.

        Raises:
            NativeRaise: no chunk came; the reason for ending is `length` or `content_filter`; the arguments of a strict
                tool are no JSON.
        """
        if self._completion is None:
            raise NativeRaise("AssertionError", "")
        self._raise_for(self._mark.finish)
        written = self._completion.write(self._mark)
        for choice in written["choices"]:
            calls = [
                {**call, "function": {**call["function"], "parsed_arguments": self._parsed(mark, _text_of(call))}}
                for call, mark in zip(choice["message"].get("tool_calls") or (), self._mark.calls, strict=True)
            ]
            choice["message"] |= {"parsed": None, "tool_calls": calls or None}
        final: dict[str, Json] = plain(written)
        return final


def _snapshot(completion: Completion, mark: Mark) -> ParsedChatCompletion:
    return ParsedChatCompletion.construct(**completion.write(mark))


def _joined(pieces: Pieces, length: int | None) -> str | None:
    return None if length is None else "".join(pieces[:length])


def _text_of(call: dict[str, Json]) -> str | None:
    found: str | None = call["function"].get("arguments")
    return found


def _tail(chunk: ChatCompletionChunk) -> dict[str, Any]:
    """What every chunk after the first replaces, if only with nothing."""
    return {"usage": chunk.usage, "system_fingerprint": chunk.system_fingerprint}


def is_chunk(event: object) -> bool:
    """Says whether the helper takes a chunk; it passes over objects of another kind in silence."""
    return isinstance(event, ChatCompletionChunk) and event.object == OBJECT
