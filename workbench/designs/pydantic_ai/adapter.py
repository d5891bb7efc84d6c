"""The port of pydantic-ai 2.68.0 for one response: the provider half and the framework half, put together.

The framework is given the stream through `model_request_stream`: one response, whose tools nobody runs. Rules:

1. `produce` is provider code, `accept` the framework; either could be exchanged for the real one.
2. After an exception there is still a message: what came before, in the state `incomplete`.
3. Message and stored form are written once and share what they hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from workbench.design import Adapter
from workbench.designs.pydantic_ai.calls import Call, End, Fail, Produced, Report
from workbench.designs.pydantic_ai.messages import ModelMessagesTypeAdapter, ModelResponseStreamEvent
from workbench.designs.pydantic_ai.parts import Dict
from workbench.designs.pydantic_ai.provider import PROVIDER, Provider
from workbench.designs.pydantic_ai.streamed import StreamedResponse
from workbench.transcript import Delta


class PydanticAIAdapter(Adapter):
    """Deltas in; stream events, the response and its stored form out.

    Args:
        model: name of the model that was asked.
        output_tools: names of tools whose call is the result.
    """

    def __init__(self, model: str, output_tools: Collection[str] = ()) -> None:
        self.response = StreamedResponse(model, PROVIDER, output_tools)
        self._provider = Provider()
        self._stored: list[Dict] | None = None

    def produce(self, step: Sequence[Delta]) -> Iterator[Produced]:
        """Yields what provider code does about one frame; see `Provider.produce`."""
        return self._provider.produce(step)

    def accept(self, event: object) -> Iterator[ModelResponseStreamEvent]:
        """Yields what the program is handed for it; see `StreamedResponse.accept`."""
        if not isinstance(event, Call | Report | Fail | End):
            raise TypeError(f"provider code of pydantic-ai does no {type(event).__name__}")
        return self.response.accept(event)

    def message(self) -> Dict:
        """Returns `stream.get()` as JSON."""
        return self.stored()[0]

    def stored(self) -> list[Dict]:
        """Returns what `ModelMessagesTypeAdapter` makes of a list that holds the response."""
        if self._stored is None:
            self._stored = ModelMessagesTypeAdapter.dump_python([self.response.get()], mode="json")
        return self._stored
