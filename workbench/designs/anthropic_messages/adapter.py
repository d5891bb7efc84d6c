"""The port of the SDK's helper for one response: the provider's half, the helper's half.

Rules:
1. `produce` gives raw events, `accept` takes any raw event of `vocabulary`; either could be exchanged for the real one.
   `tests/designs/anthropic_messages/` holds `accept` against the installed SDK.
2. After a raise `get_final_message()` still answers, with what had come, as the SDK's does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.design import Adapter
from workbench.designs.anthropic_messages.provider import Provider
from workbench.designs.anthropic_messages.stream import MessageStream
from workbench.designs.anthropic_messages.vocabulary import BaseModel
from workbench.transcript import Delta, Json


class HelperAdapter(Adapter):
    """Deltas in; the helper's events and the message out."""

    def __init__(self) -> None:
        self._provider = Provider()
        self._stream = MessageStream()

    def produce(self, step: Sequence[Delta]) -> Iterator[BaseModel]:
        """Yields the raw events of one frame; see `Provider.produce`."""
        return self._provider.produce(step)

    def accept(self, event: object) -> Iterator[BaseModel]:
        """Yields what the helper hands out for one raw event; see `MessageStream.receive`."""
        assert isinstance(event, BaseModel)  # noqa: S101 - what `produce` yields
        return self._stream.receive(event)

    def message(self) -> Json:
        """Returns `stream.get_final_message()` as JSON.

        Raises:
            NativeRaise: see `MessageStream.get_final_message`.
        """
        return self._stream.get_final_message()

    def stored(self) -> Json:
        """Returns `message.to_dict(mode="json")`, which is what `message.to_json()` writes as text."""
        return self.message()
