"""What a run of deltas or sightings amounts to, as values.

`workbench.transcript.seeing` makes them in one pass; clauses, agreement and lanes read them.

Rules:
1. Nothing is invented: a field is None, or False, where no sighting said so.
2. Every frame index says *when* something was known, not when it was sent.
"""

from __future__ import annotations

from msgspec import Struct, UnsetType

from workbench.transcript.parts import (
    Completion,
    Failure,
    FinishReason,
    Form,
    Json,
    Kind,
    Outcome,
    Part,
    ReasoningPart,
    RefusalPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    Usage,
)

NOWHERE = -1
"""The frame index of what was known before the first frame."""


class SeenPart(Struct, frozen=True):
    """All that is known of one part, and when it was known.

    Attributes:
        text: the text, argument text or output; all pieces joined.
        value: the parsed value of arguments or of a structured object, where that was shown instead of text.
        id: of the call or the block; of a tool result, the call it answers.
        started: frame after which the part was there at all.
        start_stated: somebody said that it began, rather than its first piece implying it.
        named: frame after which the name of the call was known; None while it is not.
        ended: frame after which its end was known; None while it is not.
        end_stated: somebody said that it ended, rather than something else implying it.
        arrivals: frame and length of the text then, each time that it grew; for values, the count of snapshots.
        revisions: how many times a snapshot took back what an earlier one showed.
        partial: the last snapshot said that more may come.
        typed: frame after which a parsed value could first be read; None while there was only text.
    """

    kind: Kind
    message: int
    text: str
    value: Json | UnsetType
    id: str | None
    name: str | None
    form: Form
    signature: str | None
    redacted: bool
    data: str | None
    server: bool
    error: bool
    started: int
    start_stated: bool
    named: int | None
    ended: int | None
    end_stated: bool
    arrivals: tuple[tuple[int, int], ...]
    revisions: int
    partial: bool
    typed: int | None = None


class Raised(Struct, frozen=True):
    """An exception that reached the user of the API while iterating.

    Attributes:
        type: name of the exception's class.
        frame: index of the last frame that had been fed.
    """

    type: str
    message: str
    frame: int


class Seen(Struct, frozen=True):
    """All that a run of sightings amounts to.

    Attributes:
        parts: in the order in which they began.
        turns: the parts in which pieces arrived, in order, runs of one part folded: `(0, 1, 2, 1)` is interleaved.
        finished: frame after which the reason for ending was known.
        usage_at: frames after which usage was reported.
        ended: frame after which the response was known to have ended well.
        failed: frame after which it was known to have failed.
        truncated: frame after which it was known to have been cut.
        raised: the exception that iteration raised.
    """

    parts: tuple[SeenPart, ...] = ()
    turns: tuple[int, ...] = ()
    finish: FinishReason | None = None
    finish_raw: str | None = None
    finished: int | None = None
    usage: Usage | None = None
    usage_at: tuple[int, ...] = ()
    response_id: str | None = None
    model: str | None = None
    ended: int | None = None
    failure: Failure | None = None
    failed: int | None = None
    truncated: int | None = None
    raised: Raised | None = None

    def of(self, kind: Kind) -> tuple[SeenPart, ...]:
        """Returns the parts of one kind, in order."""
        return tuple(part for part in self.parts if part.kind == kind)

    def text(self, kind: Kind) -> str:
        """Joins the text of all parts of one kind."""
        return "".join(part.text for part in self.parts if part.kind == kind)

    @property
    def completion(self) -> Completion:
        """How the response ended, as far as was said."""
        if self.failed is not None:
            return "failed"
        if self.ended is not None:
            return "complete"
        return "truncated" if self.parts or self.finished is not None or self.response_id else "empty"


def transcript_of(seen: Seen) -> Transcript:
    """Reads a transcript off what was seen, so that it can be compared with a written one.

    Args:
        seen: of a decoded body; every tool call has its argument text.

    Returns:
        The parts in order, with nothing added: an unnamed call has the empty name.
    """
    return Transcript(
        parts=tuple(_part_of(part) for part in seen.parts),
        outcome=Outcome(
            completion=seen.completion,
            finish=seen.finish,
            finish_raw=seen.finish_raw,
            usage=seen.usage,
            response_id=seen.response_id,
            model=seen.model,
            failure=seen.failure,
        ),
    )


def _part_of(part: SeenPart) -> Part:
    match part.kind:
        case "text":
            return TextPart(part.text, part.message)
        case "reasoning":
            return ReasoningPart(part.text, part.form, part.signature, part.redacted, part.data, part.id, part.message)
        case "tool-call":
            return ToolCallPart(part.id, part.name or "", part.text, part.server, part.message)
        case "tool-result":
            return ToolResultPart(part.id, part.name or "", part.text, part.server, part.error, part.message)
        case "refusal":
            return RefusalPart(part.text, part.message)
