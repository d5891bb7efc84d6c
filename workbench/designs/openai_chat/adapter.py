"""The port of the SDK's helper for one response: the provider's half, the helper's half.

Rules:
1. `produce` gives chunks, `accept` takes any chunk of `vocabulary`; either could be exchanged for the real one.
   `tests/designs/openai_chat/` holds `accept` against the installed SDK.
2. After a raise `get_final_completion()` still answers, with what had come, as the SDK's does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workbench.design import Adapter
from workbench.designs.openai_chat.provider import Provider
from workbench.designs.openai_chat.stream import ChatCompletionStreamState, is_chunk
from workbench.designs.openai_chat.vocabulary import BaseModel, ChatCompletionChunk
from workbench.transcript import Delta, Json, Request


def is_strict(schema: Mapping[str, Json]) -> bool:
    """Says whether a tool's schema meets what strict mode demands of it.

    Every object names all its properties as required and allows no others. A schema that uses references or choices is
    taken as not strict, since nothing here follows them.

    Source: https://platform.openai.com/docs/guides/function-calling#strict-mode
    """
    if not set(schema) <= {"type", "properties", "required", "additionalProperties", "items", "enum", *_NOTES}:
        return False
    if schema.get("type") == "object":
        properties = schema.get("properties") or {}
        whole = schema.get("additionalProperties") is False and set(schema.get("required") or ()) == set(properties)
        return whole and all(is_strict(one) for one in properties.values())
    return schema.get("type") != "array" or is_strict(schema.get("items") or {})


_NOTES = ("title", "description")


class HelperAdapter(Adapter):
    """Deltas in; the helper's events and the completion out."""

    def __init__(self, request: Request) -> None:
        self._provider = Provider()
        strict = frozenset(tool.name for tool in request.tools if is_strict(tool.parameters))
        self._state = ChatCompletionStreamState(strict)

    def produce(self, step: Sequence[Delta]) -> Iterator[ChatCompletionChunk]:
        """Yields the chunks of one frame; see `Provider.produce`."""
        return self._provider.produce(step)

    def accept(self, event: object) -> Iterator[BaseModel]:
        """Yields the helper's events for one chunk; see `ChatCompletionStreamState.handle_chunk`."""
        if is_chunk(event):
            assert isinstance(event, ChatCompletionChunk)  # noqa: S101 - just looked at
            yield from self._state.handle_chunk(event)

    def message(self) -> Json:
        """Returns `stream.get_final_completion()` as JSON.

        Raises:
            NativeRaise: see `ChatCompletionStreamState.get_final_completion`.
        """
        return self._state.get_final_completion()

    def stored(self) -> Json:
        """Returns `completion.to_dict(mode="json")`."""
        return self.message()
