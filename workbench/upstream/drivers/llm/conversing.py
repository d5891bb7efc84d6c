"""One run of the Python API: a prompt, its stream, and what llm has of it afterwards.

Rules:
1. The prompt is made by the call that the documentation shows first, `model.prompt(text, system=, tools=, schema=)`;
   for the log by the same call of a conversation. No chain: nothing runs a tool, and nothing goes on by itself.
2. A later turn, and the next request, are made from stored history alone: `Response.from_dict(stored).reply(…)`, or
   the conversation that was loaded from the log. Results are given for the calls that are found there.
3. In the framework way the caller's messages are given as they are: `model.prompt(messages=…)`, from 0.32a0 on.
4. After an exception while streaming nothing more is asked: llm would run the prompt anew.
5. Before 0.32a0 only the log stores.
"""

# mypy: disable-error-code="import-not-found"
# Modules of this folder find each other at run time: see `__main__`.
from __future__ import annotations

import dataclasses
import json
from typing import Any

import stores
from answering import Harness
from both import each, settle
from installed import llm, parts
from library import Library
from scripted import Single

ALWAYS = ("type", "chunk", "part_index", "message_index")


class Run:
    """One run.

    Args:
        asked: the run, as the protocol has it.
        library: llm, set up for it.
    """

    def __init__(self, asked: dict[str, Any], library: Library) -> None:
        self._asked = asked
        self._library = library
        self._async = asked["variant"] == "async"
        self._logs = asked["variant"] == "sqlite"
        self._model = library.models[self._async]
        self.stores = self._logs or parts is not None

    @property
    def frame(self) -> int | None:
        """The frame of the producer event that was pushed last; None in the shipped way."""
        return self._library.script.frame if self._library.script is not None else None

    def refusal(self) -> str | None:
        """Says why the run cannot be had from this library; None when it can."""
        if self._asked["history"] and not self.stores:
            return "llm of this release stores responses in its log only, and this variant does not log"
        if not (self._asked["history"] or self._is_plain() or parts is not None):
            return (
                "llm of this release takes a system prompt and a user prompt; earlier messages come from its log only"
            )
        return None

    async def talk(self, harness: Harness) -> None:
        """Answers with all that the run gives."""
        at = "event"
        try:
            response = await self._first()
            async for event in each(self._stream(response)):
                harness.answer("event", event_json(event), self.frame)
                if parts is not None:
                    for chunk in Single(event).prompt("x"):
                        harness.answer("legacy", chunk, self.frame)
            at = "message"
            harness.answer(at, await self._message(response))
            if not self.stores:
                return
            at = "stored"
            stored = json.loads(json.dumps(self._store(response)))
            harness.answer(at, stored)
            at = "restored"
            restored = self._restore(stored, "restored.db")
            harness.answer(at, await self._message(restored))
            if self._asked["follow"] is None:
                return
            at = "request"
            following = await self._follow(restored, self._asked["follow"])
            if self.frame is not None:
                harness.answer(at, await self._request(following))
                return
            async for _ in each(self._stream(following)):
                pass  # an answer to it is played, too; nobody looks at it
        except Exception as error:  # noqa: BLE001 - whatever the library raises is what its user gets
            harness.raised(at, error, self.frame)

    # --------------------------------------------------------------------------------------------- prompts

    async def _first(self) -> Any:
        if self._asked["history"]:
            turn = self._asked["history"][-1]  # what was stored then holds the turns before it
            return await self._follow(self._restore(turn["stored"], "logs.db"), turn["follow"])
        start = self._model.conversation() if self._logs else self._model
        messages = self._asked["request"]["messages"]
        if parts is not None and (self.frame is not None or not self._is_plain()):
            return start.prompt(
                messages=[parts.Message.from_dict(message_dict(one)) for one in messages], **self._given()
            )
        texts = {one["role"]: "".join(part["text"] for part in one["parts"]) for one in messages}
        system = {"system": texts["system"]} if "system" in texts else {}
        return start.prompt(texts["user"], **system, **self._given())

    def _is_plain(self) -> bool:
        roles = [one["role"] for one in self._asked["request"]["messages"]]
        return roles in (["user"], ["system", "user"])

    def _given(self) -> dict[str, Any]:
        request = self._asked["request"]
        tools = [
            llm.Tool(one["name"], one["description"], one["parameters"], lambda result=one["result"], **_: result)
            for one in request["tools"]
        ]
        given: dict[str, Any] = {"tools": tools} if tools else {}
        if request["response_schema"] is not None:
            given["schema"] = request["response_schema"]
        return {**given, **self._library.options}

    async def _follow(self, restored: Any, follow: dict[str, Any]) -> Any:
        results = [
            llm.ToolResult(call["name"], follow["results"][call["name"]], tool_call_id=call.get("tool_call_id"))
            for call in calls_in(await self._message(restored))
            if call["name"] in follow["results"]
        ]
        go_on = restored.prompt if self._logs else restored.reply
        return await settle(go_on(follow["prompt"], tool_results=results, **self._given()))

    # --------------------------------------------------------------------------------------------- what came of it

    def _stream(self, response: Any) -> Any:
        if parts is None:
            return response
        return response.astream_events() if self._async else response.stream_events()

    async def _message(self, source: Any) -> Any:
        """Tells what a response holds, or the last one of a conversation that was loaded from the log."""
        if hasattr(source, "responses"):
            if not source.responses:  # from 0.32rc1 on the log loads as a list of messages
                return {"messages": [one.to_dict() for one in last_answer(source.loaded_messages)]}
            source = source.responses[-1]
        told: dict[str, Any] = {}
        if parts is None:
            told["text"] = await settle(source.text())
            told["tool_calls"] = [dataclasses.asdict(one) for one in await settle(source.tool_calls())]
        else:
            told["messages"] = [one.to_dict() for one in await settle(source.messages())]
        usage = dataclasses.asdict(await settle(source.usage()))
        if used := {name: count for name, count in usage.items() if count is not None}:
            told["usage"] = used
        if source.resolved_model is not None:
            told["resolved_model"] = source.resolved_model
        return told

    def _store(self, response: Any) -> Any:
        return stores.log(response, self._library.folder / "logs.db") if self._logs else stores.store_dict(response)

    def _restore(self, stored: Any, name: str) -> Any:
        if self._logs:
            return stores.load(stored, self._library.folder / name)
        return stores.restore_dict(stored, self._model, asynchronous=self._async)

    async def _request(self, response: Any) -> Any:
        """Writes a prompt that was not sent, as a plug-in is given it."""
        if parts is not None:
            return [message.to_dict() for message in response.prompt.messages]
        before = [exchange(one.prompt) | await self._message(one) for one in response.conversation.responses]
        return [*before, exchange(response.prompt)]


def event_json(event: Any) -> Any:
    """Writes an event by its public fields: four always, the others where they differ from their default."""
    if isinstance(event, str):
        return event
    values = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return {name: value for name, value in values.items() if name in ALWAYS or value not in (None, False)}


def last_answer(messages: Any) -> list[Any]:
    """Gives the messages that come after the last one of the caller's."""
    start = len(messages)
    while start and messages[start - 1].role == "assistant":
        start -= 1
    return list(messages[start:])


def calls_in(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Gives the calls in a message that the caller has to answer."""
    if "messages" not in message:
        return list(message["tool_calls"])
    found = [part for one in message["messages"] for part in one["parts"] if part["type"] == "tool_call"]
    return [part for part in found if not part.get("server_executed")]


def exchange(prompt: Any) -> dict[str, Any]:
    """Writes a prompt of before 0.32a0."""
    results = [
        {"name": one.name, "output": one.output, "tool_call_id": one.tool_call_id} for one in prompt.tool_results
    ]
    told = {"system": prompt.system, "tool_results": results, "prompt": prompt.prompt}
    return {name: value for name, value in told.items() if value}


def message_dict(message: dict[str, Any]) -> dict[str, Any]:
    """Writes a message of the neutral request as a `MessageDict`."""
    written: list[dict[str, Any]] = []
    for part in message["parts"]:
        match part["type"]:
            case "text":
                written.append({"type": "text", "text": part["text"]})
            case "reasoning":
                signed = {"provider_metadata": {"anthropic": {"signature": part["signature"]}}}
                thought = {"type": "reasoning", "text": part.get("text", "")}
                written.append(thought | (signed if "signature" in part else {}))
            case "tool-call":
                call = {"name": part["name"], "arguments": json.loads(part["arguments"] or "{}")}
                written.append({"type": "tool_call", **call, "tool_call_id": part["id"]})
            case "tool-result":
                result = {"name": part["name"], "output": part["output"]}
                written.append({"type": "tool_result", **result, "tool_call_id": part["call"]})
    return {"role": message["role"], "parts": written}
