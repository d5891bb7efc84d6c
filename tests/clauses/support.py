"""Small hand-made streams, and the way from one of them to a trace and its truth.

The corpus is not used here: a check is shown on streams that a reader can take in at a glance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.clauses import all_checks
from workbench.design import Design
from workbench.dialect import Decoded
from workbench.harness.adapt import adapt
from workbench.harness.judge import judge
from workbench.harness.observe import trace_of
from workbench.trace import Address, Trace, Truth
from workbench.transcript import (
    FRAGMENT_OF,
    Delta,
    Failure,
    Finished,
    FinishReason,
    FollowUp,
    Message,
    OpaqueDelta,
    Part,
    PartEnd,
    PartStart,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
    kind_of,
    see,
    transcript_of,
)
from workbench.verdict import Cell

RESULTS = {"get_weather": '{"temp": 3}', "get_time": '"noon"'}


@dataclass(frozen=True)
class Cut:
    """A part and the pieces in which its text arrives."""

    part: Part
    pieces: tuple[str, ...]


def text(*pieces: str) -> Cut:
    """Makes answer text."""
    return Cut(TextPart("".join(pieces)), pieces)


def thought(*pieces: str, signature: str | None = None) -> Cut:
    """Makes reasoning."""
    return Cut(ReasoningPart("".join(pieces), signature=signature), pieces)


def withheld(data: str) -> Cut:
    """Makes redacted reasoning."""
    return Cut(ReasoningPart(redacted=True, data=data), ())


def call(name: str, *pieces: str, identity: str | None = None) -> Cut:
    """Makes a tool call."""
    return Cut(ToolCallPart(identity, name, "".join(pieces)), pieces)


def refusal(*pieces: str) -> Cut:
    """Makes a refusal."""
    return Cut(RefusalPart("".join(pieces)), pieces)


@dataclass(frozen=True)
class Stream:
    """One response as it arrives, one delta per frame.

    Attributes:
        order: index of the part to which each successive piece belongs; part by part when it is empty.
        ends: `complete`, `truncated`, or the failure that the provider reported.
        stated: the starts and ends of parts are said, and not only implied by what follows.
        written: the parts as written, where the dialect of the stream cannot carry all of them.
    """

    parts: tuple[Cut, ...]
    order: tuple[int, ...] = ()
    finish: FinishReason | None = "stop"
    usage: Usage | None = None
    ends: str | Failure = "complete"
    stated: bool = True
    written: tuple[Part, ...] | None = None
    earlier: tuple[Part, ...] = field(default=())

    def steps(self) -> tuple[tuple[int, tuple[Delta, ...]], ...]:
        """Lists frames with their deltas."""
        return tuple((frame, tuple(step)) for frame, step in enumerate(_Writing(self).write()))

    def truth(self) -> Truth:
        """Makes the truth: written by hand, since the deltas are."""
        wire = see(delta for _, step in self.steps() for delta in step)
        projected = transcript_of(wire)
        written = projected if self.written is None else type(projected)(self.written, projected.outcome)
        results = [
            ToolResultPart(part.id, part.name, RESULTS[part.name])
            for part in projected.parts
            if isinstance(part, ToolCallPart) and not part.server
        ]
        said = (*self.earlier, *projected.parts, *results)
        return Truth(written, projected, wire, said, self.request())

    def request(self) -> Request:
        """Makes the request, with the conversation so far."""
        return Request((Message("user", (TextPart("Well?"),)), Message("assistant", self.earlier)))


class _Writing:
    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._frames: list[list[Delta]] = []
        self._left = [len(cut.pieces) for cut in stream.parts]
        self._begun: set[int] = set()

    def _frame(self) -> int:
        self._frames.append([])
        return len(self._frames) - 1

    def _say(self, frame: int, *deltas: Delta) -> None:
        self._frames[frame].extend(deltas)

    def write(self) -> list[list[Delta]]:
        stream = self._stream
        self._say(self._frame(), ResponseInfo(0, "resp-1", "model-1"))
        order = stream.order or [index for index, cut in enumerate(stream.parts) for _ in cut.pieces or [None]]
        taken = [0] * len(stream.parts)
        for index in order:
            frame = self._begin(index)
            cut = stream.parts[index]
            if cut.pieces:
                piece = cut.pieces[taken[index]]
                taken[index] += 1
                self._say(frame, FRAGMENT_OF[kind_of(cut.part)](frame, index, piece))
            if taken[index] == len(cut.pieces):
                self._end(index)
        self._finish()
        return self._frames

    def _begin(self, index: int) -> int:
        frame = self._frame()
        if index not in self._begun:
            self._begun.add(index)
            part = self._stream.parts[index].part
            identity = part.id if isinstance(part, ToolCallPart) else None
            name = part.name if isinstance(part, ToolCallPart) else None
            redacted = isinstance(part, ReasoningPart) and part.redacted
            start = PartStart(
                frame, index, kind_of(part), id=identity, name=name, redacted=redacted, stated=self._stream.stated
            )
            self._say(frame, start)
            if isinstance(part, ReasoningPart) and part.data is not None:
                self._say(frame, OpaqueDelta(frame, index, part.data))
            if isinstance(part, ToolCallPart):
                frame = self._frame()
        return frame

    def _end(self, index: int) -> None:
        last = index == len(self._stream.parts) - 1
        if last and self._stream.ends != "complete":
            return
        frame = self._frame()
        part = self._stream.parts[index].part
        if isinstance(part, ReasoningPart) and part.signature is not None:
            self._say(frame, SignatureDelta(frame, index, part.signature))
        self._say(frame, PartEnd(frame, index, stated=self._stream.stated))

    def _finish(self) -> None:
        stream = self._stream
        frame = self._frame()
        if stream.ends == "truncated":
            self._say(frame, StreamTruncated(frame))
            return
        if isinstance(stream.ends, Failure):
            self._say(frame, StreamFailed(frame, stream.ends))
            return
        if stream.finish is not None:
            self._say(frame, Finished(frame, stream.finish, stream.finish))
        if stream.usage is not None:
            self._say(frame, UsageReported(frame, stream.usage))
        frame = self._frame()
        self._say(frame, ResponseEnded(frame))


def run(design: Design, stream: Stream, name: str = "hand-made") -> Trace:
    """Drives a design over a stream and reads it."""
    steps = stream.steps()
    decoded = Decoded("hand-made", (None,) * len(steps), steps, ())
    native = adapt(design, decoded, stream.request(), FollowUp(RESULTS), fixture=name)
    return trace_of(design, native, Address(name, 0, "hand-made"))


def cells(design: Design, streams: Mapping[str, Stream], clauses: Sequence[str] | None = None) -> list[Cell]:
    """Judges a design on streams."""
    checks = [check for clause, check in all_checks().items() if clauses is None or clause in clauses]
    return [
        cell
        for name, stream in streams.items()
        for cell in judge(run(design, stream, name), stream.truth(), design, checks)
    ]


def verdict(design: Design, stream: Stream, clause: str) -> Cell:
    """Judges a design on one stream by one clause."""
    return cells(design, {"hand-made": stream}, [clause])[0]


WEATHER = call("get_weather", '{"city": ', '"Os', 'lo", "days": 3}', identity="call_w")
TIME = call("get_time", '{"zone":', ' "CET"}', identity="call_t")

STREAMS: dict[str, Stream] = {
    "text": Stream((text(" The answer", " is ", "3.\n"),), usage=Usage(11, 22, 5, 3)),
    "thought-then-text": Stream((thought(" Let me ", "look. "), text("It is", " 3.")), stated=False),
    "signed-thought-then-text": Stream((thought("Let me ", "look.", signature="sig-1"), text("It is", " 3."))),
    "mixed": Stream(
        (thought("Look ", "it up.", signature="sig-1"), text("Just ", "a moment."), WEATHER, text("Here ", "it is.")),
        finish="tool-calls",
    ),
    "two-thoughts": Stream((thought("One.", signature="sig-1"), thought("Two.", signature="sig-2"), text("Three."))),
    "two-texts": Stream((text("One ", "and"), text(" two."))),
    "withheld": Stream((thought("Aha. ", "Yes."), withheld("b3BhcXVl=="), text("It ", "is so."))),
    "interleaved": Stream((WEATHER, TIME), order=(0, 1, 0, 1, 0), finish="tool-calls"),
    "in-sequence": Stream((WEATHER, TIME), finish="tool-calls"),
    "refused": Stream((refusal("I ", "cannot."),), finish="refusal"),
    "cut-arguments": Stream((text("Wait"), call("get_weather", '{"city": ', '"Os', identity="c")), finish="length"),
    "truncated": Stream((thought("Hm. "), text("It is", " th")), ends="truncated"),
    "failed": Stream((text("It is", " th"),), ends=Failure("Overloaded", "overloaded_error")),
}
"""Between them they call for every clause."""
