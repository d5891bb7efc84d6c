"""The design of the Anthropic SDK's stream helper: the API's own events, a few more, and the message they amount to.

    vocabulary   raw events, the helper's events, blocks and the message under their own names
    provider     deltas to raw events
    partial      a tool's input while it grows
    stream       raw events to the helper's events and the message
    adapter      both halves in a row
    requests     `system` and `messages` of a request, and those of the next
    observe      what a user can read off it
    carries      where each concept stands

Ported from anthropic 2.12.0; the README names files, and what is not ported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar

from workbench.design import Carries, Design, Native, PhaseNote, Port, Status
from workbench.designs.anthropic_messages import observe as reader
from workbench.designs.anthropic_messages.adapter import HelperAdapter
from workbench.designs.anthropic_messages.carries import CARRIES
from workbench.designs.anthropic_messages.requests import next_request, written_request
from workbench.designs.anthropic_messages.vocabulary import BaseModel, ParsedMessage
from workbench.transcript import FollowUp, Json, Phase, Request, Sighting

_HELPERS = "https://github.com/anthropics/anthropic-sdk-python/blob/main/helpers.md"


class AnthropicMessages(Design):
    """`client.messages.stream()` of anthropic 2.12.0."""

    id: ClassVar[str] = "anthropic-messages"
    title: ClassVar[str] = "Anthropic SDK: messages"
    summary: ClassVar[str] = (
        "Content blocks by number, each with a start, deltas and a stop as the API sends them; the helper repeats a "
        "delta with the block's state so far, and hands out the whole block and the whole message at their ends."
    )
    status: ClassVar[Status] = Status("ships in", "anthropic 2.12.0", _HELPERS)
    port: ClassVar[Port | None] = Port("anthropic", "2.12.0", "tests/designs/anthropic_messages/test_sdk.py")
    phases: ClassVar[Mapping[Phase, PhaseNote]] = {
        "live": PhaseNote("for event in stream", f"anthropic/lib/streaming/_messages.py, MessageStream; {_HELPERS}"),
        "final": PhaseNote("stream.get_final_message()", f"anthropic/lib/streaming/_messages.py; {_HELPERS}"),
        "stored": PhaseNote(
            "message.to_json(), Message.model_construct(**stored)", f"anthropic/_models.py; {_HELPERS}"
        ),
        "resumed": PhaseNote("messages.append(message.to_param())", "anthropic/types/message.py, Message.to_param"),
    }
    carries: ClassVar[Carries] = CARRIES
    folder: ClassVar[Path] = Path(__file__).parent

    def start(self, request: Request) -> HelperAdapter:
        """Makes an adapter; nothing of the request matters to it."""
        return HelperAdapter()

    def history(self, request: Request) -> Json:
        """Writes `messages`, and `system` where there is one, as the caller of `create` or `stream` does."""
        return written_request(request)

    def event_json(self, event: object) -> Json:
        """Writes an event, raw or of the helper, as `to_dict(mode="json")` does: the fields that were given."""
        assert isinstance(event, BaseModel)  # noqa: S101 - what adapters of this design yield
        return event.to_dict()

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored message back as `Message.model_construct(**stored)` does."""
        return _restored(stored)

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Builds the next request: what was sent, `message.to_param()`, results of its calls and the prompt."""
        return next_request(history, _restored(stored), follow)

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads one phase of native JSON; see the module `observe`."""
        return reader.observe(phase, native)


def _restored(stored: Json) -> Json:
    return ParsedMessage.construct(**stored).to_dict()


DESIGN = AnthropicMessages()
