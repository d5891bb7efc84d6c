"""The design of llm 0.32: one stream event class with a type string, assembled into messages of parts.

A plug-in yields `StreamEvent`s; the framework decides which part each belongs to and hands it on. Afterwards
`response.messages()` holds the parts, `to_dict` and `from_dict` store them, `reply()` goes on from them. Plain
iteration still yields text alone. Ported from llm 0.32; the README names files, plug-ins, and what is not ported.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.llm.adapter import LlmAdapter, message_json
from workbench.designs.llm.carries import CARRIES
from workbench.designs.llm.observe import observe
from workbench.designs.llm.plugin import Call
from workbench.designs.llm.response import Response
from workbench.designs.llm.vocabulary import (
    Dict,
    Message,
    Part,
    ReasoningPart,
    StreamEvent,
    TextPart,
    ToolCallPart,
    ToolResult,
    ToolResultPart,
)
from workbench.transcript import FollowUp, Json, Phase, Request, Sighting
from workbench.transcript import Part as NeutralPart
from workbench.transcript import ReasoningPart as NeutralReasoning
from workbench.transcript import TextPart as NeutralText
from workbench.transcript import ToolCallPart as NeutralCall
from workbench.transcript import ToolResultPart as NeutralResult

_RELEASE = "https://github.com/simonw/llm/releases/tag/0.32"
_ALWAYS = ("type", "chunk", "part_index", "message_index")
_IF_SET = ("tool_call_id", "server_executed", "tool_name", "redacted", "provider_metadata")


class LlmDesign(Design):
    """llm 0.32."""

    id: ClassVar[str] = "llm"
    title: ClassVar[str] = "llm"
    summary: ClassVar[str] = (
        "Every piece of a response is a StreamEvent with a type and a part number; the finished response is a list of "
        "messages made of parts."
    )
    status: ClassVar[Status] = Status("ships in", "llm 0.32", _RELEASE)
    port: ClassVar[Port | None] = Port("llm", "0.32", "tests/differential/test_llm.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote(
            "response.stream_events()", "llm/models.py, Response.stream_events; llm/parts.py, StreamEvent"
        ),
        "final": PhaseNote("response.messages(), response.usage()", "llm/models.py, Response.messages and usage"),
        "stored": PhaseNote("response.to_dict(), Response.from_dict()", "llm/serialization.py, ResponseDict"),
        "resumed": PhaseNote("Response.from_dict(stored).reply()", "llm/models.py, Response.reply"),
        "legacy": PhaseNote("for chunk in response", "llm/models.py, Response.__iter__"),
    }
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> LlmAdapter:
        """Makes an adapter whose prompt is the request."""
        return LlmAdapter(_history(request), request.model)

    def history(self, request: Request) -> list[Dict]:
        """Writes the messages of a request as `MessageDict`s."""
        return [message.to_dict() for message in _history(request)]

    def event_json(self, event: object) -> Dict:
        """Writes an event with the library's field names.

        Type, chunk and the two positions are always there; the other fields where they differ from their default.
        """
        written = {name: getattr(event, name) for name in _ALWAYS}
        written |= {name: value for name in _IF_SET if (value := getattr(event, name)) not in (None, False)}
        return written

    def produced_json(self, event: object) -> Json:
        """Writes an event as it is, and what a plug-in calls on the response under the name of that call."""
        return {event.method: event.value} if isinstance(event, Call) else self.event_json(event)

    def legacy_json(self, event: object) -> Iterator[str]:
        """Yields the chunk of a text event: what plain iteration over the response yields."""
        if isinstance(event, StreamEvent) and event.type == "text":
            yield event.chunk

    def restore(self, stored: Json, request: Request) -> Dict:
        """Reads a `ResponseDict` back as `Response.from_dict` does."""
        restored = Response.from_dict(stored)
        return message_json(restored, [message.to_dict() for message in restored.messages()])

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> list[Dict]:
        """Builds the messages of the next prompt: `Response.from_dict(stored).reply(prompt, tool_results=…)`.

        The prompt's messages are taken from `history`, which is what this design had of the turns before.
        """
        restored = Response.from_dict({**stored, "prompt": {"messages": history}})
        results = [
            ToolResult(call.name, follow.results[call.name], tool_call_id=call.tool_call_id)
            for call in restored.tool_calls()
            if call.name in follow.results
        ]
        return [message.to_dict() for message in restored.reply(follow.prompt, tool_results=results)]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return observe(phase, native)


def _history(request: Request) -> list[Message]:
    """Writes a request as a caller of llm would; what has no part there, such as a refusal, is left out."""
    messages = []
    for message in request.messages:
        parts = [part for one in message.parts if (part := _part(one)) is not None]
        if parts:
            messages.append(Message(message.role, parts))
    return messages


def _part(part: NeutralPart) -> Part | None:
    match part:
        case NeutralText():
            return TextPart(part.text)
        case NeutralReasoning():
            return ReasoningPart(part.text, part.redacted, _metadata(part))
        case NeutralCall():
            return ToolCallPart(part.name, _arguments(part.arguments), part.id, part.server)
        case NeutralResult():
            return ToolResultPart(part.name, part.output, part.call, part.server)
        case _:
            return None


def _metadata(part: NeutralReasoning) -> Dict | None:
    anthropic: Dict = {}
    if part.signature is not None:
        anthropic["signature"] = part.signature
    if part.redacted and part.data is not None:
        anthropic.update(type="redacted_thinking", data=part.data)
    metadata: Dict = {"anthropic": anthropic} if anthropic else {}
    if part.data is not None and not part.redacted:
        metadata["openai"] = {"encrypted_content": part.data}
    return metadata or None


def _arguments(text: str) -> Json:
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {"_raw": text}


DESIGN = LlmDesign()
