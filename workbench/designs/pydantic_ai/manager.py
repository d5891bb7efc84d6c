"""The parts manager: calls by which provider code tells what came, and the events that they amount to.

Ported from `pydantic_ai/_parts_manager.py` of release 2.68.0, as far as the provider half here calls it: vendor ids are
always given, pieces of arguments are text and not empty, and there are neither thinking tags nor citations.

Theory of operation. A vendor id names a part; the first call for it makes the part, each later one grows it. Text is
kept in pieces and joined when somebody needs the part, so work grows in line with the text. A tool call without a name
is kept as a `ToolCallPartDelta`: it makes no event and is in no message until its name comes.

Rules:
1. A part that an event handed out never changes; growth makes a new one.
2. A delta repeats the provider's name only where it is news; a call's delta always tells the call's id.
3. Parts without a name are not counted by `get_parts`, so an index into that list can miss. The library is so.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any, TypeAlias

from workbench.design import NativeRaise
from workbench.designs.pydantic_ai.messages import ModelResponseStreamEvent, PartDeltaEvent, PartStartEvent
from workbench.designs.pydantic_ai.parts import (
    ModelResponsePart,
    NativeToolCallPart,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
    generate_tool_call_id,
)

ManagedPart: TypeAlias = ModelResponsePart | ToolCallPartDelta
Events: TypeAlias = list[ModelResponseStreamEvent]

_CALLS = (ToolCallPart, NativeToolCallPart, ToolCallPartDelta)


class ModelResponsePartsManager:
    """Keeps the parts of one response.

    Attributes:
        made_up: how many ids were made up for calls that have none.
    """

    def __init__(self) -> None:
        self.made_up = 0
        self._parts: list[ManagedPart] = []
        self._index_of: dict[Hashable, int] = {}
        self._pieces: dict[int, list[str]] = {}

    # ------------------------------------------------------------------------------------------ what came, by kind

    def handle_text_delta(self, *, vendor_part_id: Hashable, content: str) -> Events:
        """Takes a piece of text; even an empty one begins a part.

        Raises:
            NativeRaise: `UnexpectedModelBehavior`: the id is that of another kind of part.
        """
        found = self._find(vendor_part_id, (TextPart,), "a text delta")
        if found is None:
            part = TextPart(content)
            return [PartStartEvent(index=self._append(part, vendor_part_id), part=part)]
        index, known = found
        self._grow(index, known.content, content)
        return [PartDeltaEvent(index=index, delta=TextPartDelta(content))]

    def handle_thinking_delta(
        self,
        *,
        vendor_part_id: Hashable,
        content: str | None = None,
        id: str | None = None,  # noqa: A002 - the library's name
        signature: str | None = None,
        provider_name: str | None = None,
    ) -> Events:
        """Takes a piece of reasoning, or its signature, which takes the place of one that came before.

        Raises:
            NativeRaise: `UnexpectedModelBehavior`: the id is that of another kind of part, or there is nothing to begin
                a part with.
        """
        found = self._find(vendor_part_id, (ThinkingPart,), "a thinking delta")
        if found is None:
            if content is None and signature is None:
                raise unexpected("Cannot create a ThinkingPart with no content, signature, or provider_details")
            part = ThinkingPart(content or "", id=id, signature=signature, provider_name=provider_name)
            return [PartStartEvent(index=self._append(part, vendor_part_id), part=part)]
        index, known = found
        if content is None and signature is None and provider_name is None:
            return []
        delta = ThinkingPartDelta(
            content_delta=content, signature_delta=signature, provider_name=news(known.provider_name, provider_name)
        )
        if signature is not None or delta.provider_name is not None:
            self._parts[index] = replace(delta, content_delta=None).apply(known)
        self._grow(index, known.content, content or "")
        return [PartDeltaEvent(index=index, delta=delta)]

    def handle_tool_call_delta(
        self,
        *,
        vendor_part_id: Hashable,
        tool_name: str | None = None,
        args: str | None = None,
        tool_call_id: str | None = None,
    ) -> Events:
        """Takes a piece of a tool call; nothing is told of it before it has a name.

        Raises:
            NativeRaise: `UnexpectedModelBehavior`: the id is that of another kind of part.
        """
        delta = ToolCallPartDelta(tool_name_delta=tool_name, args_delta=args, tool_call_id=tool_call_id)
        found = self._find(vendor_part_id, _CALLS, "a tool call delta")
        if found is None:
            begun = self._as_part(delta)
            index = self._append(begun or delta, vendor_part_id)
            return [] if begun is None else [PartStartEvent(index=index, part=begun)]
        index, known = found
        if isinstance(known, ToolCallPartDelta):
            return self._name(index, known, delta)
        grown = known
        if tool_name or tool_call_id:
            # The pieces hold the arguments so far, if there are any; the part itself is grown without them.
            grown = replace(delta, args_delta=None).apply(known)
        self._parts[index] = grown
        self._grow(index, known.args or "", args or "")
        if grown.tool_call_id and not tool_call_id:
            delta = replace(delta, tool_call_id=grown.tool_call_id)
        return [PartDeltaEvent(index=index, delta=delta)]

    def handle_part(self, *, vendor_part_id: Hashable, part: ModelResponsePart) -> Events:
        """Takes a whole part, which takes the place of one of its class with that id."""
        index = self._index_of.get(vendor_part_id)
        if index is not None and isinstance(self._parts[index], type(part)):
            self._pieces.pop(index, None)
            self._parts[index] = part
        else:
            index = self._append(part, vendor_part_id)
        return [PartStartEvent(index=index, part=part)]

    # ------------------------------------------------------------------------------------------------ what there is

    def get_parts(self) -> list[ModelResponsePart]:
        """Returns the parts as they stand; calls without a name are not among them."""
        parts = [self._whole(index) for index in range(len(self._parts))]
        return [part for part in parts if not isinstance(part, ToolCallPartDelta)]

    def new_id(self) -> str:
        """Makes up an id for a call that has none."""
        self.made_up += 1
        return generate_tool_call_id(self.made_up)

    # ---------------------------------------------------------------------------------------------------- within

    def _find(self, vendor_part_id: Hashable, kinds: tuple[type, ...], what: str) -> tuple[int, Any] | None:
        index = self._index_of.get(vendor_part_id)
        if index is None:
            return None
        known = self._parts[index]
        if not isinstance(known, kinds):
            raise unexpected(f"Cannot apply {what} to existing_part={self._whole(index)!r}")
        return index, known

    def _append(self, part: ManagedPart, vendor_part_id: Hashable) -> int:
        self._parts.append(part)
        index = self._index_of[vendor_part_id] = len(self._parts) - 1
        return index

    def _as_part(self, delta: ToolCallPartDelta) -> ToolCallPart | None:
        if delta.tool_name_delta is not None and not delta.tool_call_id:
            delta = replace(delta, tool_call_id=self.new_id())
        return delta.as_part()

    def _name(self, index: int, known: ToolCallPartDelta, delta: ToolCallPartDelta) -> Events:
        """Adds to a call that has no name yet; it begins when the name comes."""
        if delta.tool_call_id:
            known = replace(known, tool_call_id=delta.tool_call_id)
        self._parts[index] = known
        self._grow(index, _text(known.args_delta), _text(delta.args_delta))
        if not delta.tool_name_delta:
            return []
        whole = self._whole(index)
        assert isinstance(whole, ToolCallPartDelta)  # noqa: S101 - set above
        part = self._as_part(replace(whole, tool_name_delta=delta.tool_name_delta))
        assert part is not None  # noqa: S101 - it has a name
        self._parts[index] = part
        return [PartStartEvent(index=index, part=part)]

    def _grow(self, index: int, known: str, piece: str) -> None:
        if piece:
            self._pieces.setdefault(index, [known]).append(piece)

    def _whole(self, index: int) -> ManagedPart:
        """Returns a part with its pieces joined, and keeps it so."""
        part = self._parts[index]
        pieces = self._pieces.pop(index, None)
        if pieces is None:
            return part
        text = "".join(pieces)
        if isinstance(part, TextPart | ThinkingPart):
            part = replace(part, content=text)
        elif isinstance(part, ToolCallPartDelta):
            part = replace(part, args_delta=text)
        elif isinstance(part, ToolCallPart | NativeToolCallPart):
            part = replace(part, args=text)
        self._parts[index] = part
        return part


def _text(args: object) -> str:
    return args if isinstance(args, str) else ""


def news(known: str | None, name: str | None) -> str | None:
    """Returns a provider's name where it is not the known one."""
    return name if known is None or name != known else None


def unexpected(message: str) -> NativeRaise:
    """Makes the exception that the library raises when provider code contradicts itself."""
    return NativeRaise("UnexpectedModelBehavior", message)
