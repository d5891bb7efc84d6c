"""A small design and small streams for the harness's own tests, so that no real design is needed to test it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from workbench.design import Adapter, Design, Native, NativeRaise, PhaseNote, Status
from workbench.dialect import Decoded
from workbench.transcript import (
    Delta,
    FollowUp,
    Json,
    Phase,
    Request,
    ResponseEnded,
    Sighting,
    TextDelta,
)
from workbench.wire import Frame, SseDecoder

NOTE = PhaseNote("api()", "nowhere")


class ShoutAdapter(Adapter):
    """Hands out each text in capitals, as `{"kind": "shout", "says": …}`."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def produce(self, step: Sequence[Delta]) -> Iterable[object]:
        """One event per text delta; the word `raise` raises, `crash` is a bug."""
        for delta in step:
            if isinstance(delta, TextDelta):
                if delta.text == "raise":
                    raise NativeRaise("ShoutError", "hoarse")
                if delta.text == "crash":
                    raise KeyError("a bug of the adapter")
                self.said.append(delta.text)
                yield {"kind": "shout", "says": delta.text.upper()}

    def finish(self) -> Iterable[object]:
        """One last event."""
        yield {"kind": "silence"}

    def message(self) -> Json:
        """All that was said."""
        return {"said": "".join(self.said)}

    def stored(self) -> Json:
        """The message is its own stored form."""
        return self.message()


class Shout(Design):
    """A design for tests."""

    id = "shout"
    title = "Shout"
    summary = "Says it loudly."
    status = Status("reference", "these tests", "nowhere")
    phases = {"live": NOTE, "final": NOTE, "stored": NOTE, "resumed": NOTE, "legacy": NOTE}
    carries = {"live": {"text": "[kind=shout].says"}, "final": {"text": "said"}}
    discriminators = ("kind",)
    folder = Path(__file__).parent

    def start(self, request: Request) -> Adapter:
        """A new voice."""
        return ShoutAdapter()

    def history(self, request: Request) -> Json:
        """Nothing was said before."""
        return ["opening"]

    def event_json(self, event: object) -> Json:
        """Events are JSON already."""
        return event

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Older code hears shouts only."""
        if isinstance(event, dict) and event["kind"] == "shout":
            yield event["says"]

    def restore(self, stored: Json, request: Request) -> Json:
        """Marks what was restored."""
        return {**stored, "restored": True}

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """History, what was said, and the next prompt."""
        return [*history, stored["said"], follow.prompt]

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Hears the shouts."""
        if phase == "live":
            for frame, event in native.events:
                if event["kind"] == "shout":
                    yield TextDelta(frame, 0, event["says"].lower())
        elif phase == "final":
            yield TextDelta(native.last_frame, 0, native.message["said"])


def decoded(*texts: str) -> Decoded:
    """A body with one frame per text, and an end in the last frame."""
    decoder = SseDecoder()
    frames: list[Frame] = decoder.receive(b"".join(b"data: %d\n\n" % index for index in range(len(texts))))
    steps: list[tuple[int, tuple[Delta, ...]]] = [
        (index, (TextDelta(index, 0, text),)) for index, text in enumerate(texts)
    ]
    steps.append((len(texts) - 1, (ResponseEnded(len(texts) - 1),)))
    return Decoded("openai-chat", tuple(frames), tuple(steps), ())
