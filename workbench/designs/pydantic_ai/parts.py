"""The parts of a response under their real names, and the deltas by which they grow.

Names, field order, defaults and discriminators are those of `pydantic_ai.messages` in release 2.68.0. Rules:

1. As in the library, values are mutable dataclasses that nobody changes: growth makes a new one.
2. The library's clock and its random ids have no place in a pure module. `now_utc` always tells the same moment, and
   `generate_tool_call_id` the same id; the framework half numbers the ids that it has to make up.
3. Left out: files, speech, compaction, citations' own classes, typed tool parts. No dialect here has them.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, SerializerFunctionWrapHandler, model_serializer

Dict: TypeAlias = dict[str, Any]
Outcome: TypeAlias = Literal["success", "failed", "denied", "interrupted", "retried"]

TOOL_CALL_ID_PREFIX = "pyd_ai_"
INVALID_JSON_KEY = "INVALID_JSON"
_MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def now_utc() -> dt.datetime:
    """Stands for the library's clock; the driver stops that one at the same moment."""
    return _MOMENT


def generate_tool_call_id(number: int = 0) -> str:
    """Stands for the library's random ids: the prefix and 32 hex digits, which count here."""
    return f"{TOOL_CALL_ID_PREFIX}{number:032x}"


@dataclass
class TextPart:
    """A block of answer text."""

    content: str
    _: KW_ONLY
    id: str | None = None
    provider_name: str | None = None
    provider_details: Dict | None = None
    citations: list[Dict] | None = None
    part_kind: Literal["text"] = "text"

    def has_content(self) -> bool:
        """Says whether there is text."""
        return bool(self.content)


@dataclass
class ThinkingPart:
    """A block of reasoning; `signature` is the provider's proof, or the payload of a withheld block."""

    content: str
    _: KW_ONLY
    id: str | None = None
    signature: str | None = None
    provider_name: str | None = None
    provider_details: Dict | None = None
    part_kind: Literal["thinking"] = "thinking"

    def has_content(self) -> bool:
        """Says whether there is text."""
        return bool(self.content)


@dataclass
class BaseToolCallPart:
    """What a call by the user's tools and one by the provider's have in common."""

    tool_name: str
    args: str | Dict | None = None
    tool_call_id: str = field(default_factory=generate_tool_call_id)
    _: KW_ONLY
    tool_kind: str | None = None
    id: str | None = None
    provider_name: str | None = None
    provider_details: Dict | None = None

    def args_as_dict(self, *, raise_if_invalid: bool = False) -> Dict:
        """Returns the arguments parsed; what is no JSON object goes under `INVALID_JSON`.

        Raises:
            ValueError: `raise_if_invalid` was asked for, and they are no JSON object.
        """
        if not self.args:
            return {}
        if isinstance(self.args, dict):
            return self.args
        try:
            args = json.loads(self.args)
            if not isinstance(args, dict):
                raise ValueError("args should be a dict")
        except ValueError:
            if raise_if_invalid:
                raise
            return {INVALID_JSON_KEY: self.args}
        return args

    def args_as_json_str(self) -> str:
        """Returns the arguments as compact JSON of `args_as_dict`, whatever text was sent."""
        return json.dumps(self.args_as_dict(), ensure_ascii=False, separators=(",", ":"))

    def has_content(self) -> bool:
        """Says whether there are arguments."""
        return self.args not in ("", {}, None)


@dataclass
class ToolCallPart(BaseToolCallPart):
    """A call that the user's program has to run."""

    _: KW_ONLY
    part_kind: Literal["tool-call"] = "tool-call"


@dataclass
class NativeToolCallPart(BaseToolCallPart):
    """A call that the provider runs itself."""

    _: KW_ONLY
    part_kind: Literal["builtin-tool-call"] = "builtin-tool-call"


@dataclass
class BaseToolReturnPart:
    """What the result of the user's tool and one of the provider's have in common."""

    tool_name: str
    content: Any
    tool_call_id: str = field(default_factory=generate_tool_call_id)
    _: KW_ONLY
    tool_kind: str | None = None
    metadata: Any = None
    timestamp: dt.datetime = field(default_factory=now_utc)
    outcome: Outcome = "success"

    @model_serializer(mode="wrap")
    def _recording_files(self, handler: SerializerFunctionWrapHandler) -> Dict:
        """Writes the part; a structure is followed by the digests of the files in it, of which it has none here."""
        written: Dict = handler(self)
        if isinstance(self.content, str | int | float | None):
            return written
        return {**written, "content_file_digests": []}

    def has_content(self) -> bool:
        """Says whether there is a result."""
        return self.content is not None


@dataclass
class ToolReturnPart(BaseToolReturnPart):
    """The result of the user's tool, inside a request."""

    _: KW_ONLY
    retry: Dict | None = None
    part_kind: Literal["tool-return"] = "tool-return"


@dataclass
class NativeToolReturnPart(BaseToolReturnPart):
    """The result of the provider's tool, inside a response."""

    _: KW_ONLY
    provider_name: str | None = None
    provider_details: Dict | None = None
    part_kind: Literal["builtin-tool-return"] = "builtin-tool-return"


ModelResponsePart: TypeAlias = Annotated[
    TextPart | ThinkingPart | ToolCallPart | NativeToolCallPart | NativeToolReturnPart, Discriminator("part_kind")
]


# ------------------------------------------------------------------------------------------------------------ deltas


@dataclass
class TextPartDelta:
    """Text to append."""

    content_delta: str
    _: KW_ONLY
    provider_name: str | None = None
    provider_details: Dict | None = None
    citations_delta: list[Dict] | None = None
    part_delta_kind: Literal["text"] = "text"

    def apply(self, part: object) -> TextPart:
        """Returns the part with the text behind it.

        Raises:
            ValueError: it is no text part.
        """
        if not isinstance(part, TextPart):
            raise ValueError("Cannot apply TextPartDeltas to non-TextParts")
        return replace(
            part,
            content=part.content + self.content_delta,
            provider_name=self.provider_name or part.provider_name,
            provider_details={**(part.provider_details or {}), **(self.provider_details or {})} or None,
            citations=part.citations if self.citations_delta is None else self.citations_delta,
        )


@dataclass(kw_only=True)
class ThinkingPartDelta:
    """Text to append; a signature takes the place of the one before."""

    content_delta: str | None = None
    signature_delta: str | None = None
    provider_name: str | None = None
    provider_details: Dict | None = None
    part_delta_kind: Literal["thinking"] = "thinking"

    def apply(self, part: object) -> ThinkingPart:
        """Returns the part with the delta applied.

        Raises:
            ValueError: it is no thinking part.
        """
        if not isinstance(part, ThinkingPart):
            raise ValueError("Cannot apply ThinkingPartDeltas to non-ThinkingParts")
        return replace(
            part,
            content=part.content + (self.content_delta or ""),
            signature=part.signature if self.signature_delta is None else self.signature_delta,
            provider_name=part.provider_name if self.provider_name is None else self.provider_name,
            provider_details={**(part.provider_details or {}), **(self.provider_details or {})} or None,
        )


@dataclass(kw_only=True)
class ToolCallPartDelta:
    """Text to append to name and arguments; an id takes the place of the one before."""

    tool_name_delta: str | None = None
    args_delta: str | Dict | None = None
    tool_call_id: str | None = None
    provider_name: str | None = None
    provider_details: Dict | None = None
    part_delta_kind: Literal["tool_call"] = "tool_call"

    def as_part(self) -> ToolCallPart | None:
        """Returns the call that the delta begins; None while it has no name."""
        if self.tool_name_delta is None:
            return None
        return ToolCallPart(
            self.tool_name_delta,
            self.args_delta,
            self.tool_call_id or generate_tool_call_id(),
            provider_name=self.provider_name,
            provider_details=self.provider_details,
        )

    def apply(self, part: object) -> ToolCallPart | NativeToolCallPart:
        """Returns the call with the delta applied.

        Raises:
            ValueError: it is no tool call.
        """
        if not isinstance(part, ToolCallPart | NativeToolCallPart):
            raise ValueError("Can only apply ToolCallPartDeltas to tool calls")
        return replace(
            part,
            tool_name=part.tool_name + (self.tool_name_delta or ""),
            args=_grown(part.args, self.args_delta),
            tool_call_id=self.tool_call_id or part.tool_call_id,
            provider_name=self.provider_name or part.provider_name,
            provider_details={**part.provider_details, **(self.provider_details or {})}
            if part.provider_details is not None
            else self.provider_details or None,
        )


def _grown(args: str | Dict | None, delta: str | Dict | None) -> str | Dict | None:
    """Appends argument text to text, and merges arguments into arguments."""
    if delta is None:
        return args
    if isinstance(delta, str):
        if isinstance(args, dict):
            raise ValueError("Cannot apply JSON deltas to non-JSON tool arguments")
        return (args or "") + delta
    if isinstance(args, str):
        raise ValueError("Cannot apply dict deltas to non-dict tool arguments")
    return {**(args or {}), **delta}


ModelResponsePartDelta: TypeAlias = Annotated[
    TextPartDelta | ThinkingPartDelta | ToolCallPartDelta, Discriminator("part_delta_kind")
]
