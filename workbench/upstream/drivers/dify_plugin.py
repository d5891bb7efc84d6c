"""Drives dify-plugin, the SDK of Dify's model plug-ins, with its own class for OpenAI-compatible providers.

| answer | made by |
|---|---|
| `event` | `OAICompatLargeLanguageModel.invoke(stream=True)`: each `LLMResultChunk` |
| `legacy` | the chunk's text, where it has one: what code that knows of answer text alone reads |
| `message` | `session.model.llm.invoke(stream=False)`, which adds the same chunks up to an `LLMResult` |
| `stored`, `restored` | `LLMResult.model_dump_json()` and `model_validate_json()` |
| next request | prompt messages, given to `invoke` again |

**What the framework is here**: not much. In the framework way a plug-in of ours, which has the SDK's base class, yields
our chunks; `LargeLanguageModel.invoke` validates parameters and hands them on as they are, and the SDK's own adding up,
stored form and message classes take them from there.

Between a plug-in and `session.model.llm` stands Dify's own server. It is no part of the package: here the chunks go
from one to the other directly, as JSON, as it would hand them on. An exception goes with them.

Rules:
1. `dify_plugin` patches the standard library with gevent as it is imported, so it is imported first. Nothing here waits
   for anything but a descriptor and the one connection, so there are no threads to be patched away.
2. What a provider does not report, the class counts with a tokenizer whose vocabulary it fetches from another machine.
   Here it counts as it does by itself for texts of 100,000 characters and more: one for each character.
3. The clock stands still for the SDK, and the ids that it makes up for calls without one are counted, so that two runs
   are equal: latency is always 0.
4. A response schema is not sent: the class has no model of which it knows that it takes one.
"""

# mypy: disable-error-code="import-not-found, misc"
from __future__ import annotations

import gc
import importlib.metadata
import itertools
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import dify_plugin
from dify_plugin.entities.model.llm import LLMModelConfig, LLMResult, LLMResultChunk
from dify_plugin.entities.model.message import (
    AssistantPromptMessage,
    PromptMessageTool,
    SystemPromptMessage,
    ToolPromptMessage,
    UserPromptMessage,
)
from dify_plugin.interfaces.model import ai_model, large_language_model
from dify_plugin.interfaces.model.openai_compatible import llm as openai_compatible
from dify_plugin.invocations.model.llm import LLMInvocation

DIALECT = "openai-chat"
NEIGHBOURS = ("gevent", "pydantic", "requests")


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
            self.answer("raised", raising(at, error), frame)
            return None
        self.answer(at, value)
        return value

    def end(self, kind: str, value: Any = None) -> None:
        """Ends the run: `done`, `declined` with a reason, or `failed` with what went wrong in the driver itself."""
        self.say({**self._mark, kind: self._count if kind == "done" else value})


def raising(at: str, error: Exception) -> dict[str, str]:
    """Writes an exception as an answer."""
    return {"at": at, "type": type(error).__name__, "message": str(error)}


# ------------------------------------------------------------------------------------------------------- the library


class Shipped(dify_plugin.OAICompatLargeLanguageModel):
    """The SDK's class, which counts tokens by characters; see rule 2. Its errors name the module that it lies in."""

    __module__ = openai_compatible.__name__

    def _get_num_tokens_by_gpt2(self, text: str) -> int:
        return len(text)


class Scripted(dify_plugin.LargeLanguageModel):
    """A plug-in that yields chunks which are at hand."""

    def __init__(self, chunks: Iterator[Any]) -> None:
        dify_plugin.LargeLanguageModel.__init__(self, [])
        self._chunks = chunks

    def _invoke(self, *_: object, **__: object) -> Iterator[Any]:
        yield from self._chunks

    def get_num_tokens(self, *_: object, **__: object) -> int:
        """Counts nothing; the SDK asks for it."""
        return 0

    def validate_credentials(self, *_: object, **__: object) -> None:
        """Takes any; the SDK asks for it."""

    @property
    def _invoke_error_mapping(self) -> dict[Any, Any]:
        return {}


class Given(LLMInvocation):
    """`session.model.llm`, to which chunks and their exception come without Dify's server."""

    def __init__(self, chunks: list[Any], broken: Exception | None) -> None:
        super().__init__()
        self._chunks = chunks
        self._broken = broken

    def _backwards_invoke(self, type: Any, data_type: Any, data: Any) -> Iterator[Any]:  # noqa: A002 - theirs
        for chunk in self._chunks:
            yield data_type(**chunk)
        if self._broken is not None:
            raise self._broken


def stand_still() -> None:
    """Stops the clock of the SDK, and counts the ids that it makes up, from the first again."""
    for module in (ai_model, large_language_model):
        module.time = SimpleNamespace(perf_counter=lambda: 0.0)
    numbers = itertools.count(1)
    openai_compatible.uuid = SimpleNamespace(uuid4=lambda: SimpleNamespace(hex=f"{next(numbers):032x}"))


# ------------------------------------------------------------------------------------------------------- the request


def written(message: dict[str, Any]) -> list[Any]:
    """Writes a neutral message as prompt messages; reasoning as plug-ins write it, and refusals nowhere."""
    parts = message["parts"]
    if message["role"] == "tool":
        return [tool_message(part["output"], part.get("call"), part["name"]) for part in parts]
    texts = {"text": "{}", "reasoning": "<think>\n{}\n</think>"}
    content = "".join(texts[part["type"]].format(part.get("text", "")) for part in parts if part["type"] in texts)
    if message["role"] == "assistant":
        calls = [
            {
                "id": part.get("id") or "",
                "type": "function",
                "function": {"name": part["name"], "arguments": part["arguments"]},
            }
            for part in parts
            if part["type"] == "tool-call"
        ]
        return [AssistantPromptMessage(content=content, tool_calls=calls)]
    return [(SystemPromptMessage if message["role"] == "system" else UserPromptMessage)(content=content)]


def tool_message(output: str, call: str | None, name: str) -> Any:
    """Writes a tool's message."""
    return ToolPromptMessage(content=output, tool_call_id=call or "", name=name)


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


def next_messages(result: Any, follow: dict[str, Any]) -> list[Any]:
    """Continues a conversation: the message as it is, results for the calls in it, the prompt."""
    results = follow["results"]
    called = ((call.id, call.function.name) for call in result.message.tool_calls)
    messages = [result.message, *(tool_message(results[name], call, name) for call, name in called if name in results)]
    if follow["prompt"]:
        messages.append(UserPromptMessage(content=follow["prompt"]))
    return messages


def restore(stored: Any) -> Any:
    """Reads a stored result back."""
    return LLMResult.model_validate_json(json.dumps(stored))


def dump(model: Any) -> Any:
    """Writes a model as JSON, every field."""
    return model.model_dump(mode="json")


# ------------------------------------------------------------------------------------------------------------ the run


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: chunks, then the result, its stored form, the restored result, the next request."""
    if asked["way"] == "shipped" and asked["dialect"] != DIALECT:
        harness.end("declined", f"no provider code for {asked['dialect']}")
        return
    stand_still()
    messages = messages_of(asked)
    frames = [-1]
    framework = asked["way"] == "framework"
    stream = pushed(asked, frames) if framework else invoke(asked, messages)
    chunks, broken = iterate(harness, stream, frames if framework else None)
    frame = frames[-1] if framework else None
    result: list[Any] = []

    def message() -> Any:
        result.append(assembled(asked["request"]["model"], chunks, broken))
        return dump(result[0])

    if harness.try_to("message", message, frame) is not None:
        finish(harness, asked, result[0], messages, frame)
    harness.end("done")


def finish(harness: Harness, asked: dict[str, Any], result: Any, messages: list[Any], frame: int | None) -> None:
    """Stores the result, reads it back, and makes the next request of what was read."""
    stored = harness.try_to("stored", lambda: json.loads(result.model_dump_json()), frame)
    if stored is None or harness.try_to("restored", lambda: dump(restore(stored)), frame) is None:
        return
    if asked["follow"] is None:
        return
    messages = [*messages, *next_messages(restore(stored), asked["follow"])]
    if frame is not None:
        harness.try_to("request", lambda: [dump(message) for message in messages], frame)
        return
    try:
        for _ in invoke(asked, messages):
            pass  # an answer is played, and nobody looks at it
    except Exception as error:  # noqa: BLE001 - see above
        harness.answer("raised", raising("request", error))


def invoke(asked: dict[str, Any], messages: list[Any]) -> Iterator[Any]:
    """Calls the SDK's class for OpenAI-compatible providers."""
    credentials = {
        "mode": "chat",
        "endpoint_url": f"{asked['base_url']}/v1",
        "api_key": "made-up",
        "function_calling_type": "tool_call",
    }
    tools = [
        PromptMessageTool(name=tool["name"], description=tool["description"], parameters=tool["parameters"])
        for tool in asked["request"]["tools"]
    ]
    model = Shipped([])
    yield from model.invoke(
        model=asked["request"]["model"],
        credentials=credentials,
        prompt_messages=list(messages),
        model_parameters={},
        tools=tools or None,
        stream=True,
    )


def pushed(asked: dict[str, Any], frames: list[int]) -> Iterator[Any]:
    """Pushes our chunks through the SDK's `invoke`; `frames` gets the frame of each before it comes out."""

    def chunks() -> Iterator[Any]:
        for frame, event in asked["events"]:
            frames.append(frame)
            yield LLMResultChunk(**event)

    model = Scripted(chunks())
    yield from model.invoke(model=asked["request"]["model"], credentials={}, prompt_messages=[])


def iterate(harness: Harness, stream: Iterator[Any], frames: list[int] | None) -> tuple[list[Any], Exception | None]:
    """Says each chunk the moment it comes; returns all of them as JSON, and what ended them."""
    chunks: list[Any] = []
    try:
        for chunk in stream:
            frame = None if frames is None else frames[-1]
            chunks.append(dump(chunk))
            harness.answer("event", chunks[-1], frame)
            if text := chunk.delta.message.get_text_content():
                harness.answer("legacy", {"content": text}, frame)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
        harness.answer("raised", raising("event", error), None if frames is None else frames[-1])
        return chunks, error
    return chunks, None


def assembled(model: str, chunks: list[Any], broken: Exception | None) -> Any:
    """Lets the SDK add the chunks up."""
    config = LLMModelConfig(provider="workbench", model=model, mode="chat")
    return Given(chunks, broken).invoke(config, [], stream=False)


def describe() -> dict[str, Any]:
    """Says what this driver is."""
    return {
        "library": "dify-plugin",
        "release": importlib.metadata.version("dify-plugin"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework", "shipped"],
        "variants": [{"id": "sync", "title": "OAICompatLargeLanguageModel.invoke(stream=True)"}],
        "dialects": [DIALECT],
        "packages": {name: importlib.metadata.version(name) for name in NEIGHBOURS},
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
            return


if __name__ == "__main__":
    main()
