"""Chunks as dify_plugin 0.7.4 has them: no field for reasoning.

Rule: names, field order and defaults are the release's; the differential test holds that.

Source: dify_plugin 0.7.4, dify_plugin/entities/model/llm.py.
"""

from __future__ import annotations

from pydantic import BaseModel

from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.results import LLMUsage, PromptMessages


class LLMResultChunkDelta(BaseModel):
    """What is new. `index` counts chunks; usage and the reason for ending come in the last one."""

    index: int
    message: AssistantPromptMessage
    usage: LLMUsage | None = None
    finish_reason: str | None = None


class LLMResultChunk(BaseModel):
    """One step of a stream. `prompt_messages` is deprecated and always empty."""

    model: str
    prompt_messages: PromptMessages = []
    system_fingerprint: str | None = None
    delta: LLMResultChunkDelta
