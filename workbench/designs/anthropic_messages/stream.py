"""The helper's half: raw events to the helper's events, and the message that it puts together.

Theory of operation. `MessageStream` hands each raw event on and adds it to one message. Texts are lists of pieces that
only grow; an event that shows a state remembers how many pieces there were. A tool's input is a `PartialJson`.

What the helper does, and so this:
1. `text`, `thinking`, `signature` and `input_json` follow the `content_block_delta` that they repeat.
   `content_block_stop` and `message_stop` take the place of the raw events and hold the block and the message.
2. The last signature of a block counts, and the last reason for ending; counts of a `message_delta` replace those
   before where they are given, and that of the output in any case.
3. A tool's input is a value at each piece, as far as its text goes: a text that is no JSON raises `ValueError`.
4. The message that an event holds is the one that goes on growing. Here it is made when it is asked for, as it stood.
5. After a raise `get_final_message()` gives the message as far as it had come.

Source: anthropic 2.12.0, anthropic/lib/streaming/_messages.py, MessageStream, accumulate_event and build_events.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from workbench.design import NativeRaise
from workbench.designs.anthropic_messages import vocabulary as api
from workbench.designs.anthropic_messages.partial import PartialJson
from workbench.transcript import Json

TRACKS_TOOL_INPUT = ("tool_use", "server_tool_use")
_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens_details")


class _Block:
    """A content block that grows."""

    __slots__ = ("given", "input", "pieces", "signature")

    def __init__(self, given: dict[str, Json]) -> None:
        self.given = given
        self.pieces: list[str] = []
        self.input = PartialJson() if given["type"] in TRACKS_TOOL_INPUT else None
        self.signature: str | None = None

    def text(self, count: int) -> str:
        """Joins the text of its start and the first so many pieces."""
        start: str = self.given.get(self.given["type"]) or ""
        return start + "".join(self.pieces[:count])

    def value(self, count: int) -> Json:
        """Reads a tool's input as far as the first so many pieces go."""
        if self.input is None or not self.input.text(count):
            return self.given.get("input")
        return self.input.value(count)

    def write(self, pieces: int, inputs: int) -> dict[str, Json]:
        """Writes the block as it stood."""
        kind = self.given["type"]
        written = dict(self.given)
        if kind in ("text", "thinking"):
            written[kind] = self.text(pieces)
        if self.signature is not None:
            written["signature"] = self.signature
        if self.input is not None:
            written["input"] = self.value(inputs)
        return written


class MessageStream:
    """Adds raw events to a message and says what they added."""

    def __init__(self) -> None:
        self._head: dict[str, Json] | None = None
        self._blocks: list[_Block] = []

    def receive(self, event: api.BaseModel) -> Iterator[api.BaseModel]:
        """Adds a raw event; yields what the helper hands out.

        Raises:
            NativeRaise: `ValueError` for a tool's input that is no JSON.
        """
        if self._head is None and event.type != "message_start":
            yield event
            return
        match event:
            case api.RawMessageStartEvent():
                self._head = event.message.to_dict() if self._head is None else self._head
                yield event
            case api.RawContentBlockStartEvent():
                self._blocks.append(_Block(event.content_block.to_dict()))
                yield event
            case api.RawContentBlockDeltaEvent():
                extra = self._add(self._blocks[event.index], event.delta)
                yield event
                yield from extra
            case api.RawContentBlockStopEvent():
                block = self._blocks[event.index]
                made = partial(_block, block, *_lengths(block))
                yield api.ParsedContentBlockStopEvent(made, type="content_block_stop", index=event.index)
            case api.RawMessageDeltaEvent():
                self._change(event)
                yield event
            case api.RawMessageStopEvent():
                yield api.ParsedMessageStopEvent(self._message(), type="message_stop")
            case _:
                yield event

    def _add(self, block: _Block, delta: api.BaseModel) -> list[api.BaseModel]:
        """Adds a piece to its block; returns the event that repeats it, unless the piece does not fit the block."""
        kind = block.given["type"]
        match delta.type:
            case "text_delta" if kind == "text":
                block.pieces.append(delta.text)
                return [api.TextEvent(partial(block.text, len(block.pieces)), type="text", text=delta.text)]
            case "thinking_delta" if kind == "thinking":
                block.pieces.append(delta.thinking)
                grown = partial(block.text, len(block.pieces))
                return [api.ThinkingEvent(grown, type="thinking", thinking=delta.thinking)]
            case "signature_delta" if kind == "thinking":
                block.signature = delta.signature
                return [api.SignatureEvent(type="signature", signature=delta.signature)]
            case "input_json_delta" if block.input is not None:
                return [self._add_input(block, block.input, delta.partial_json)]
            case _:
                return []

    def _add_input(self, block: _Block, text: PartialJson, piece: str) -> api.BaseModel:
        try:
            if piece:
                text.add(piece)
        except ValueError as error:
            raise NativeRaise("ValueError", _refusal(error, text.text(len(text)) + piece)) from error
        return api.InputJsonEvent(partial(block.value, len(text)), type="input_json", partial_json=piece)

    def _change(self, event: api.BaseModel) -> None:
        """Takes what a `message_delta` changes in the message. Later messages have the change, earlier ones do not."""
        head = dict(self._head or {})
        delta = event.delta.to_dict()
        head |= {name: delta.get(name) for name in ("stop_reason", "stop_sequence", "stop_details")}
        counts = event.usage.to_dict()
        given = {name: counts[name] for name in _COUNTS if counts.get(name) is not None}
        head["usage"] = {**head["usage"], "output_tokens": counts.get("output_tokens"), **given}
        self._head = head

    def _message(self) -> Any:
        """Makes what makes the message as it stands now."""
        stood = [(block, *_lengths(block)) for block in self._blocks]
        return partial(_message, self._head or {}, stood)

    def get_final_message(self) -> dict[str, Json]:
        """Writes the message as `get_final_message()` gives it, as JSON.

        Raises:
            NativeRaise: no `message_start` came.
        """
        if self._head is None:
            raise NativeRaise("AssertionError", "")
        message: dict[str, Json] = self._message()().to_dict()
        return message


def _lengths(block: _Block) -> tuple[int, int]:
    return len(block.pieces), 0 if block.input is None else len(block.input)


def _block(block: _Block, pieces: int, inputs: int) -> api.ContentBlock:
    return api.ContentBlock(**block.write(pieces, inputs))


def _message(head: dict[str, Json], stood: list[tuple[_Block, int, int]]) -> api.ParsedMessage:
    blocks = [block.write(pieces, inputs) for block, pieces, inputs in stood]
    return api.ParsedMessage.construct(**{**head, "content": blocks})


def _refusal(error: ValueError, text: str) -> str:
    return (
        "Unable to parse tool parameter JSON from model. Please retry your request or adjust your prompt. "
        f"Error: {error}. JSON: {text}"
    )
