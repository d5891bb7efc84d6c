"""The lossless reference design: the neutral vocabulary itself, used as if it were somebody's API.

It is what a trace looks like on which every check passes, and what each miniature damages in one place. Its events are
the neutral deltas, its message is the transcript, its stored form is the message, its next request holds all parts, and
its older API is the text alone. While arguments arrive it also shows them as a value.

Rules:
1. A miniature overrides one of the places that are meant for it: `hear` for what the design takes in, `tell` for what
   is handed out while streaming, `assemble` for the message, `keep` for what is stored; or `restore`, `resume`,
   `results`, `legacy_json`.
2. It never touches `observe` or `carries`: what is damaged is the design, not what is looked at.
3. Work grows in line with the deltas: a value is read again only when its text has doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import jiter
import msgspec
from msgspec import UNSET, UnsetType

from workbench.design import Adapter, Carries, Design, PhaseNote, Status
from workbench.native import Native
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    FollowUp,
    Json,
    Message,
    Part,
    PartSnapshot,
    Phase,
    Request,
    ResponseEnded,
    ResponseInfo,
    Sighting,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    UsageReported,
    see,
    transcript_of,
)
from workbench.transcript.seeing import extends

SOURCE = "workbench/miniatures/reference.py"


class _Filling:
    """The value of one call's arguments while their text arrives; what was shown is never taken back."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._read = 0
        self._value: Json | UnsetType = UNSET

    def add(self, text: str) -> Json | UnsetType:
        """Takes a piece; returns the value as far as it can be read, or UNSET when it is not to be shown anew."""
        self._pieces.append(text)
        self._length += len(text)
        if self._length < 2 * self._read:
            return UNSET
        self._pieces = ["".join(self._pieces)]
        self._read = self._length
        try:
            value = jiter.from_json(self._pieces[0].encode(), partial_mode="trailing-strings")
        except ValueError:
            return UNSET
        if self._value is not UNSET and not extends(self._value, value):
            return UNSET
        self._value = value
        return value


class ReferenceAdapter(Adapter):
    """Passes deltas on and puts them together."""

    def __init__(self) -> None:
        self._heard: list[Delta] = []
        self._filling: dict[int, _Filling] = {}

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """What the design takes in of a delta, for its stream and its message alike."""
        return (delta,)

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """What the user is handed of it while streaming."""
        yield event
        if isinstance(event, ArgumentsDelta):
            yield from self.value_of(event)

    def assemble(self, transcript: Transcript) -> Transcript:
        """What the message holds of the transcript."""
        return transcript

    def keep(self, message: Json) -> Json:
        """What is stored of the message."""
        return message

    def value_of(self, event: ArgumentsDelta) -> Iterable[PartSnapshot]:
        """Shows a call's arguments as a value, as far as it can be read; nothing when there is nothing new to read."""
        value = self._filling.setdefault(event.part, _Filling()).add(event.text)
        if value is not UNSET:
            yield PartSnapshot(event.frame, event.part, ToolCallPart(None, "", ""), value, partial=True)

    def produce(self, step: Sequence[Delta]) -> Iterator[Delta]:
        """Yields what is taken in of a step."""
        for delta in step:
            yield from self.hear(delta)

    def accept(self, event: Any) -> Iterator[object]:
        """Remembers an event and yields what the user is handed."""
        self._heard.append(event)
        yield from self.tell(event)

    def message(self) -> Json:
        """Returns the transcript of all that was heard."""
        return _written(self.assemble(transcript_of(see(self._heard))))

    def stored(self) -> Json:
        """Returns the message, as it is kept."""
        return self.keep(self.message())


def _written(transcript: Transcript) -> Json:
    """Writes a transcript with both of its fields, empty or not."""
    return {"parts": [], "outcome": {}, **msgspec.to_builtins(transcript)}


def _parts(before: str) -> dict[str, str]:
    """Paths below a list of parts."""
    return {
        "text": f"{before}[type=text].text",
        "reasoning": f"{before}[type=reasoning].text",
        "reasoning.signature": f"{before}[type=reasoning].signature",
        "reasoning.data": f"{before}[type=reasoning].data",
        "reasoning.redacted": f"{before}[type=reasoning].redacted",
        "reasoning.form": f"{before}[type=reasoning].form",
        "call.name": f"{before}[type=tool-call].name | {before}[type=tool-result].name",
        "call.id": f"{before}[type=tool-call].id | {before}[type=tool-result].call",
        "call.arguments": f"{before}[type=tool-call].arguments",
        "call.arguments.text": f"{before}[type=tool-call].arguments",
        "call.server": f"{before}[type=tool-call].server",
        "result.output": f"{before}[type=tool-result].output",
        "result.call": f"{before}[type=tool-result].call",
        "refusal": f"{before}[type=refusal].text",
        "part.order": before,
        "part.boundary": before,
        "message.index": f"{before}[type=text].message | {before}[type=tool-call].message",
    }


_OUTCOME = {
    "finish": "outcome.finish",
    "usage": "outcome.usage.input | outcome.usage.output",
    "usage.reasoning": "outcome.usage.reasoning",
    "usage.cached": "outcome.usage.cached",
    "response.id": "outcome.response_id",
    "response.model": "outcome.model",
    "failure": "outcome.failure.**",
    "truncation": "outcome.completion",
}

_LIVE = {
    "text": "[type=text-delta].text",
    "reasoning": "[type=reasoning-delta].text",
    "reasoning.signature": "[type=signature-delta].text",
    "reasoning.data": "[type=opaque-delta].data",
    "reasoning.redacted": "[type=part-start].redacted",
    "reasoning.form": "[type=part-start].form",
    "call.name": "[type=part-start].name | [type=call-named].name",
    "call.id": "[type=part-start].id | [type=call-named].id",
    "call.arguments": "[type=arguments-delta].text | [type=part-snapshot].value.**",
    "call.arguments.text": "[type=arguments-delta].text",
    "call.value": "[type=part-snapshot].value.**",
    "call.server": "[type=part-start].server",
    "result.output": "[type=result-delta].text",
    "result.call": "[type=part-start].id",
    "refusal": "[type=refusal-delta].text",
    "part.order": "[type=part-start].part",
    "part.boundary": "[type=part-start].part",
    "part.start": "[type=part-start].stated",
    "part.end": "[type=part-end].stated",
    "message.index": "[type=part-start].message",
    "finish": "[type=finished].reason",
    "usage": "[type=usage-reported].usage.input | [type=usage-reported].usage.output",
    "usage.reasoning": "[type=usage-reported].usage.reasoning",
    "usage.cached": "[type=usage-reported].usage.cached",
    "response.id": "[type=response-info].id",
    "response.model": "[type=response-info].model",
    "failure": "[type=stream-failed].failure.**",
    "truncation": "[type=stream-truncated]",
}


class Reference(Design):
    """Loses nothing: the neutral vocabulary as an API."""

    id = "reference"
    title: ClassVar[str] = "Reference"
    summary: ClassVar[str] = "Loses nothing: the neutral vocabulary as an API."
    status = Status("reference", "this project", SOURCE)
    phases: ClassVar[dict[Phase, PhaseNote]] = {
        "live": PhaseNote("the neutral deltas", SOURCE),
        "final": PhaseNote("the transcript", SOURCE),
        "stored": PhaseNote("the transcript as JSON", SOURCE),
        "resumed": PhaseNote("messages that hold all parts", SOURCE),
        "legacy": PhaseNote("the text alone", SOURCE),
    }
    carries: ClassVar[Carries] = {
        "live": _LIVE,
        "final": {**_parts("parts"), **_OUTCOME},
        "stored": {**_parts("parts"), **_OUTCOME},
        "resumed": _parts("messages[].parts"),
        "legacy": {"text": "[type=text].text"},
    }
    folder = Path(__file__).parent
    adapter: ClassVar[type[ReferenceAdapter]] = ReferenceAdapter

    def __init_subclass__(cls) -> None:
        """Names a miniature by its id and describes it by its docstring, so that a file says each thing once."""
        super().__init_subclass__()
        cls.title = cls.id.replace("-", " ").capitalize()
        cls.summary = (cls.__doc__ or "").partition("\n")[0]

    def start(self, request: Request) -> Adapter:
        """Makes an adapter."""
        return self.adapter()

    def history(self, request: Request) -> Json:
        """Writes the messages of a request."""
        return {"messages": msgspec.to_builtins(request.messages)}

    def event_json(self, event: object) -> Json:
        """Writes a delta; its frame stands beside the event and not in it."""
        written = msgspec.to_builtins(event)
        del written["frame"]
        return written

    def legacy_json(self, event: object) -> Iterable[Json]:
        """Yields pieces of answer text and nothing else."""
        if isinstance(event, TextDelta):
            yield {"type": "text", "text": event.text}

    def restore(self, stored: Json, request: Request) -> Json:
        """Reads a stored message back."""
        return _written(msgspec.convert(stored, Transcript))

    def resume(self, history: Json, stored: Json, follow: FollowUp) -> Json:
        """Adds what was answered, then the results of the calls in it, or else what the user says next."""
        said = msgspec.convert(stored, Transcript).parts
        added = [Message("assistant", said)] if said else []
        results = self.results(said, follow)
        added.append(Message("tool", results) if results else Message("user", (TextPart(follow.prompt),)))
        return {"messages": [*history["messages"], *msgspec.to_builtins(added)]}

    def results(self, said: Sequence[Part], follow: FollowUp) -> tuple[Part, ...]:
        """Makes a result for each call that the caller has to run."""
        return tuple(
            ToolResultPart(call.id, call.name, follow.results[call.name])
            for call in said
            if isinstance(call, ToolCallPart) and not call.server and call.name in follow.results
        )

    def observe(self, phase: Phase, native: Native) -> Iterator[Sighting]:
        """Reads every phase back."""
        match phase:
            case "live":
                for frame, event in native.events:
                    yield msgspec.convert({**event, "frame": frame}, Sighting)
            case "legacy":
                for frame, event in native.legacy:
                    yield TextDelta(frame, 0, event["text"])
            case "final":
                yield from _sightings(native.message, native.last_frame)
            case "stored":
                yield from _sightings(native.restored, native.last_frame)
            case "resumed":
                request: Json = native.request
                messages = msgspec.convert(request["messages"], list[Message])
                parts = [part for one in messages if one.role in ("assistant", "tool") for part in one.parts]
                for index, part in enumerate(parts):
                    yield PartSnapshot(native.last_frame, index, part)


def _sightings(message: Json, frame: int) -> Iterator[Sighting]:
    transcript = msgspec.convert(message, Transcript)
    for index, part in enumerate(transcript.parts):
        yield PartSnapshot(frame, index, part)
    outcome = transcript.outcome
    if outcome.response_id is not None or outcome.model is not None:
        yield ResponseInfo(frame, outcome.response_id, outcome.model)
    if outcome.finish is not None or outcome.finish_raw is not None:
        yield Finished(frame, outcome.finish, outcome.finish_raw)
    if outcome.usage is not None:
        yield UsageReported(frame, outcome.usage)
    if outcome.failure is not None:
        yield StreamFailed(frame, outcome.failure)
    elif outcome.completion == "complete":
        yield ResponseEnded(frame)
    else:
        yield StreamTruncated(frame)


DESIGN = Reference()
