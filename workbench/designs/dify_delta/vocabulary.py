"""Chunks as dify-plugin-sdks pull request 228 proposes them: the delta has a field for reasoning.

Rules:
1. Names, field order and defaults are the proposal's; all but `reasoning_content` are those of dify_plugin 0.7.4.
2. The proposal touches the delta alone. Messages and results have no such field.

Source: langgenius/dify-plugin-sdks issue 227 and pull request 228; dify_plugin 0.7.4,
dify_plugin/entities/model/llm.py.
"""

from __future__ import annotations

from pydantic import BaseModel

from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.results import LLMUsage, PromptMessages


class LLMResultChunkDelta(BaseModel):
    """What is new. `index` counts chunks; usage and the reason for ending come in the last one."""

    index: int
    message: AssistantPromptMessage
    reasoning_content: str | None = None
    usage: LLMUsage | None = None
    finish_reason: str | None = None


class LLMResultChunk(BaseModel):
    """One step of a stream. `prompt_messages` is deprecated and always empty."""

    model: str
    prompt_messages: PromptMessages = []
    system_fingerprint: str | None = None
    delta: LLMResultChunkDelta
