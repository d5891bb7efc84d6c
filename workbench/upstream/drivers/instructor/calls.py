"""The calls of Instructor: how each is asked, by a client over an SDK or by one that producer events stand in for."""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import asyncio
import contextlib
import importlib.util
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anthropic
import instructor
import openai
from classes import item_model, response_model
from messages import anthropic_messages, openai_messages
from openai.types.chat import ChatCompletion, ChatCompletionChunk

CALLS = {
    "partial": "create_partial",
    "iterable": "create_iterable",
    "completion": "create_with_completion",
    "create": "create",
}
STREAMING = ("partial", "iterable")
MODES = {"tools": "TOOLS", "json": "JSON", "md-json": "MD_JSON"}
OPENAI, ANTHROPIC = "openai-chat", "anthropic-messages"
UNIFIED = importlib.util.find_spec("instructor.v2") is not None
"""Modes are named without their provider, and what reads the cache can be strict."""


class Asked:
    """One run, read: its call, its class, and how the library is asked."""

    def __init__(self, run: Any) -> None:
        words = run["variant"].removeprefix("async-").partition("-")
        self.run = run
        self.is_async = run["variant"].startswith("async-")
        self.call, self.mode_id = words[0], words[2]
        self.model = (item_model if self.call == "iterable" else response_model)(run["request"])
        self.frame: int | None = None  # of the producer event that was pushed last

    @property
    def streams(self) -> bool:
        """Whether the call is one that streams."""
        return self.call in STREAMING

    def arguments(self) -> dict[str, Any]:
        """The call's arguments beside the hand-made ones."""
        request = self.run["request"]
        write = anthropic_messages if self.run["dialect"] == ANTHROPIC else openai_messages
        asked = {"response_model": self.model, "model": request["model"], "max_retries": 0}
        asked["messages"] = [one for message in request["messages"] for one in write(message)]
        return {**asked, "max_tokens": 1024} if self.run["dialect"] == ANTHROPIC else asked

    def clients(self) -> tuple[Any, Any]:
        """Makes Instructor's client, and the SDK's below it, which is None where producer events stand in for it."""
        if self.run["way"] == "framework":
            return self.framework_client(), None
        is_openai, url = self.run["dialect"] == OPENAI, self.run["base_url"]
        sdk: Any = openai if is_openai else anthropic
        make = getattr(sdk, ("Async" if self.is_async else "") + ("OpenAI" if is_openai else "Anthropic"))
        # Loading certificates takes longer than a run, and loopback has none.
        http = (sdk.DefaultAsyncHttpxClient if self.is_async else sdk.DefaultHttpxClient)(verify=False)
        base = f"{url}/v1" if is_openai else url
        client = make(base_url=base, api_key="none", max_retries=0, http_client=http)
        wrap = instructor.from_openai if is_openai else instructor.from_anthropic
        return wrap(client, mode=self.mode(self.run["dialect"])), client

    def mode(self, dialect: str) -> Any:
        """The library's mode; the provider was once a part of its name."""
        prefix = "" if UNIFIED or dialect == OPENAI else "ANTHROPIC_"
        return instructor.Mode[prefix + MODES[self.mode_id]]

    def framework_client(self) -> Any:
        """Makes a client to which the producer events are the provider's answer."""
        pushed = self.run["events"]
        whole = pushed[0][1] if pushed and isinstance(pushed[0][1], dict) else {}
        dialect = ANTHROPIC if whole.get("type") == "message" else OPENAI
        provider = instructor.Provider.ANTHROPIC if dialect == ANTHROPIC else instructor.Provider.OPENAI
        mode = self.mode(dialect)
        named = {"provider": provider} if UNIFIED else {}
        client = instructor.AsyncInstructor if self.is_async else instructor.Instructor
        create: Any = instructor.patch(create=self.answer_later if self.is_async else self.answer, mode=mode, **named)
        return client(client=None, create=create, mode=mode, provider=provider)

    def answer(self, **_: Any) -> Any:
        """Stands in for the SDK's `create`."""
        return self.chunks() if self.streams else self.whole()

    async def answer_later(self, **_: Any) -> Any:
        """Stands in for the SDK's asynchronous `create`."""
        return self.chunks_later() if self.streams else self.whole()

    def whole(self) -> Any:
        """The provider's object of the one producer event."""
        self.frame, document = self.run["events"][0]
        kind: Any = anthropic.types.Message if document.get("type") == "message" else ChatCompletion
        return kind.construct(**document)

    def chunks(self) -> Iterator[Any]:
        """Yields each fragment in a chunk, and remembers after which frame that is."""
        for frame, fragment in self.run["events"]:
            self.frame = frame
            call = {"index": 0, "function": {"arguments": fragment}}
            choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}
            yield ChatCompletionChunk.construct(choices=[choice])

    async def chunks_later(self) -> AsyncIterator[Any]:
        """Yields the same asynchronously."""
        for chunk in self.chunks():
            yield chunk

    def iterate(self, take: Callable[[Any], None]) -> None:
        """Calls the library, and hands on what it hands out as it comes."""
        if self.is_async:
            asyncio.run(self._iterate_later(take))
            return
        client, sdk = self.clients()
        with sdk if sdk is not None else contextlib.nullcontext():
            result = getattr(client, CALLS[self.call])(**self.arguments())
            for found in result if self.streams else [result]:
                take(found)

    async def _iterate_later(self, take: Callable[[Any], None]) -> None:
        client, sdk = self.clients()
        async with sdk if sdk is not None else contextlib.nullcontext():
            result = getattr(client, CALLS[self.call])(**self.arguments())
            if not self.streams:
                take(await result)
                return
            async with contextlib.aclosing(result) as stream:
                async for found in stream:
                    take(found)
