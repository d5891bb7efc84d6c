"""Chunks of `dify-tagged` to the events of graphon's LLM node, with reasoning cut out of their text.

Theory of operation. A model's chunks come in; the node looks at their text, usage and reason for ending, and at nothing
else. Text goes through the `Splitter`, and each piece becomes an event on the channel that its selector names. It is
also kept as it came: when the chunks are over, the result is made of the whole text, which is split again, twice.

Rules:
1. Tool calls are dropped. The node asks its model without tools.
2. The first usage with prompt tokens counts, and the first reason for ending.
3. A model that raises ends the node in an event; there is no output then, not even of the text that came before.

Source: graphon 0.8.0, graphon/nodes/llm/node.py (`LLMNode._run`, `_yield_streaming_invoke_result`,
`_update_streaming_metadata`, `_build_run_outputs`) and graphon/nodes/base/node.py (`Node.run`, `_dispatch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, cast

from workbench.design import Adapter, NativeRaise
from workbench.designs.dify_separated.splitter import Piece, Splitter, split_reasoning
from workbench.designs.dify_separated.vocabulary import (
    NODE_ID,
    PROVIDER,
    LLMUsage,
    NodeEvent,
    NodeRunFailedEvent,
    NodeRunReasoningChunkEvent,
    NodeRunResult,
    NodeRunStartedEvent,
    NodeRunStreamChunkEvent,
    NodeRunSucceededEvent,
)
from workbench.families.dify.messages import AssistantPromptMessage
from workbench.families.dify.results import LLMUsage as PluginUsage
from workbench.transcript import Delta, Json, Request

TEXT = [NODE_ID, "text"]
REASONING = [NODE_ID, "reasoning_content"]


class ChunkDelta(Protocol):
    """What the node looks at in a chunk."""

    message: AssistantPromptMessage
    usage: PluginUsage | None
    finish_reason: str | None


class Chunk(Protocol):
    """A chunk of a model, as `dify-tagged` has it."""

    @property
    def delta(self) -> ChunkDelta:
        """What the chunk adds."""
        ...


class NodeAdapter(Adapter):
    """An LLM node, for one response.

    State: begun with the first chunk, done with `finish` or `fail`; the result is there from then on.
    """

    def __init__(self, request: Request) -> None:
        self._model = request.model
        self._splitter = Splitter()
        self._texts: list[str] = []
        self._usage = LLMUsage.empty_usage()
        self._finish_reason: str | None = None
        self._begun = False
        self._reasoned = False
        self._result: NodeRunResult | None = None

    def produce(self, step: Sequence[Delta]) -> Sequence[object]:
        """Hands on what the design below made of a frame: it is the provider here."""
        return step

    def accept(self, event: object) -> Iterator[NodeEvent]:
        """Yields the node's events for one chunk."""
        yield from self._begin()
        delta = cast("Chunk", event).delta
        content = delta.message.content
        parts = [content] if isinstance(content, str) else [item.data for item in content or ()]
        for part in parts:
            self._texts.append(part)
            yield from self._split(self._splitter.feed(part))
        if not self._usage.prompt_tokens and delta.usage is not None:
            self._usage = LLMUsage(**delta.usage.model_dump())
        if self._finish_reason is None and delta.finish_reason:
            self._finish_reason = delta.finish_reason

    def finish(self) -> Iterator[NodeEvent]:
        """Yields what was held back, the ends of both channels, and the result."""
        yield from self._begin()
        last = ""
        for kind, text in self._splitter.finish():
            if kind == "reasoning":
                last = text
            else:
                yield self._event((kind, text))
        if self._reasoned or last:
            yield NodeRunReasoningChunkEvent(selector=REASONING, chunk=last, is_final=True)
        yield NodeRunStreamChunkEvent(selector=TEXT, chunk="", is_final=True)
        self._result = self._succeeded()
        yield NodeRunSucceededEvent(node_run_result=self._result)

    def fail(self, error: NativeRaise) -> Iterator[NodeEvent]:
        """Yields the event in which the node ends when its model raises; what was held back is lost."""
        yield from self._begin()
        self._result = NodeRunResult(status="failed", inputs=self._identity(), error=str(error), error_type=error.type)
        yield NodeRunFailedEvent(node_run_result=self._result, error=str(error))

    def message(self) -> Json:
        """Returns the node's result.

        Raises:
            NativeRaise: the node did not come to an end.
        """
        if self._result is None:
            raise NativeRaise("RuntimeError", "the node has no result: its events were not read to the end")
        return self._result.model_dump(mode="json")

    def stored(self) -> Json:
        """Returns the result as pydantic writes it to JSON."""
        return self.message()

    def _begin(self) -> Iterator[NodeEvent]:
        if not self._begun:
            self._begun = True
            yield NodeRunStartedEvent()

    def _split(self, pieces: Iterator[Piece]) -> Iterator[NodeEvent]:
        for piece in pieces:
            yield self._event(piece)

    def _event(self, piece: Piece) -> NodeEvent:
        kind, text = piece
        if kind == "text":
            return NodeRunStreamChunkEvent(selector=TEXT, chunk=text)
        self._reasoned = True
        return NodeRunReasoningChunkEvent(selector=REASONING, chunk=text)

    def _identity(self) -> dict[str, Json]:
        return {"model_provider": PROVIDER, "model_name": self._model}

    def _succeeded(self) -> NodeRunResult:
        whole = "".join(self._texts)
        answer, reasoning = split_reasoning(whole)
        answer, _ = split_reasoning(answer)  # the node does so again with the answer of its own call of the model
        times = {"latency": 0.0} | ({"time_to_first_token": 0.0, "time_to_generate": 0.0} if whole else {})
        usage = self._usage.model_copy(update=times)
        counts = usage.model_dump(mode="json")
        return NodeRunResult(
            status="succeeded",
            inputs=self._identity(),
            process_data={
                "model_mode": "chat",
                "prompts": [],
                "usage": counts,
                "finish_reason": self._finish_reason,
                **self._identity(),
            },
            outputs={
                "text": answer,
                "reasoning_content": reasoning,
                "usage": counts,
                "finish_reason": self._finish_reason,
            },
            metadata={
                "total_tokens": usage.total_tokens,
                "total_price": str(usage.total_price),
                "currency": usage.currency,
            },
            llm_usage=usage,
        )
