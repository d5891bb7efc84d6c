"""Drives the anthropic SDK: the stream helper, synchronous and asynchronous, and bare events.

What is said of events, message and stored form is `to_dict(mode="json")`, the SDK's documented call: fields that were
given, and nothing else. It loses nothing: a field that was not sent has its default, and extra fields are kept.

| variant | call | what is iterated over |
|---|---|---|
| `stream` | `client.messages.stream()` | the helper's events |
| `async-stream` | the same of `AsyncAnthropic` | the helper's events |
| `raw` | `client.messages.create(stream=True)` | the API's events, and there is no message |

Rules:
1. In the framework way raw events as JSON become the SDK's own and are read by a `MessageStream`, as in the helper.
2. The next request is made of the stored message alone: `to_param()` of it, and results for its calls.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.metadata
import json
import math
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
from anthropic.lib.streaming import MessageStream
from anthropic.types import (
    Message,
    RawContentBlockDeltaEvent,
    RawContentBlockStartEvent,
    RawContentBlockStopEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
)

DIALECT = "anthropic-messages"
MAX_TOKENS = 4096
RAW: dict[str, Any] = {
    "message_start": RawMessageStartEvent,
    "content_block_start": RawContentBlockStartEvent,
    "content_block_delta": RawContentBlockDeltaEvent,
    "content_block_stop": RawContentBlockStopEvent,
    "message_delta": RawMessageDeltaEvent,
    "message_stop": RawMessageStopEvent,
}


class Harness:
    """The other side: reads what it asks, and writes the answers to one run."""

    def __init__(self, requests: int, answers: int) -> None:
        for number in (requests, answers):
            os.set_inheritable(number, False)  # what the library starts must not hold these open
        self._requests = os.fdopen(requests, "rb")
        self._answers = os.fdopen(answers, "wb", buffering=0)
        self._mark: dict[str, Any] = {}
        self._count = 0

    def questions(self) -> Iterator[dict[str, Any]]:
        """Yields what is asked, until the harness hangs up."""
        for line in self._requests:
            yield json.loads(line)

    def say(self, line: dict[str, Any]) -> None:
        """Writes one line. A pipe may take a part of it only, so this goes on until all of it is taken."""
        data = memoryview(json.dumps(line).encode() + b"\n")
        while data:
            data = data[self._answers.write(data) :]

    def begin(self, question: dict[str, Any]) -> None:
        """Remembers which run the answers belong to."""
        self._mark = {"seq": question["seq"], "nonce": question["nonce"]}
        self._count = 0

    def answer(self, kind: str, value: Any, frame: int | None = None) -> None:
        """Answers; in the framework way an event and an exception say after which frame they came."""
        told = {} if frame is None else {"frame": frame}
        self.say({**self._mark, kind: value, **told})
        self._count += 1

    def try_to(self, at: str, make: Callable[[], Any], frame: int | None = None) -> Any:
        """Answers with what a call of the library gives, or with what it raises; returns it, or None."""
        try:
            value = make()
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
            self.answer("raised", {"at": at, "type": type(error).__name__, "message": str(error)}, frame)
            return None
        self.answer(at, value)
        return value

    def end(self, kind: str, value: Any = None) -> None:
        """Ends the run: `done`, `declined` with a reason, or `failed` with what went wrong in the driver itself."""
        self.say({**self._mark, kind: self._count if kind == "done" else value})


# ------------------------------------------------------------------------------------------------------ the request


def arguments_of(request: dict[str, Any]) -> dict[str, Any]:
    """Writes what the call gets beside its messages."""
    arguments: dict[str, Any] = {"model": request["model"], "max_tokens": MAX_TOKENS}
    system = [block for one in request["messages"] if one["role"] == "system" for block in blocks_of(one)]
    if system:
        arguments["system"] = system
    if request["tools"]:
        arguments["tools"] = [
            {"name": tool["name"], "description": tool["description"], "input_schema": tool["parameters"]}
            for tool in request["tools"]
        ]
    if request["response_schema"] is not None:
        arguments["output_config"] = {"format": {"type": "json_schema", "schema": request["response_schema"]}}
    return arguments


def blocks_of(message: dict[str, Any]) -> list[Any]:
    """Writes the parts of a neutral message as content blocks."""
    blocks: list[Any] = []
    for part in message["parts"]:
        kind = part["type"]
        if kind == "text" and part["text"]:
            blocks.append({"type": "text", "text": part["text"]})
        elif kind == "reasoning" and part.get("redacted"):
            blocks.append({"type": "redacted_thinking", "data": part.get("data", "")})
        elif kind == "reasoning" and part.get("signature"):
            blocks.append({"type": "thinking", "thinking": part.get("text", ""), "signature": part["signature"]})
        elif kind == "tool-call":
            call = {"id": part.get("id") or "", "name": part["name"], "input": json.loads(part["arguments"] or "{}")}
            blocks.append({"type": "server_tool_use" if part.get("server") else "tool_use", **call})
        elif kind == "tool-result":
            told = {"is_error": True} if part.get("error") else {}
            blocks.append({"type": "tool_result", "tool_use_id": part["call"], "content": part["output"], **told})
    return blocks


def messages_of(asked: dict[str, Any]) -> list[Any]:
    """Writes the conversation so far: what was asked first, then the turns before from what was stored of them."""
    neutral = [message for message in asked["request"]["messages"] if message["role"] != "system"]
    if asked["history"]:
        roles = [message["role"] for message in neutral]
        neutral = neutral[: roles.index("assistant")] if "assistant" in roles else neutral
    messages: list[Any] = []
    for message in neutral:
        role = "assistant" if message["role"] == "assistant" else "user"
        if messages and messages[-1]["role"] == role == "user":
            messages[-1]["content"] += blocks_of(message)
        else:
            messages.append({"role": role, "content": blocks_of(message)})
    for turn in asked["history"]:
        messages += next_messages(restore(turn["stored"]), turn["follow"])
    return messages


def next_messages(message: Any, follow: dict[str, Any]) -> list[Any]:
    """Continues a conversation: the message as a param, results for the calls in it, the prompt."""
    given: list[Any] = [
        {"type": "tool_result", "tool_use_id": block.id, "content": follow["results"][block.name]}
        for block in message.content
        if block.type == "tool_use" and block.name in follow["results"]
    ]
    given.append({"type": "text", "text": follow["prompt"]})
    return [message.to_param(), {"role": "user", "content": given}]


def restore(stored: Any) -> Any:
    """Reads a stored message back: the SDK builds objects of JSON in this way, and checks nothing."""
    return Message.model_construct(**stored)


def dump(model: Any) -> Any:
    """Writes a model as JSON: the fields that were given. Warnings of pydantic say nothing about the JSON."""
    return finite(model.to_dict(mode="json", warnings=False))


def finite(value: Any) -> Any:
    """Puts null for a number that JSON does not have, as `to_json` does: half-read arguments may hold one."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def plain(value: Any) -> Any:
    """Writes a param as it is sent: models in it as JSON."""
    if isinstance(value, anthropic.BaseModel):
        return dump(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


# ---------------------------------------------------------------------------------------------------------- the run


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: events, then message, stored form, restored message, next request."""
    if asked["way"] == "shipped" and asked["dialect"] != DIALECT:
        harness.end("declined", f"no provider code for {asked['dialect']}")
        return
    arguments = arguments_of(asked["request"])
    if asked["way"] == "framework":
        framework(harness, asked, arguments)
    elif asked["variant"] == "async-stream":
        asyncio.run(stream_async(harness, asked, arguments))
    else:
        with anthropic.Anthropic(base_url=asked["base_url"], api_key="made-up", max_retries=0) as client:
            ways = {"raw": stream_raw, "stream": stream}
            ways[asked["variant"]](harness, asked, arguments, client)
    harness.end("done")


class Pushed:
    """Stands where the helper has its stream of raw events, and gives it those that are pushed.

    Attributes:
        frame: of the event that was given last.
    """

    response = None

    def __init__(self, events: list[Any]) -> None:
        self.events = events
        self.frame = -1

    def __iter__(self) -> Iterator[Any]:
        for frame, event in self.events:
            self.frame = frame
            yield RAW[event["type"]].model_construct(**event)


def framework(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Pushes raw events through the helper; says after which frame each event came."""
    pushed = Pushed(asked["events"])
    raw: Any = pushed
    found: Any = MessageStream(raw, output_format=anthropic.not_given)
    try:
        for event in found:
            harness.answer("event", dump(event), pushed.frame)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
        harness.answer("raised", raising("event", error), pushed.frame)
    restored = afterwards(harness, found.get_final_message, pushed.frame)
    if restored is not None and asked["follow"] is not None:
        messages = plain([*messages_of(asked), *next_messages(restored, asked["follow"])])
        system = {"system": arguments["system"]} if "system" in arguments else {}
        harness.answer("request", {**system, "messages": messages})


def stream(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any], client: anthropic.Anthropic) -> None:
    """Iterates over the helper's events."""
    messages = messages_of(asked)
    found: Any = None
    try:
        with client.messages.stream(messages=messages, **arguments) as found:
            for event in found:
                harness.answer("event", dump(event))
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", raising("event", error))
    restored = None if found is None else afterwards(harness, found.get_final_message)
    if restored is not None and asked["follow"] is not None:
        try:
            messages += next_messages(restored, asked["follow"])
            with client.messages.stream(messages=messages, **arguments) as answered:
                answered.until_done()
        except Exception as error:  # noqa: BLE001 - see above
            harness.answer("raised", raising("request", error))


def stream_raw(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any], client: anthropic.Anthropic) -> None:
    """Iterates over bare events. There is no message to go on from."""
    try:
        with client.messages.create(messages=messages_of(asked), stream=True, **arguments) as events:
            for event in events:
                harness.answer("event", dump(event))
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", raising("event", error))


async def stream_async(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Iterates over the helper's events, asynchronously."""
    messages = messages_of(asked)
    async with anthropic.AsyncAnthropic(base_url=asked["base_url"], api_key="made-up", max_retries=0) as client:
        found: Any = None
        message: Any = None
        broken: Exception | None = None
        try:
            async with client.messages.stream(messages=messages, **arguments) as found:
                async for event in found:
                    harness.answer("event", dump(event))
        except Exception as error:  # noqa: BLE001 - see above
            harness.answer("raised", raising("event", error))
        try:
            message = None if found is None else await found.get_final_message()
        except Exception as error:  # noqa: BLE001 - it is raised again where the message is asked for
            broken = error

        def final() -> Any:
            if broken is not None:
                raise broken
            return message

        restored = None if found is None else afterwards(harness, final)
        if restored is not None and asked["follow"] is not None:
            try:
                messages += next_messages(restored, asked["follow"])
                async with client.messages.stream(messages=messages, **arguments) as answered:
                    await answered.until_done()
            except Exception as error:  # noqa: BLE001 - see above
                harness.answer("raised", raising("request", error))


def afterwards(harness: Harness, final: Callable[[], Any], frame: int | None = None) -> Any:
    """Answers with message, stored form and restored message; returns the last, or None."""
    message = harness.try_to("message", lambda: dump(final()), frame)
    if message is None:
        return None
    stored = harness.try_to("stored", lambda: json.loads(json.dumps(message)), frame)
    if stored is None or harness.try_to("restored", lambda: dump(restore(stored)), frame) is None:
        return None
    return restore(stored)


def raising(at: str, error: Exception) -> dict[str, str]:
    """Says what was raised where."""
    return {"at": at, "type": type(error).__name__, "message": str(error)}


def describe() -> dict[str, Any]:
    """Says what this driver is."""
    return {
        "library": "anthropic",
        "release": importlib.metadata.version("anthropic"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [
            {"id": "stream", "title": "events of the stream helper"},
            {
                "id": "async-stream",
                "title": "events of the stream helper, asynchronously",
                "async": True,
                "ways": ["shipped"],
            },
            {"id": "raw", "title": "bare events", "mode": "raw", "ways": ["shipped"]},
        ],
        "dialects": [DIALECT],
        "packages": {name: importlib.metadata.version(name) for name in ("jiter", "pydantic")},
    }


def main() -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    for question in harness.questions():
        nonce = question["nonce"]
        if "hello" in question:
            harness.say({"hello": 1, "nonce": nonce, "driver": describe()})
        elif "run" in question:
            harness.begin(question)
            try:
                run(harness, question["run"])
            except Exception as error:  # noqa: BLE001 - a failure of the driver itself ends the run, not the harness
                trace = traceback.format_exc()
                harness.end("failed", {"type": type(error).__name__, "message": str(error), "trace": trace})
        elif "rest" in question:
            gc.collect()  # what the run has opened is to be closed by now
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)  # taking the SDK's thousands of classes apart takes seconds where the machine is busy


if __name__ == "__main__":
    main()
