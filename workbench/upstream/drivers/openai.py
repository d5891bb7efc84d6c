"""Drives the openai SDK: the chat helper, synchronous and asynchronous, and bare chunks.

What is said of events, completion and stored form is `to_dict(mode="json")`, the SDK's documented call: fields that
were given, and nothing else. It loses nothing: a field that was not sent has its default, and extra fields are kept.

| variant | call | what is iterated over |
|---|---|---|
| `stream` | `client.chat.completions.stream()` | the helper's events |
| `async-stream` | the same of `AsyncOpenAI` | the helper's events |
| `raw` | `client.chat.completions.create(stream=True)` | chunks |

In `raw` a `ChatCompletionStreamState` adds the chunks up beside, as that class documents it for programs that do so.

Rules:
1. In the framework way chunks as JSON become the SDK's own and go through `ChatCompletionStreamState`, which is what
   `stream` iterates with.
2. Tools are marked strict where their schema meets what strict mode demands, as OpenAI asks for.
3. The next request is made of the stored completion alone: its message is appended as it is, and results for its calls.
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

import openai
from openai.lib.streaming.chat import ChatCompletionStreamState
from openai.types.chat import ChatCompletionChunk, ParsedChatCompletion

DIALECT = "openai-chat"


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


def is_strict(schema: Any) -> bool:
    """Says whether a schema meets what strict mode demands: all properties required, no others allowed."""
    known = {"type", "properties", "required", "additionalProperties", "items", "enum", "title", "description"}
    if not set(schema) <= known:
        return False
    if schema.get("type") == "object":
        properties = schema.get("properties") or {}
        whole = schema.get("additionalProperties") is False and set(schema.get("required") or ()) == set(properties)
        return whole and all(is_strict(one) for one in properties.values())
    return schema.get("type") != "array" or is_strict(schema.get("items") or {})


def arguments_of(request: dict[str, Any]) -> dict[str, Any]:
    """Writes what the call gets beside its messages."""
    arguments: dict[str, Any] = {"model": request["model"], "stream_options": {"include_usage": True}}
    tools = []
    for tool in request["tools"]:
        function = {"name": tool["name"], "description": tool["description"], "parameters": tool["parameters"]}
        if is_strict(tool["parameters"]):
            function["strict"] = True
        tools.append({"type": "function", "function": function})
    if tools:
        arguments["tools"] = tools
    if request["response_schema"] is not None:
        title = str(request["response_schema"].get("title", "answer"))
        name = "".join(one if one.isascii() and one.isalnum() else "_" for one in title)[:64]
        schema = {"name": name or "answer", "schema": request["response_schema"]}
        arguments["response_format"] = {"type": "json_schema", "json_schema": schema}
    return arguments


def written(message: dict[str, Any]) -> list[Any]:
    """Writes a neutral message as message params."""
    parts = message["parts"]
    if message["role"] == "tool":
        return [{"role": "tool", "tool_call_id": part["call"], "content": part["output"]} for part in parts]
    joined = {
        kind: "".join(part.get("text", "") for part in parts if part["type"] == kind)
        for kind in ("text", "reasoning", "refusal")
    }
    if message["role"] != "assistant":
        texts = [part["text"] for part in parts if part["type"] == "text"]
        whole: Any = texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]
        return [{"role": message["role"], "content": whole}]
    answer: dict[str, Any] = {"role": "assistant", "content": joined["text"] or None}
    if joined["reasoning"]:
        answer["reasoning_content"] = joined["reasoning"]
    if joined["refusal"]:
        answer["refusal"] = joined["refusal"]
    calls = [part for part in parts if part["type"] == "tool-call" and not part.get("server")]
    if calls:
        answer["tool_calls"] = [
            {
                "id": part.get("id") or "",
                "type": "function",
                "function": {"name": part["name"], "arguments": part["arguments"]},
            }
            for part in calls
        ]
    return [answer]


def messages_of(asked: dict[str, Any]) -> list[Any]:
    """Writes the conversation so far: what was asked first, then the turns before from what was stored of them."""
    neutral = asked["request"]["messages"]
    if asked["history"]:
        roles = [message["role"] for message in neutral]
        neutral = neutral[: roles.index("assistant")] if "assistant" in roles else neutral
    messages = [one for message in neutral for one in written(message)]
    for turn in asked["history"]:
        messages += next_messages(restore(turn["stored"]), turn["follow"])
    return messages


def next_messages(completion: Any, follow: dict[str, Any]) -> list[Any]:
    """Continues a conversation: the message as it is, results for the calls in it, the prompt."""
    messages: list[Any] = []
    for choice in completion.choices[:1]:
        messages.append(choice.message)
        for call in choice.message.tool_calls or ():
            if call.function.name in follow["results"]:
                result = follow["results"][call.function.name]
                messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return [*messages, {"role": "user", "content": follow["prompt"]}]


def restore(stored: Any) -> Any:
    """Reads a stored completion back: the SDK builds objects of JSON in this way, and checks nothing."""
    return ParsedChatCompletion.model_construct(**stored)


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


# ---------------------------------------------------------------------------------------------------------- the run


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: events, then completion, stored form, restored completion, next request."""
    if asked["way"] == "shipped" and asked["dialect"] != DIALECT:
        harness.end("declined", f"no provider code for {asked['dialect']}")
        return
    arguments = arguments_of(asked["request"])
    if asked["way"] == "framework":
        framework(harness, asked, arguments)
    elif asked["variant"] == "async-stream":
        asyncio.run(stream_async(harness, asked, arguments))
    else:
        with openai.OpenAI(base_url=f"{asked['base_url']}/v1", api_key="made-up", max_retries=0) as client:
            ways = {"raw": stream_raw, "stream": stream}
            ways[asked["variant"]](harness, asked, arguments, client)
    harness.end("done")


def framework(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Pushes chunks through the helper's state; says after which frame each event came."""
    state = state_for(arguments)
    frame = -1
    try:
        for frame, event in asked["events"]:
            for produced in state.handle_chunk(ChatCompletionChunk.model_construct(**event)):
                harness.answer("event", dump(produced), frame)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
        harness.answer("raised", raising("event", error), frame)
    restored = afterwards(harness, state.get_final_completion, frame)
    if restored is not None and asked["follow"] is not None:
        messages = [*messages_of(asked), *next_messages(restored, asked["follow"])]
        plain = [dump(message) if isinstance(message, openai.BaseModel) else message for message in messages]
        harness.answer("request", {"messages": plain})


def state_for(arguments: dict[str, Any]) -> Any:
    """Makes the helper's state as `stream` makes it."""
    tools = arguments.get("tools")
    return ChatCompletionStreamState(input_tools=tools) if tools else ChatCompletionStreamState()


def stream(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any], client: openai.OpenAI) -> None:
    """Iterates over the helper's events."""
    messages = messages_of(asked)
    found: Any = None
    try:
        with client.chat.completions.stream(messages=messages, **arguments) as found:
            for event in found:
                harness.answer("event", dump(event))
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", raising("event", error))
    restored = None if found is None else afterwards(harness, found.get_final_completion)
    if restored is not None and asked["follow"] is not None:
        try:
            messages += next_messages(restored, asked["follow"])
            with client.chat.completions.stream(messages=messages, **arguments) as answered:
                answered.until_done()
        except Exception as error:  # noqa: BLE001 - see above
            harness.answer("raised", raising("request", error))


def stream_raw(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any], client: openai.OpenAI) -> None:
    """Iterates over bare chunks; the helper's state adds them up beside."""
    messages = messages_of(asked)
    state = state_for(arguments)
    broken: Exception | None = None
    try:
        with client.chat.completions.create(messages=messages, stream=True, **arguments) as chunks:
            for chunk in chunks:
                harness.answer("event", dump(chunk))
                try:
                    if broken is None:
                        list(state.handle_chunk(chunk))
                except Exception as error:  # noqa: BLE001 - it is raised where the completion is asked for
                    broken = error
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", raising("event", error))

    def final() -> Any:
        if broken is not None:
            raise broken
        return state.get_final_completion()

    restored = afterwards(harness, final)
    if restored is not None and asked["follow"] is not None:
        try:
            messages += next_messages(restored, asked["follow"])
            with client.chat.completions.create(messages=messages, stream=True, **arguments) as chunks:
                for _ in chunks:
                    pass  # an answer is played, and nobody looks at it
        except Exception as error:  # noqa: BLE001 - see above
            harness.answer("raised", raising("request", error))


async def stream_async(harness: Harness, asked: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Iterates over the helper's events, asynchronously."""
    messages = messages_of(asked)
    async with openai.AsyncOpenAI(base_url=f"{asked['base_url']}/v1", api_key="made-up", max_retries=0) as client:
        found: Any = None
        completion: Any = None
        broken: Exception | None = None
        try:
            async with client.chat.completions.stream(messages=messages, **arguments) as found:
                async for event in found:
                    harness.answer("event", dump(event))
        except Exception as error:  # noqa: BLE001 - see above
            harness.answer("raised", raising("event", error))
        try:
            completion = None if found is None else await found.get_final_completion()
        except Exception as error:  # noqa: BLE001 - it is raised again where the completion is asked for
            broken = error

        def final() -> Any:
            if broken is not None:
                raise broken
            return completion

        restored = None if found is None else afterwards(harness, final)
        if restored is not None and asked["follow"] is not None:
            try:
                messages += next_messages(restored, asked["follow"])
                async with client.chat.completions.stream(messages=messages, **arguments) as answered:
                    await answered.until_done()
            except Exception as error:  # noqa: BLE001 - see above
                harness.answer("raised", raising("request", error))


def afterwards(harness: Harness, final: Callable[[], Any], frame: int | None = None) -> Any:
    """Answers with completion, stored form and restored completion; returns the last, or None."""
    completion = harness.try_to("message", lambda: dump(final()), frame)
    if completion is None:
        return None
    stored = harness.try_to("stored", lambda: json.loads(json.dumps(completion)), frame)
    if stored is None or harness.try_to("restored", lambda: dump(restore(stored)), frame) is None:
        return None
    return restore(stored)


def raising(at: str, error: Exception) -> dict[str, str]:
    """Says what was raised where."""
    return {"at": at, "type": type(error).__name__, "message": str(error)}


def describe() -> dict[str, Any]:
    """Says what this driver is."""
    return {
        "library": "openai",
        "release": importlib.metadata.version("openai"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [
            {"id": "stream", "title": "events of the chat helper"},
            {
                "id": "async-stream",
                "title": "events of the chat helper, asynchronously",
                "async": True,
                "ways": ["shipped"],
            },
            {"id": "raw", "title": "bare chunks", "mode": "raw", "ways": ["shipped"]},
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
