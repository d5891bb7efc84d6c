"""The names of `llm.parts`: the stream event, the parts, the message, and the few values around them.

Code written for llm runs on these with only its import changed: names, field order, defaults, `to_dict` and `from_dict`
are those of llm 0.32 (`llm/parts.py`, `llm/serialization.py`, and `Usage`, `ToolCall`, `ToolResult`, `Attachment` of
`llm/models.py`). Rules:

1. As in the library, values are mutable dataclasses; the framework fills in `StreamEvent.part_index` in place. A stream
   has very many events, so `StreamEvent` itself is a lighter class that the functions of `dataclasses` take for one.
2. `to_dict` leaves out what holds its default, except the fields that the TypedDicts require.
3. An `Attachment` is a value here: the library's methods that read files and addresses are left out.
"""

from __future__ import annotations

import base64
from dataclasses import MISSING, dataclass, field, make_dataclass
from typing import Any, TypeAlias

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

Dict: TypeAlias = dict[str, Any]


class StreamEvent(Struct, gc=False):
    """One piece of a response while it streams.

    Attributes:
        type: `text`, `reasoning`, `tool_call_name`, `tool_call_args` or `tool_result`.
        chunk: the piece of text; of `tool_call_name` the tool's name, of `tool_call_args` a piece of JSON text.
        part_index: which part it belongs to; None leaves that to the framework.
        tool_call_id: the provider's id of the call.
        server_executed: the provider runs the tool itself.
        tool_name: of `tool_result`, the tool that it comes from.
        redacted: of `reasoning`, that it happened and is withheld.
        provider_metadata: by provider name, what has to be sent back verbatim.
        message_index: which message of the response it belongs to.
    """

    type: str
    chunk: str
    part_index: int | None = None
    tool_call_id: str | None = None
    server_executed: bool = False
    tool_name: str | None = None
    redacted: bool = False
    provider_metadata: Dict | None = None
    message_index: int = 0


# What `dataclasses.fields`, `asdict` and `replace` look for.
_TWIN = make_dataclass(
    "StreamEvent",
    [
        (one.name, one.type, field(default=MISSING if one.default is NODEFAULT else one.default))
        for one in fields(StreamEvent)
    ],
)
StreamEvent.__dataclass_fields__ = _TWIN.__dataclass_fields__  # type: ignore[attr-defined]


@dataclass
class Usage:
    """Token counts: `input`, `output`, and whatever else the plug-in put into `details`."""

    input: int | None = None
    output: int | None = None
    details: Dict | None = None


@dataclass
class Attachment:
    """An image, sound or file: its media type and one of path, address or content."""

    type: str | None = None
    path: str | None = None
    url: str | None = None
    content: bytes | None = None


@dataclass
class ToolCall:
    """A call that the caller has to run."""

    name: str
    arguments: Dict
    tool_call_id: str | None = None


@dataclass
class ToolResult:
    """What the caller's tool answered."""

    name: str
    output: str
    attachments: list[Attachment] = field(default_factory=list)
    tool_call_id: str | None = None
    instance: object = None
    exception: Exception | None = None


@dataclass
class Part:
    """Base of all parts; the role stands on the message."""

    def to_dict(self) -> Dict:
        """Writes the part as its `PartDict`."""
        raise NotImplementedError

    @staticmethod
    def from_dict(d: Dict) -> Part:
        """Reads a `PartDict`; keys that its type does not know are ignored.

        Raises:
            ValueError: the `type` is none of the five.
            KeyError: a required key is missing.
        """
        metadata = d.get("provider_metadata")
        match d["type"]:
            case "text":
                return TextPart(d["text"], metadata)
            case "reasoning":
                return ReasoningPart(d["text"], d.get("redacted", False), metadata)
            case "tool_call":
                server = d.get("server_executed", False)
                return ToolCallPart(d["name"], d["arguments"], d.get("tool_call_id"), server, metadata)
            case "tool_result":
                return ToolResultPart(
                    d["name"],
                    d["output"],
                    d.get("tool_call_id"),
                    d.get("server_executed", False),
                    [_read_attachment(one) for one in d.get("attachments", [])],
                    d.get("exception"),
                    metadata,
                )
            case "attachment":
                inner = d.get("attachment")
                return AttachmentPart(_read_attachment(inner) if inner else None, metadata)
            case other:
                raise ValueError(f"no part has the type {other!r}")


@dataclass
class TextPart(Part):
    """Answer text, or what the user said."""

    text: str = ""
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes a `TextPartDict`."""
        return _without_defaults({"type": "text", "text": self.text}, provider_metadata=self.provider_metadata)


@dataclass
class ReasoningPart(Part):
    """Reasoning; `redacted` with an empty text says that it happened and is withheld."""

    text: str = ""
    redacted: bool = False
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes a `ReasoningPartDict`."""
        required = {"type": "reasoning", "text": self.text}
        return _without_defaults(required, redacted=bool(self.redacted), provider_metadata=self.provider_metadata)


@dataclass
class ToolCallPart(Part):
    """A call of a tool by the model, its arguments parsed."""

    name: str = ""
    arguments: Dict = field(default_factory=dict)
    tool_call_id: str | None = None
    server_executed: bool = False
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes a `ToolCallPartDict`."""
        d: Dict = {"type": "tool_call", "name": self.name, "arguments": self.arguments}
        if self.tool_call_id is not None:
            d["tool_call_id"] = self.tool_call_id
        return _without_defaults(
            d, server_executed=bool(self.server_executed), provider_metadata=self.provider_metadata
        )


@dataclass
class ToolResultPart(Part):
    """What a tool answered: the provider's own inside a response, the caller's inside a prompt."""

    name: str = ""
    output: str = ""
    tool_call_id: str | None = None
    server_executed: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    exception: str | None = None
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes a `ToolResultPartDict`."""
        d: Dict = {"type": "tool_result", "name": self.name, "output": self.output}
        if self.tool_call_id is not None:
            d["tool_call_id"] = self.tool_call_id
        if self.server_executed:
            d["server_executed"] = True
        if self.exception is not None:
            d["exception"] = self.exception
        attachments = [_write_attachment(one) for one in self.attachments]
        return _without_defaults(d, attachments=attachments, provider_metadata=self.provider_metadata)


@dataclass
class AttachmentPart(Part):
    """An attachment inside a message."""

    attachment: Attachment | None = None
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes an `AttachmentPartDict`."""
        d: Dict = {"type": "attachment"}
        if self.attachment:
            d["attachment"] = _write_attachment(self.attachment)
        return _without_defaults(d, provider_metadata=self.provider_metadata)


@dataclass
class Message:
    """One turn of a conversation: a role and its parts."""

    role: str
    parts: list[Part] = field(default_factory=list)
    provider_metadata: Dict | None = None

    def to_dict(self) -> Dict:
        """Writes a `MessageDict`."""
        required = {"role": self.role, "parts": [part.to_dict() for part in self.parts]}
        return _without_defaults(required, provider_metadata=self.provider_metadata)

    @staticmethod
    def from_dict(d: Dict) -> Message:
        """Reads a `MessageDict`."""
        return Message(d["role"], [Part.from_dict(one) for one in d.get("parts", [])], d.get("provider_metadata"))


def _without_defaults(d: Dict, **optional: object) -> Dict:
    """Adds the optional keys that hold something."""
    for key, value in optional.items():
        if value:
            d[key] = value
    return d


def _write_attachment(attachment: Attachment) -> Dict:
    content = base64.b64encode(attachment.content).decode("ascii") if attachment.content else None
    return _without_defaults({}, type=attachment.type, url=attachment.url, path=attachment.path, content=content)


def _read_attachment(d: Dict) -> Attachment:
    content = d.get("content")
    decoded = base64.b64decode(content) if isinstance(content, str) else None
    return Attachment(d.get("type"), d.get("path"), d.get("url"), decoded)
