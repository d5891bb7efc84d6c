"""What every design of the family answers alike: phases, JSON of chunks, stored form and history.

Rules:
1. A chunk's JSON is pydantic's, unchanged.
2. What an older consumer is handed is the chunk's text, where there is any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, cast

from pydantic import BaseModel

from workbench.design import Design, PhaseNote
from workbench.families.dify import conversation
from workbench.families.dify.plugin import Chunk
from workbench.families.dify.reading import text_of
from workbench.transcript import FollowUp, Json, Phase, Request

SDK = "https://github.com/langgenius/dify-plugin-sdks"

PHASES: Mapping[Phase, PhaseNote] = {
    "live": PhaseNote(
        "session.model.llm.invoke(..., stream=True), which yields LLMResultChunk",
        "dify_plugin 0.7.4, dify_plugin/invocations/model/llm.py",
    ),
    "final": PhaseNote(
        "session.model.llm.invoke(..., stream=False), which returns LLMResult",
        "dify_plugin 0.7.4, dify_plugin/invocations/model/llm.py",
    ),
    "stored": PhaseNote(
        "LLMResult.model_dump_json() and LLMResult.model_validate_json()",
        "dify_plugin 0.7.4, dify_plugin/entities/model/llm.py",
    ),
    "resumed": PhaseNote(
        "prompt_messages= of the next invoke(): UserPromptMessage, AssistantPromptMessage, ToolPromptMessage",
        "dify_plugin 0.7.4, dify_plugin/entities/model/message.py and dify_plugin/interfaces/agent/__init__.py",
    ),
    "legacy": PhaseNote(
        "chunk.delta.message.content, read as the answer",
        "dify-official-plugins, agent-strategies/cot_agent/strategies/function_calling.py",
    ),
}


class DifyDesign(Design):
    """A design of the family; what is left to it is where reasoning goes, and how that is read."""

    phases: ClassVar[Mapping[Phase, PhaseNote]] = PHASES
    discriminators: ClassVar[tuple[str, ...]] = ("role",)

    def reasoning_in_history(self, text: str) -> str:
        """Returns what stands for a block of reasoning in the text of an assistant's message."""
        raise NotImplementedError

    def history(self, request: Request) -> Json:
        """Writes the request's messages as prompt messages."""
        return conversation.history(request, self.reasoning_in_history)

    def event_json(self, event: object) -> Json:
        """Writes a chunk as pydantic does."""
        return cast("BaseModel", event).model_dump(mode="json")

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Yields the chunk's text, if it has one: what code that knows of answer text alone is handed."""
        content = cast("Chunk", event).delta.message.content
        text = content if isinstance(content, str) else text_of([item.model_dump() for item in content or ()])
        return ({"content": text},) if text else ()

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored result back."""
        return conversation.restore(stored)

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Adds the stored answer, the tools' messages and the next prompt to the prompt messages so far."""
        return conversation.resume(history, stored, follow)
