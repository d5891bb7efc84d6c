"""One run: one response of the library, streamed, stored, restored and gone on from.

Rules:
1. A run is one response: a direct request never runs a tool and never asks again. An agent would, also where a provider
   pauses, so it has no variant here.
2. JSON is the library's own: events as pydantic dumps the union that they are declared in, messages as
   `ModelMessagesTypeAdapter` does.
3. What the library raises while streaming does not end the run: it still has a response then.
"""

# mypy: disable-error-code="import-not-found,misc"
# The library is in the release's environment, and not in ours; modules of this folder find each other at run time.
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from answering import Harness
from anthropic import AsyncAnthropic
from asking import conversation, following, parameters
from openai import AsyncOpenAI
from pydantic import TypeAdapter
from pydantic_ai.direct import model_request_stream, model_request_stream_sync
from pydantic_ai.messages import ModelMessagesTypeAdapter as Adapter
from pydantic_ai.messages import ModelResponseStreamEvent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from scripted import ScriptedModel
from still import QuietAnthropic, QuietOpenAI

EVENTS = TypeAdapter(ModelResponseStreamEvent)


class Run:
    """One run: the model, and what is asked of it."""

    def __init__(self, harness: Harness, asked: dict[str, Any]) -> None:
        self.harness = harness
        self.asked = asked
        self.client: Any = None
        self.restored: list[Any] = []
        self.frame: list[Any] = [None]
        self.model = self._model(asked["request"]["model"])
        self.messages = conversation(asked, self.model.system)

    def _model(self, name: str) -> Any:
        if self.asked["way"] == "framework":
            scripted = ScriptedModel(name, self.asked["events"])
            self.frame = scripted.frame
            return scripted
        url = self.asked["base_url"]
        if self.asked["dialect"] == "openai-chat":
            self.client = AsyncOpenAI(base_url=f"{url}/v1", api_key="made-up", max_retries=0)
            return OpenAIChatModel(name, provider=QuietOpenAI(openai_client=self.client))
        self.client = AsyncAnthropic(base_url=url, api_key="made-up", max_retries=0)
        return AnthropicModel(name, provider=QuietAnthropic(anthropic_client=self.client))

    async def direct(self) -> None:
        """Streams one response."""
        said = parameters(self.asked)
        with self.raising("event"):
            async with model_request_stream(self.model, self.messages, model_request_parameters=said) as stream:
                with self.raising("event"):
                    async for event in stream:
                        self.event(event)
                self.keep(stream.get)

    def sync(self) -> None:
        """Streams one response without async."""
        said = parameters(self.asked)
        opening = model_request_stream_sync(self.model, self.messages, model_request_parameters=said)
        with self.raising("event"), opening as stream:
            with self.raising("event"):
                for event in stream:
                    self.event(event)
            self.keep(lambda: stream.response)

    def event(self, event: Any) -> None:
        """Says an event."""
        self.harness.answer("event", EVENTS.dump_python(event, mode="json"), self.frame[0])

    @contextmanager
    def raising(self, at: str) -> Iterator[None]:
        """Says what the library raises."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
            told = {"at": at, "type": type(error).__name__, "message": str(error)}
            self.harness.answer("raised", told, self.frame[0])

    def keep(self, get: Callable[[], Any]) -> None:
        """Says message, stored form and restored message; keeps what was restored."""
        with self.raising("message"):
            response = get()
            self.harness.answer("message", Adapter.dump_python([response], mode="json")[0])
            with self.raising("stored"):
                text = Adapter.dump_json([response])
                self.harness.answer("stored", json.loads(text))
                with self.raising("restored"):
                    self.restored = Adapter.validate_json(text)
                    self.harness.answer("restored", Adapter.dump_python(self.restored, mode="json")[0])

    async def follow(self) -> None:
        """Makes the next request from what was stored alone; as shipped it is sent."""
        if self.asked["follow"] is None or not self.restored:
            return
        following_messages = [*self.messages, *self.restored, following(self.restored, self.asked["follow"])]
        if self.asked["way"] == "framework":
            self.harness.answer("request", Adapter.dump_python(following_messages, mode="json"))
            return
        said = parameters(self.asked)
        with self.raising("request"):
            async with model_request_stream(self.model, following_messages, model_request_parameters=said) as stream:
                async for _ in stream:
                    pass

    async def close(self) -> None:
        """Closes the client."""
        if self.client is not None:
            await self.client.close()
