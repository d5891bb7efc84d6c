"""`mixed`: a chat stream of reasoning, text and parallel tool calls, over and over.

One round of it has about 500 pieces: reasoning, then text, then two tool calls whose arguments come in turns. So a long
stream has many parts, and whatever grows with parts shows as much as what grows with pieces.
"""

from __future__ import annotations

from workbench.benchmarks.model import Known, KnownPart, Made, Workload
from workbench.benchmarks.pieces import arguments, cut, prose
from workbench.transcript import (
    FRAGMENT_OF,
    ArgumentsDelta,
    Delta,
    Finished,
    Message,
    Outcome,
    Part,
    PartEnd,
    PartStart,
    ReasoningPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    TextPart,
    ToolCallPart,
    Transcript,
    Usage,
    UsageReported,
)

_ROUND = 500
_REASONING, _TEXT = 7, 9  # of twenty pieces; what is left is for the two calls
_RESPONSE, _MODEL = "resp-bench-0001", "model-bench"


class _Making:
    """The stream while it is made: deltas, and what is known of each part."""

    def __init__(self) -> None:
        self.deltas: list[Delta] = [ResponseInfo(0, _RESPONSE, _MODEL)]
        self.known: list[KnownPart] = []
        self.parts: list[Part] = []
        self.pieces = 0

    def run(self, kind: str, pieces: int) -> None:
        text = prose(pieces, len(self.known) * 101)
        part = len(self.known)
        made: Part = ReasoningPart(text) if kind == "reasoning" else TextPart(text)
        fragment = FRAGMENT_OF["reasoning" if kind == "reasoning" else "text"]
        self.deltas.append(PartStart(0, part, "reasoning" if kind == "reasoning" else "text"))
        cuts = list(cut(text))
        self.deltas += [fragment(0, part, piece) for piece in cuts]
        self.deltas.append(PartEnd(0, part))
        self.known.append(KnownPart("reasoning" if kind == "reasoning" else "text", text))
        self.parts.append(made)
        self.pieces += len(cuts)

    def calls(self, pieces: int) -> None:
        first = len(self.known)
        cuts: list[list[str]] = []
        for part in (first, first + 1):
            value, text = arguments(pieces // 2, part * 101)
            identity, name = f"call-{part:04}", f"tool_{part % 2}"
            self.known.append(KnownPart("tool-call", text, value))
            self.parts.append(ToolCallPart(identity, name, text))
            self.deltas.append(PartStart(0, part, "tool-call", id=identity, name=name))
            cuts.append(list(cut(text)))
        for place in range(max(map(len, cuts))):
            self.deltas += [
                ArgumentsDelta(0, first + call, cuts[call][place]) for call in (0, 1) if place < len(cuts[call])
            ]
        self.deltas += [PartEnd(0, first), PartEnd(0, first + 1)]
        self.pieces += sum(map(len, cuts))


def make(n: int) -> Made:
    """Makes a stream of about `n` pieces, never more."""
    making = _Making()
    while (left := min(_ROUND, n - making.pieces)) >= 40:
        making.run("reasoning", left * _REASONING // 20)
        making.run("text", left * _TEXT // 20)
        making.calls(left - left * _REASONING // 20 - left * _TEXT // 20)
    usage = Usage(input=321, output=n, reasoning=n * _REASONING // 20, cached=64)
    making.deltas += [Finished(0, "tool-calls"), UsageReported(0, usage), ResponseEnded(0)]
    outcome = Outcome(finish="tool-calls", usage=usage, response_id=_RESPONSE, model=_MODEL)
    return Made(
        Known(tuple(making.known), Transcript(tuple(making.parts), outcome)),
        tuple(making.deltas),
        Request((Message("user", (TextPart("Tell me all that you know."),)),)),
    )


WORKLOAD = Workload(
    id="mixed",
    title="Mixed chat stream",
    explain=(
        "Reasoning, then text, then two parallel tool calls whose arguments come in turns, and again, about four "
        "characters a piece; one word in nine is not ASCII."
    ),
    make=make,
    sizes=(200, 1_000, 5_000, 20_000),
    short_sizes=(200, 1_000, 5_000, 20_000),
)
