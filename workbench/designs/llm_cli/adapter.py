"""The port of the command `llm prompt` of llm 0.32 for one response, its output taken by a program.

Rules:
1. Answer text goes to standard output, reasoning to standard error, piece by piece; nothing else is written.
2. Before text that follows reasoning a line feed goes to standard error; that reasoning had nothing to read makes no
   difference. When the stream is over, one line feed goes to standard output.
3. What a provider reports as an error is `Error: …` on standard error, and the exit status 1. To a Python program that
   checks it, that is a `CalledProcessError`. The captured output is there all the same.
4. The log keeps the messages, calls and what has to be sent back verbatim included; of a run that failed it keeps
   nothing. As in all messages of llm 0.32, what is redacted stands first, and reasoning with neither text nor that mark
   has no part.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from workbench.design import Adapter, NativeRaise
from workbench.designs.llm_cli.vocabulary import Channel, Write
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Json,
    OpaqueDelta,
    PartStart,
    ReasoningDelta,
    ResponseEnded,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
)

FAILED = "Command 'llm' returned non-zero exit status 1."
NO_MESSAGE = "An error occurred during streaming"
"""What the openai SDK says when the error in the stream has no message; openai `_streaming.py`."""


class CommandAdapter(Adapter):
    """Deltas in; writes, the captured output and what the log keeps, out."""

    def __init__(self) -> None:
        self._after_reasoning = False
        self._over = False
        self._exit = 0
        self._written: dict[Channel, list[str]] = {"stdout": [], "stderr": []}
        self._parts: dict[int, dict[str, Json]] = {}

    def produce(self, step: Sequence[Delta]) -> Iterator[Write]:
        """Yields what the command writes for one frame.

        Raises:
            NativeRaise: the command ended with another status than 0.
        """
        for delta in step:
            match delta:
                case TextDelta():
                    if delta.text:
                        self._keep(delta.part, "text", delta.text)
                        yield from self._text(delta.text)
                case ReasoningDelta():
                    if delta.text:
                        self._keep(delta.part, "reasoning", delta.text)
                        self._after_reasoning = True
                        yield self._write("stderr", delta.text)
                case PartStart():
                    self._start(delta)
                case CallNamed():
                    call = self._keep(delta.part, "tool_call", "")
                    call.update(name=delta.name or call.get("name"), tool_call_id=delta.id or call.get("tool_call_id"))
                case ArgumentsDelta() | ResultDelta():
                    self._keep(delta.part, "tool_call", delta.text)
                case SignatureDelta():
                    part = self._keep(delta.part, "reasoning", "")
                    part["signature"] = part.get("signature", "") + delta.text
                    self._after_reasoning = True
                case OpaqueDelta():
                    self._keep(delta.part, "reasoning", "")["data"] = delta.data
                    self._after_reasoning = True
                case ResponseEnded() | StreamTruncated():
                    yield from self._end()
                case StreamFailed():
                    self._exit = 1
                    yield self._write("stderr", f"Error: {delta.failure.message or NO_MESSAGE}\n")
                    raise NativeRaise("CalledProcessError", FAILED)

    def _start(self, delta: PartStart) -> None:
        match delta.kind:
            case "tool-call" | "tool-result":
                kept = self._keep(delta.part, delta.kind.replace("-", "_"), "")
                kept.update(name=delta.name, tool_call_id=delta.id, server=delta.server)
            case "reasoning" if delta.redacted:
                self._keep(delta.part, "reasoning", "")["redacted"] = True
                self._after_reasoning = True

    def _text(self, text: str) -> Iterator[Write]:
        if self._after_reasoning:
            self._after_reasoning = False
            yield self._write("stderr", "\n")
        yield self._write("stdout", text)

    def _end(self) -> Iterator[Write]:
        if not self._over:
            self._over = True
            yield self._write("stdout", "\n")

    def _write(self, channel: Channel, text: str) -> Write:
        self._written[channel].append(text)
        return Write(channel, text)

    def _keep(self, number: int, kind: str, text: str) -> dict[str, Json]:
        part = self._parts.setdefault(number, {"type": kind, "pieces": []})
        part["pieces"].append(text)
        return part

    def message(self) -> Json:
        """Returns what a program has that took the output: both texts where there is any, and the exit status."""
        texts = {channel: "".join(pieces) for channel, pieces in self._written.items() if pieces}
        return {**texts, "exit": self._exit}

    def stored(self) -> Json:
        """Returns the parts that the log keeps, in the words of llm's messages; None when the run failed."""
        if self._exit:
            return None
        parts = [_part(part) for part in self._parts.values()]
        told = [part for part in parts if part.get("text") != "" or "redacted" in part]
        return sorted(told, key=lambda part: "redacted" not in part)


def _part(kept: dict[str, Json]) -> dict[str, Json]:
    text = "".join(kept["pieces"])
    if kept["type"] in ("tool_call", "tool_result"):
        part = {"type": kept["type"], "name": kept.get("name") or ""}
        part |= {"arguments": _arguments(text)} if kept["type"] == "tool_call" else {"output": text}
        part |= {"tool_call_id": kept["tool_call_id"]} if kept.get("tool_call_id") is not None else {}
        return part | ({"server_executed": True} if kept.get("server") else {})
    return _thought(kept, text) if kept["type"] == "reasoning" else {"type": "text", "text": text}


def _arguments(text: str) -> Json:
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {"_raw": text}


def _thought(kept: dict[str, Json], text: str) -> dict[str, Json]:
    part: dict[str, Json] = {"type": "reasoning", "text": text}
    if kept.get("redacted"):
        part["redacted"] = True
    anthropic: dict[str, Json] = {}
    if "signature" in kept:
        anthropic["signature"] = kept["signature"]
    if "data" in kept and kept.get("redacted"):
        anthropic |= {"type": "redacted_thinking", "data": kept["data"]}
    metadata: dict[str, Json] = {"anthropic": anthropic} if anthropic else {}
    if "data" in kept and not kept.get("redacted"):
        metadata["openai"] = {"encrypted_content": kept["data"]}
    if metadata:
        part["provider_metadata"] = metadata
    return part
