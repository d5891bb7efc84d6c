"""The design of pydantic-ai 2.68.0: parts that start, grow and end, and a response that is made of them.

Provider code tells a parts manager what came; the program iterates over `PartStartEvent`, `PartDeltaEvent` and
`PartEndEvent`, gets a `ModelResponse`, and keeps messages with `ModelMessagesTypeAdapter`. The README names files,
provider code, and what is not ported.

- `parts`, `messages`, `vocabulary`: the names. `calls`, `provider`: what provider code does.
- `manager`, `streamed`: the framework. `adapter`: both. `observe`, `carries`: what a user can know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.pydantic_ai.adapter import PydanticAIAdapter
from workbench.designs.pydantic_ai.calls import Call, End, Fail, Report, produced_json
from workbench.designs.pydantic_ai.carries import CARRIES
from workbench.designs.pydantic_ai.messages import (
    EVENTS,
    FinalResultEvent,
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    PartDeltaEvent,
    PartEndEvent,
    PartStartEvent,
    SystemPromptPart,
    UserPromptPart,
)
from workbench.designs.pydantic_ai.observe import observe
from workbench.designs.pydantic_ai.parts import (
    Dict,
    ModelResponsePart,
    NativeToolCallPart,
    NativeToolReturnPart,
    TextPart,
    ThinkingPart,
    ToolCallPart,
    ToolReturnPart,
    generate_tool_call_id,
)
from workbench.designs.pydantic_ai.provider import PROVIDER, REDACTED
from workbench.transcript import FollowUp, Json, Message, Phase, Request, Role, Sighting
from workbench.transcript import Part as NeutralPart
from workbench.transcript import ReasoningPart as NeutralReasoning
from workbench.transcript import TextPart as NeutralText
from workbench.transcript import ToolCallPart as NeutralCall
from workbench.transcript import ToolResultPart as NeutralResult

_EVENTS = (PartStartEvent, PartDeltaEvent, PartEndEvent, FinalResultEvent)
_DIRECT = "pydantic-ai-slim 2.68.0, pydantic_ai/direct.py, model_request_stream"
_MESSAGES = "pydantic-ai-slim 2.68.0, pydantic_ai/messages.py, ModelMessagesTypeAdapter"


class PydanticAIDesign(Design):
    """pydantic-ai 2.68.0, by its direct model requests."""

    id: ClassVar[str] = "pydantic-ai"
    title: ClassVar[str] = "Pydantic AI"
    summary: ClassVar[str] = (
        "Each part of a response is announced, grows by deltas and is shown once more whole at its end; the response "
        "is the list of its parts with all that was said about it."
    )
    status: ClassVar[Status] = Status(
        "ships in", "pydantic-ai-slim 2.68.0", "https://github.com/pydantic/pydantic-ai/releases/tag/v2.68.0"
    )
    port: ClassVar[Port | None] = Port("pydantic-ai", "2.68.0", "tests/upstream/drivers/test_pydantic_ai.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote("async for event in stream", _DIRECT),
        "final": PhaseNote("stream.get()", "pydantic-ai-slim 2.68.0, pydantic_ai/models/__init__.py, StreamedResponse"),
        "stored": PhaseNote("ModelMessagesTypeAdapter.dump_json(messages), validate_json(text)", _MESSAGES),
        "resumed": PhaseNote("[*history, ModelRequest(parts=[ToolReturnPart(…), UserPromptPart(…)])]", _DIRECT),
    }
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ("event_kind", "part_kind", "part_delta_kind", "kind")
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> PydanticAIAdapter:
        """Makes an adapter; the class of a structured answer is an output tool that bears its title."""
        schema = request.response_schema
        return PydanticAIAdapter(request.model, () if schema is None else (str(schema.get("title", "final_result")),))

    def history(self, request: Request) -> list[Dict]:
        """Writes the messages of a request."""
        return _dump(list(_messages(request)))

    def event_json(self, event: object) -> Dict:
        """Writes an event as pydantic dumps it: every field, defaults included."""
        assert isinstance(event, _EVENTS)  # noqa: S101 - what the adapter yields
        written: Dict = EVENTS.dump_python(event, mode="json")
        return written

    def produced_json(self, event: object) -> Dict:
        """Writes what provider code does, for the driver to do it in the library."""
        assert isinstance(event, Call | Report | Fail | End)  # noqa: S101 - what the adapter produces
        return produced_json(event)

    def restore(self, stored: Json, request: Request) -> Dict:
        """Reads stored messages back; returns the response among them."""
        restored = ModelMessagesTypeAdapter.validate_python(stored)
        return _dump([one for one in restored if isinstance(one, ModelResponse)])[-1]

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> list[Dict]:
        """Builds the messages of the next request: history, the response, and one request with results and prompt."""
        kept = ModelMessagesTypeAdapter.validate_python([*history, *stored])
        calls = [call for one in kept[len(history) :] if isinstance(one, ModelResponse) for call in one.tool_calls]
        parts: list[ModelRequestPart] = [
            ToolReturnPart(call.tool_name, follow.results[call.tool_name], call.tool_call_id)
            for call in calls
            if call.tool_name in follow.results
        ]
        return _dump([*kept, ModelRequest([*parts, UserPromptPart(follow.prompt)])])

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return observe(phase, native)


def _dump(messages: list[ModelMessage]) -> list[Dict]:
    written: list[Dict] = ModelMessagesTypeAdapter.dump_python(messages, mode="json")
    return written


def _is_answer(message: Message) -> bool:
    return message.role == "assistant"


def _messages(request: Request) -> Iterator[ModelMessage]:
    """Yields requests and responses by turns; what has no part here, such as a refusal, is left out."""
    for answers, messages in groupby(request.messages, key=_is_answer):
        neutral = [(one.role, part) for one in messages for part in one.parts]
        if answers:
            answered = [made for made in (_answered(part) for _, part in neutral) if made is not None]
            if answered:
                yield ModelResponse(answered, provider_name=PROVIDER)
        else:
            asked = [made for made in (_asked(role, part) for role, part in neutral) if made is not None]
            if asked:
                yield ModelRequest(asked)


def _asked(role: Role, part: NeutralPart) -> ModelRequestPart | None:
    match part:
        case NeutralText():
            return SystemPromptPart(part.text) if role == "system" else UserPromptPart(part.text)
        case NeutralResult():
            return ToolReturnPart(part.name, part.output, part.call or generate_tool_call_id())
        case _:
            return None


def _answered(part: NeutralPart) -> ModelResponsePart | None:
    match part:
        case NeutralText():
            return TextPart(part.text)
        case NeutralReasoning():
            identity = REDACTED if part.redacted else part.id
            signature = part.data if part.redacted else part.signature
            return ThinkingPart(part.text, id=identity, signature=signature, provider_name=PROVIDER)
        case NeutralCall():
            call = part.id or generate_tool_call_id()
            if part.server:
                return NativeToolCallPart(part.name, part.arguments or None, call, provider_name=PROVIDER)
            return ToolCallPart(part.name, part.arguments or None, call)
        case NeutralResult():
            return NativeToolReturnPart(
                part.name, part.output, part.call or generate_tool_call_id(), provider_name=PROVIDER
            )
        case _:
            return None


DESIGN = PydanticAIDesign()
