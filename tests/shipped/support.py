"""A design that reads the echo driver, and a release of it: the whole way as shipped, without any real library."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from workbench.corpus import load_corpus
from workbench.data import find_fixtures_dir
from workbench.design import Adapter, Design, Deviation, Native, PhaseNote, Port, Status
from workbench.dialects import all_dialects
from workbench.harness.run import ReadBody, read_bodies
from workbench.transcript import Delta, FollowUp, Json, Phase, Request, ResponseEnded, Sighting, TextDelta
from workbench.upstream.environments import Environment, Marker
from workbench.upstream.releases import Release

SLUGS = ("text-only", "refusal", "two-turns-with-tool")
"""The first is marked for lockstep."""

NOTE = PhaseNote("echo", "nowhere")


class EchoAdapter(Adapter):
    """Hands each text on as a word."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    def produce(self, step: Sequence[Delta]) -> Iterator[Json]:
        """One event per text delta."""
        for delta in step:
            if isinstance(delta, TextDelta):
                yield {"word": delta.text}

    def accept(self, event: object) -> tuple[object]:
        """Keeps the event."""
        self.events.append(event)
        return (event,)

    def message(self) -> Json:
        """All events."""
        return {"events": self.events}

    def stored(self) -> Json:
        """The message, written out."""
        return json.dumps(self.message())


class Echo(Design):
    """Reads the events that the echo driver hands out: raw server-sent events, or our producer events."""

    id = "echo"
    title = "Echo"
    summary = "Hands on what it got."
    status = Status("reference", "these tests", "nowhere")
    port = Port("echo", "1.0")
    phases = {"live": NOTE, "final": NOTE, "stored": NOTE, "legacy": NOTE}
    carries = {phase: {"text": "**"} for phase in ("live", "final", "stored")}
    folder = Path(__file__).parent

    def __init__(self, deviations: tuple[Deviation, ...] = ()) -> None:
        self.deviations = deviations  # type: ignore[misc]

    def start(self, request: Request) -> Adapter:
        """A new adapter."""
        return EchoAdapter()

    def event_json(self, event: object) -> Json:
        """Events are JSON already."""
        return event

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads the text back."""
        return json.loads(stored)

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Not a phase of it."""
        raise NotImplementedError

    def observe(self, phase: Phase, native: Native) -> Iterable[Sighting]:
        """Reads the text of each event."""
        if phase == "live":
            for frame, event in native.events:
                yield from (TextDelta(frame, 0, text) for text in _texts(event))
            yield ResponseEnded(native.last_frame)
        elif phase != "legacy":
            held = native.message if phase == "final" else native.restored
            for event in held["events"]:
                yield from (TextDelta(native.last_frame, 0, text) for text in _texts(event))


def _texts(event: Json) -> Iterator[str]:
    if "word" in event:
        yield event["word"]
    elif event.get("data", "").startswith("{"):
        data = json.loads(event["data"])
        for choice in data.get("choices", ()):
            if choice["delta"].get("content"):
                yield choice["delta"]["content"]
        if data.get("delta", {}).get("type") == "text_delta":
            yield data["delta"]["text"]


def release(**other: object) -> Release:
    """The one release of the echo library."""
    facts = {
        "library": "echo",
        "version": "1.0",
        "date": dt.date(2026, 1, 1),
        "python": ">=3.11",
        "companions": (),
        "roles": ("subject",),
        "design": "echo",
        "variants": {},
        "index": "echo",
        "extras": (),
        "imports": (),
        "driver": "echo",
        "lock": Path("echo@1.0.txt"),
        "lock_digest": "0" * 64,
    }
    return Release(**{**facts, **other})  # type: ignore[arg-type]


def environment() -> Environment:
    """Where the echo driver runs: here."""
    return Environment(
        "echo@1.0", Path(sys.prefix), Path(sys.executable), "0" * 64, Marker("0" * 64, "3.11", 0.0, 0, None)
    )


def small_corpus(folder: Path) -> Path:
    """Copies a few fixtures."""
    for slug in SLUGS:
        shutil.copytree(find_fixtures_dir() / slug, folder / slug)
    return folder


def bodies_of(folder: Path) -> list[ReadBody]:
    """Reads a corpus."""
    return list(read_bodies(load_corpus(folder), all_dialects()))
