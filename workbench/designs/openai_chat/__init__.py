"""The design of the OpenAI SDK's chat helper: raw chunks, events made of them, and the completion they amount to.

    vocabulary   chunks, events and the completion under their own names
    provider     deltas to chunks
    stream       chunks to the helper's events and the completion
    adapter      both halves in a row
    requests     messages of a request, and those of the next
    observe      what a user can read off it
    carries      where each concept stands

Ported from openai 3.54.0; the README names files, and what is not ported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.openai_chat import observe as reader
from workbench.designs.openai_chat.adapter import HelperAdapter
from workbench.designs.openai_chat.carries import CARRIES
from workbench.designs.openai_chat.requests import next_messages, written_messages
from workbench.designs.openai_chat.vocabulary import BaseModel, ParsedChatCompletion
from workbench.transcript import FollowUp, Json, Phase, Request, Sighting

_HELPERS = "https://github.com/openai/openai-python/blob/main/helpers.md#chat-completions-api"


class OpenAIChat(Design):
    """`client.chat.completions.stream()` of openai 3.54.0."""

    id: ClassVar[str] = "openai-chat"
    title: ClassVar[str] = "OpenAI SDK: chat completions"
    summary: ClassVar[str] = (
        "Every chunk as the API sent it, followed by events that name what it added; the chunks add up to one "
        "completion with one content, one refusal and a list of calls."
    )
    status: ClassVar[Status] = Status("ships in", "openai 3.54.0", _HELPERS)
    port: ClassVar[Port | None] = Port("openai", "3.54.0", "tests/designs/openai_chat/test_sdk.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote(
            "for event in stream", f"openai/lib/streaming/chat/_completions.py, ChatCompletionStream; {_HELPERS}"
        ),
        "final": PhaseNote("stream.get_final_completion()", f"openai/lib/streaming/chat/_completions.py; {_HELPERS}"),
        "stored": PhaseNote(
            "completion.to_dict(mode='json'), ParsedChatCompletion.model_construct(**stored)", "openai/_models.py"
        ),
        "resumed": PhaseNote(
            "messages.append(completion.choices[0].message)",
            "https://platform.openai.com/docs/guides/function-calling?api-mode=chat",
        ),
    }
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> HelperAdapter:
        """Makes an adapter; of the request it needs to know which tools are strict."""
        return HelperAdapter(request)

    def history(self, request: Request) -> Json:
        """Writes `messages` as the caller of `create` or `stream` does."""
        return {"messages": written_messages(request)}

    def event_json(self, event: object) -> Json:
        """Writes an event, or a chunk, as `to_dict(mode="json")` does: the fields that were given."""
        assert isinstance(event, BaseModel)  # noqa: S101 - what adapters of this design yield
        return event.to_dict()

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored completion back as `ParsedChatCompletion.model_construct(**stored)` does."""
        return _restored(stored)

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Builds the next `messages`: what was sent, the stored message, results of its calls, the prompt."""
        return {"messages": next_messages(history["messages"], _restored(stored), follow)}

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return reader.observe(phase, native)


def _restored(stored: Json) -> Json:
    return ParsedChatCompletion.construct(**stored).to_dict()


DESIGN = OpenAIChat()
