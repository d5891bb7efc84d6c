"""Deltas to chunks, with reasoning put between think tags as the SDK's own helper does it.

Theory of operation. The helper is handed one provider delta after another and remembers whether a block is open. The
first delta with reasoning opens it; the next without closes it, whatever else that delta holds. So the closing tag
comes with the first piece of what follows, or alone when what follows is not text; and a body that is cut inside a
block leaves it open.

Rules:
1. `Tagger.wrap` answers as the helper does, for every pair. (A delta with both loses its text there, so the adapter
   never asks with both: `pieces` keeps them apart.)
2. An empty answer makes no chunk.

Source: dify_plugin 0.7.4, dify_plugin/interfaces/model/large_language_model.py
(`LargeLanguageModel._wrap_thinking_by_reasoning_content`).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.designs.dify_tagged.vocabulary import LLMResultChunk, LLMResultChunkDelta
from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.plugin import PluginAdapter
from workbench.families.dify.results import LLMUsage
from workbench.transcript import Request

OPEN = "<think>\n"
CLOSE = "\n</think>"


class Tagger:
    """Whether a block of reasoning is open, and what text stands for the next delta."""

    __slots__ = ("inside",)

    def __init__(self) -> None:
        self.inside = False

    def wrap(self, text: str, reasoning: str) -> str:
        """Returns the text that stands for a delta with this text and this reasoning."""
        if reasoning:
            opening = "" if self.inside else OPEN
            self.inside = True
            return opening + reasoning
        if not self.inside:
            return text
        self.inside = False
        return CLOSE + text


class TaggedAdapter(PluginAdapter):
    """The plug-in's half and the SDK's half for one response."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._tagger = Tagger()

    def piece(self, text: str, reasoning: str) -> Iterator[LLMResultChunk]:
        """Yields one chunk of text, tags included; nothing where no text came of it."""
        content = self._tagger.wrap(text, reasoning)
        if content:
            yield self.chunk(AssistantPromptMessage(content=content))

    def chunk(
        self,
        message: AssistantPromptMessage,
        *,
        usage: LLMUsage | None = None,
        finish_reason: str | None = None,
    ) -> LLMResultChunk:
        """Makes one chunk."""
        delta = LLMResultChunkDelta(index=self.next_index(), message=message, usage=usage, finish_reason=finish_reason)
        return LLMResultChunk(model=self.model, delta=delta)
