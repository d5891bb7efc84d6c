"""Drives graphon: its LLM node, with reasoning left tagged in the text, or separated from it.

| answer | made by |
|---|---|
| `event` | `LLMNode.run()`: each event, its class under `event`, since no field of it says so |
| `legacy` | `NodeRunStreamChunkEvent.chunk`, `NodeRunFailedEvent.error`: older than events of reasoning |
| `message` | the `node_run_result` of the last event |
| `stored`, `restored` | `NodeRunResult.model_dump_json()` and `model_validate_json()` |

**There is no shipped way.** graphon calls models through a protocol, `LLMProtocol`. The one implementation that it
ships, `SlimLLM`, starts a program of another project, which runs plug-ins of Dify's. No code in the package reads a
provider's bytes.

**The framework** is the whole node: it makes the prompt, asks its model, splits the text, builds the result. Only the
model is ours, and yields the chunks that it is given. The engine, which lifts a node's events out of a graph and
forwards those that an answer shows, is not run: its threads would hide after which chunk an event came.

There is no next request: the package has a protocol for a memory of earlier messages, and nothing that keeps one.

Rules:
1. The node starts when its first chunk is at hand; what it says before it has that chunk's frame.
2. The clock stands still, and the run has a fixed id, so that two runs are equal.
3. A producer event `{"raise": {"type", "message"}}` makes the model raise.
4. Of the request, the texts of its messages are the node's prompt. Tools have no place in it.
"""

# mypy: disable-error-code="import-not-found, misc"
from __future__ import annotations

import builtins
import datetime as dt
import gc
import importlib.metadata
import json
import os
import platform
import sys
import traceback
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from graphon.engine_events import NodeRunFailedEvent, NodeRunStreamChunkEvent
from graphon.model_runtime.entities.llm_entities import LLMResultChunk
from graphon.model_runtime.entities.model_entities import AIModelEntity
from graphon.node_events.base import NodeRunResult
from graphon.nodes.base import node as base_node
from graphon.nodes.llm import LLMNode, LLMNodeData
from graphon.nodes.llm import node as llm_node
from graphon.runtime.init_params import InitParams
from graphon.runtime.runtime_state import RuntimeState
from graphon.runtime.variable_pool import VariablePool

NODE_ID = "llm"
PROVIDER = "workbench"
FORMATS = {"tagged": "reasoning_format: tagged, the default", "separated": "reasoning_format: separated"}


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


# -------------------------------------------------------------------------------------------------------- the library


class Model:
    """What the node asks: an `LLMProtocol` that yields chunks which are at hand."""

    provider = PROVIDER
    stop = None

    def __init__(self, name: str, events: list[Any]) -> None:
        self.model_name = name
        self.parameters: dict[str, Any] = {}
        self._events = events
        self.frame = events[0][0] if events else -1

    def invoke_llm(self, **_: object) -> Iterator[Any]:
        """Yields each chunk, and notes its frame before."""
        for frame, event in self._events:
            self.frame = frame
            if "raise" in event:
                raise exception(event["raise"])
            yield LLMResultChunk.model_validate(event)

    def get_model_schema(self) -> Any:
        """Tells that the model takes texts."""
        return AIModelEntity.model_validate(
            {
                "model": self.model_name,
                "label": {"en_US": self.model_name},
                "model_type": "llm",
                "fetch_from": "customizable-model",
                "model_properties": {},
            }
        )

    def get_llm_num_tokens(self, prompt_messages: object) -> int:
        """Counts nothing."""
        return 0

    def is_structured_output_parse_error(self, error: Exception) -> bool:
        """Knows of none."""
        return False


class Unsaid:
    """Writes the prompt into a result's process data: it is what was asked, and nobody measures it."""

    def serialize(self, **_: object) -> list[Any]:
        """Writes nothing."""
        return []


class StoppedClock(dt.datetime):
    """The time at which everything happens."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        """Says the beginning of 1970."""
        return dt.datetime(1970, 1, 1, tzinfo=tz)


def stand_still() -> None:
    """Stops the clocks that the node looks at."""
    base_node.datetime = StoppedClock
    llm_node.time = SimpleNamespace(perf_counter=lambda: 0.0)


def exception(told: dict[str, str]) -> Exception:
    """Makes the exception of a producer event, of Python's own class where there is one of that name."""
    known = getattr(builtins, told["type"], None)
    kind = known if isinstance(known, type) and issubclass(known, Exception) else type(told["type"], (Exception,), {})
    made: Exception = kind(told["message"])
    return made


def node(asked: dict[str, Any], model: Model) -> Any:
    """Makes the node as a graph would."""
    name = asked["request"]["model"]
    prompt = [
        {"role": message["role"], "text": text}
        for message in asked["request"]["messages"]
        if message["role"] in {"system", "user", "assistant"} and (text := text_of(message))
    ]
    data = LLMNodeData.model_validate(
        {
            "title": "LLM",
            "model": {"provider": PROVIDER, "name": name, "mode": "chat"},
            "prompt_template": prompt,
            "context": {"enabled": False},
            "reasoning_format": asked["variant"],
        }
    )
    made = LLMNode(
        NODE_ID,
        data,
        init_params=InitParams(workflow_id="workflow", graph_config={}, run_context={}, call_depth=0),
        runtime_state=RuntimeState(variable_pool=VariablePool(), start_at=0.0, workflow_id="workflow"),
        model_instance=model,
        llm_file_saver=None,
        prompt_message_serializer=Unsaid(),
    )
    made.bind_execution_id("run")
    return made


def text_of(message: dict[str, Any]) -> str:
    """Joins a message's texts."""
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


def dump(model: Any) -> Any:
    """Writes a model as JSON, every field."""
    return model.model_dump(mode="json")


# ------------------------------------------------------------------------------------------------------------ the run


def run(harness: Harness, asked: dict[str, Any]) -> None:
    """Does one run: the node's events, then its result, its stored form, the restored result."""
    if asked["way"] != "framework":
        harness.end("declined", "graphon ships no provider code")
        return
    stand_still()
    model = Model(asked["request"]["model"], asked["events"])
    last: Any = None
    try:
        for last in node(asked, model).run():
            harness.answer("event", {"event": type(last).__name__, **dump(last)}, model.frame)
            if isinstance(last, NodeRunFailedEvent):
                harness.answer("legacy", {"error": last.error}, model.frame)
            elif isinstance(last, NodeRunStreamChunkEvent) and last.chunk:
                harness.answer("legacy", {"chunk": last.chunk}, model.frame)
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
        told = {"at": "event", "type": type(error).__name__, "message": str(error)}
        harness.answer("raised", told, model.frame)
    if last is not None:
        result = last.node_run_result
        harness.try_to("message", lambda: dump(result), model.frame)
        stored = harness.try_to("stored", lambda: json.loads(result.model_dump_json()), model.frame)
        if stored is not None:
            harness.try_to("restored", lambda: dump(NodeRunResult.model_validate_json(json.dumps(stored))), model.frame)
    harness.end("done")


def describe() -> dict[str, Any]:
    """Says what this driver is."""
    return {
        "library": "graphon",
        "release": importlib.metadata.version("graphon"),
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "ways": ["framework"],
        "variants": [{"id": name, "title": title, "mode": name} for name, title in FORMATS.items()],
        "dialects": [],
        "packages": {"pydantic": importlib.metadata.version("pydantic")},
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
