"""The design of llm 0.31: a stream of text chunks; everything else is asked for when it is over.

`for chunk in response` yields strings. Afterwards `tool_calls()` gives the calls, `usage()` the counts. What is kept is
kept in the log, a SQLite database, from which a conversation is loaded to go on. Ported from llm 0.31, the last release
before stream events; it is what later releases promise not to break.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.llm_text.adapter import TextAdapter
from workbench.designs.llm_text.carries import CARRIES
from workbench.designs.llm_text.log import load
from workbench.designs.llm_text.observe import observe
from workbench.designs.llm_text.vocabulary import Dict, ResolvedModel, ToolCall, Usage
from workbench.transcript import FollowUp, Json, Phase, Request, Sighting, TextPart, ToolCallPart, ToolResultPart


class LlmTextDesign(Design):
    """llm 0.31."""

    id: ClassVar[str] = "llm-text"
    title: ClassVar[str] = "llm: text chunks"
    summary: ClassVar[str] = (
        "The stream is the answer's text and nothing else; tool calls and token counts are asked for when it is over."
    )
    status: ClassVar[Status] = Status("ships in", "llm 0.31", "https://github.com/simonw/llm/releases/tag/0.31")
    port: ClassVar[Port | None] = Port("llm", "0.31", "tests/upstream/drivers/test_llm.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote("for chunk in response", "llm/models.py, Response.__iter__"),
        "final": PhaseNote(
            "response.text(), response.tool_calls(), response.usage()", "llm/models.py, Response; docs/python-api.md"
        ),
        "stored": PhaseNote(
            "response.log_to_db(db); llm.cli.load_conversation()",
            "llm/models.py, log_to_db and from_row; docs/logging.md, SQL schema",
        ),
        "resumed": PhaseNote(
            "load_conversation(…).prompt(text, tool_results=…)", "llm/cli.py, load_conversation; llm/models.py"
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    discriminators: ClassVar[tuple[str, ...]] = ()
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> TextAdapter:
        """Makes an adapter whose prompt is the request's last."""
        return TextAdapter(request, self.history(request)[-1])

    def history(self, request: Request) -> list[Dict]:
        """Writes a request as exchanges: what was asked, and what was answered where it was; the last is to come."""
        exchanges: list[Dict] = [{}]
        for message in request.messages:
            exchange = exchanges[-1]
            texts = [part.text for part in message.parts if isinstance(part, TextPart)]
            match message.role:
                case "system":
                    exchange["system"] = "\n\n".join(texts)
                case "user":
                    exchange["prompt"] = "\n".join(texts)
                case "tool":
                    exchange["tool_results"] = [
                        {"name": part.name, "output": part.output, "tool_call_id": part.call}
                        for part in message.parts
                        if isinstance(part, ToolResultPart)
                    ]
                case "assistant":
                    exchange["text"] = "".join(texts)
                    exchange["tool_calls"] = [
                        {"name": part.name, "arguments": _arguments(part.arguments), "tool_call_id": part.id}
                        for part in message.parts
                        if isinstance(part, ToolCallPart) and not part.server
                    ]
                    exchanges.append({})
        return exchanges

    def event_json(self, event: object) -> Json:
        """Writes a chunk as itself."""
        return event

    def produced_json(self, event: object) -> Json:
        """Writes a chunk as itself, and what a plug-in calls on the response under the name of that call."""
        match event:
            case ToolCall():
                return {"add_tool_call": asdict(event)}
            case Usage():
                return {"set_usage": asdict(event)}
            case ResolvedModel():
                return {"set_resolved_model": event.model_id}
            case _:
                return event

    def restore(self, stored: Json, request: Request) -> Dict:
        """Reads the last response of the log back as loading a conversation does."""
        return load(stored)

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> list[Dict]:
        """Builds the next prompt of a loaded conversation, with the exchanges before it."""
        restored = load(stored)
        results = [
            {"name": call["name"], "output": follow.results[call["name"]], "tool_call_id": call["tool_call_id"]}
            for call in restored["tool_calls"]
            if call["name"] in follow.results
        ]
        following: Dict = {"tool_results": results} if results else {}
        return [*history[:-1], {**history[-1], **restored}, {**following, "prompt": follow.prompt}]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return observe(phase, native)


def _arguments(text: str) -> Json:
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}


DESIGN = LlmTextDesign()
