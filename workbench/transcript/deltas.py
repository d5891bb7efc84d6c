"""Neutral steps of a stream, and what an observer sighted of them.

Deltas and sightings share one vocabulary, so that a clause is written once for every design: the wire's deltas say what
was sent, a design's sightings say what its user can know, and both name the frame after which it was so.

Rules:
1. `frame` is the index, from 0, of the frame that carried it; in a sighting, of the last frame that had been fed.
2. `part` numbers the parts of a response from 0 in the order in which they began.
3. A part begins with `PartStart` and ends with `PartEnd`. `stated` says whether somebody said so or whether it is only
   implied; an implied end becomes visible when the next part begins or the response ends.
4. `ResponseEnded` stands for the dialect's own end of stream. Without it the body is truncated, and the last delta is
   `StreamTruncated` or `StreamFailed`.
5. One class per kind of step, frozen, and light: a stream has hundreds of thousands of them.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from workbench.transcript.parts import Failure, FinishReason, Form, Json, Kind, Part, Usage


class _Step(Struct, frozen=True, gc=False, tag=True, omit_defaults=True):
    frame: int


class ResponseInfo(_Step, frozen=True, gc=False, tag="response-info"):
    """The response's id and model became known."""

    id: str | None = None
    model: str | None = None


class PartStart(_Step, frozen=True, gc=False, tag="part-start"):
    """A part began; what is known of it at that moment.

    Attributes:
        id: of a tool call, or of a reasoning block that has one; of a tool result, the call it answers.
        name: of a tool call or tool result.
    """

    part: int
    kind: Kind
    message: int = 0
    id: str | None = None
    name: str | None = None
    form: Form = "raw"
    redacted: bool = False
    server: bool = False
    error: bool = False
    stated: bool = False


class CallNamed(_Step, frozen=True, gc=False, tag="call-named"):
    """The id or the name of a tool call became known after its start."""

    part: int
    id: str | None = None
    name: str | None = None


class TextDelta(_Step, frozen=True, gc=False, tag="text-delta"):
    """A piece of answer text."""

    part: int
    text: str


class ReasoningDelta(_Step, frozen=True, gc=False, tag="reasoning-delta"):
    """A piece of reasoning."""

    part: int
    text: str


class ArgumentsDelta(_Step, frozen=True, gc=False, tag="arguments-delta"):
    """A piece of a tool call's argument text."""

    part: int
    text: str


class ResultDelta(_Step, frozen=True, gc=False, tag="result-delta"):
    """A piece of a tool result's output."""

    part: int
    text: str


class RefusalDelta(_Step, frozen=True, gc=False, tag="refusal-delta"):
    """A piece of a refusal."""

    part: int
    text: str


class SignatureDelta(_Step, frozen=True, gc=False, tag="signature-delta"):
    """A signature over a reasoning block, or a piece of one; pieces join."""

    part: int
    text: str


class OpaqueDelta(_Step, frozen=True, gc=False, tag="opaque-delta"):
    """The opaque payload of redacted or encrypted reasoning."""

    part: int
    data: str


class PartEnd(_Step, frozen=True, gc=False, tag="part-end"):
    """A part ended."""

    part: int
    stated: bool = False


class Finished(_Step, frozen=True, gc=False, tag="finished"):
    """The provider gave its reason for ending."""

    reason: FinishReason | None
    raw: str | None = None


class UsageReported(_Step, frozen=True, tag="usage-reported"):
    """Token counts so far; a later report replaces the fields that it names."""

    usage: Usage


class ResponseEnded(_Step, frozen=True, gc=False, tag="response-ended"):
    """The dialect's own end of the stream was seen."""


class StreamFailed(_Step, frozen=True, tag="stream-failed"):
    """The provider reported an error inside the stream."""

    failure: Failure


class StreamTruncated(_Step, frozen=True, gc=False, tag="stream-truncated"):
    """The body ended before the dialect's own end."""


class PartSnapshot(_Step, frozen=True, tag="part-snapshot"):
    """A part as it stood at that moment, where a design shows states and not steps. Only sightings hold it.

    Attributes:
        part: number of the part, from 0, in the order of the message at hand.
        seen: the part, with the text or the argument text that can be read of it.
        value: of a tool call or a structured object: the parsed value, where a design gives that and not the text.
        partial: whether more may come.
    """

    part: int
    seen: Part
    value: Json | UnsetType = UNSET
    partial: bool = False


Fragment: TypeAlias = TextDelta | ReasoningDelta | ArgumentsDelta | ResultDelta | RefusalDelta
FRAGMENTS = (TextDelta, ReasoningDelta, ArgumentsDelta, ResultDelta, RefusalDelta)

Delta: TypeAlias = (
    ResponseInfo
    | PartStart
    | CallNamed
    | TextDelta
    | ReasoningDelta
    | ArgumentsDelta
    | ResultDelta
    | RefusalDelta
    | SignatureDelta
    | OpaqueDelta
    | PartEnd
    | Finished
    | UsageReported
    | ResponseEnded
    | StreamFailed
    | StreamTruncated
)
Sighting: TypeAlias = Delta | PartSnapshot

FRAGMENT_OF: dict[Kind, type[Fragment]] = {
    "text": TextDelta,
    "reasoning": ReasoningDelta,
    "tool-call": ArgumentsDelta,
    "tool-result": ResultDelta,
    "refusal": RefusalDelta,
}
