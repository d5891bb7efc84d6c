"""Deltas to chunks, with reasoning in the field that pull request 228 proposes for it.

Rules:
1. A chunk holds text or reasoning, never both: the proposal does not say which of the two would come first.
2. A chunk with reasoning has an empty message, so code that reads the message alone sees nothing of it.
3. Where a block of reasoning ends, and where the next one begins, no field says.

Source: langgenius/dify-plugin-sdks issue 227, "Proposed flow", and pull request 228.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.designs.dify_delta.vocabulary import LLMResultChunk, LLMResultChunkDelta
from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.plugin import PluginAdapter
from workbench.families.dify.results import LLMUsage


class DeltaAdapter(PluginAdapter):
    """The plug-in's half and the SDK's half for one response."""

    def piece(self, text: str, reasoning: str) -> Iterator[LLMResultChunk]:
        """Yields one chunk of text or of reasoning; nothing for a piece that holds neither."""
        if text or reasoning:
            delta = LLMResultChunkDelta(
                index=self.next_index(),
                message=AssistantPromptMessage(content=text),
                reasoning_content=reasoning or None,
            )
            yield LLMResultChunk(model=self.model, delta=delta)

    def chunk(
        self,
        message: AssistantPromptMessage,
        *,
        usage: LLMUsage | None = None,
        finish_reason: str | None = None,
    ) -> LLMResultChunk:
        """Makes one chunk without reasoning."""
        delta = LLMResultChunkDelta(index=self.next_index(), message=message, usage=usage, finish_reason=finish_reason)
        return LLMResultChunk(model=self.model, delta=delta)
