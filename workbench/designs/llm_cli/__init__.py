"""The design of the command `llm`: answer text on standard output, reasoning on standard error.

What its users see is two streams of text, so that what is piped to another program stays clean of reasoning. Ported
from llm 0.32, whose release notes promise just that; the README names the files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.llm_cli.adapter import CommandAdapter
from workbench.designs.llm_cli.carries import CARRIES
from workbench.designs.llm_cli.observe import observe
from workbench.designs.llm_cli.vocabulary import Write
from workbench.transcript import FollowUp, Json, Phase, Request, Sighting, TextPart

_RELEASE = "https://github.com/simonw/llm/releases/tag/0.32"


class LlmCliDesign(Design):
    """The command of llm 0.32."""

    id: ClassVar[str] = "llm-cli"
    title: ClassVar[str] = "llm: the command"
    summary: ClassVar[str] = (
        "The answer's text goes to standard output and the reasoning to standard error, each as plain text."
    )
    status: ClassVar[Status] = Status("ships in", "llm 0.32", _RELEASE)
    port: ClassVar[Port | None] = Port("llm", "0.32", "tests/designs/llm_cli/test_command.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote("llm prompt, its two outputs as they are written", "llm/cli.py, display_stream_events"),
        "final": PhaseNote("llm prompt, its two outputs and its exit status once it is over", "llm/cli.py, prompt"),
        "resumed": PhaseNote(
            "llm --continue", "llm/cli.py, load_conversation; docs/usage.md, Continuing a conversation"
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def applies(self, request: Request) -> str | None:
        """Leaves out what the command cannot be asked for, or goes on from by itself."""
        if request.tools:
            return "the command runs tools itself and asks again: one response cannot be had from it"
        if [message.role for message in request.messages if message.role != "system"] != ["user"]:
            return "the command takes a system prompt and one prompt"
        return None

    def start(self, request: Request) -> CommandAdapter:
        """Makes an adapter; what was asked does not matter to what is written."""
        return CommandAdapter()

    def history(self, request: Request) -> list[Json]:
        """Writes the messages of a request in the words of llm."""
        return [
            {
                "role": message.role,
                "parts": [{"type": "text", "text": part.text} for part in message.parts if isinstance(part, TextPart)],
            }
            for message in request.messages
        ]

    def event_json(self, event: object) -> Json:
        """Writes one write, under the name of its channel."""
        assert isinstance(event, Write)  # noqa: S101 - what the adapter yields
        return {event.channel: event.text}

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> list[Json]:
        """Builds the messages that `llm --continue` sends; after a failure nothing was logged, so it begins anew."""
        prompt = {"role": "user", "parts": [{"type": "text", "text": follow.prompt}]}
        if stored is None:
            return [prompt]
        answer = [{"role": "assistant", "parts": stored}] if stored else []
        return [*history, *answer, prompt]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return observe(phase, native)


DESIGN = LlmCliDesign()
