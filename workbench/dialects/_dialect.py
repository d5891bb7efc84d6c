"""What dialects over server-sent events share: bodies that are no event stream, and the words for a reason to end.

Rules:
1. A body that gave no frame may be a JSON error or a page of HTML with status 200. It has failed, and what it says is
   kept. This is for whole bodies: a decoder that is fed frames never sees such bytes.
2. A reason for ending that a dialect has no word for is not sent, and so not projected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from workbench.dialect import Decoded, Dialect
from workbench.dialects._failures import failure_in_body
from workbench.transcript import NOWHERE, Completion, FinishReason, Message, Outcome, Part, StreamFailed
from workbench.wire import Diagnostic


class EventStreamDialect(Dialect):
    """A dialect whose bodies are server-sent events."""

    def decode(self, body: bytes) -> Decoded:
        """Reads a whole body. Never raises: what cannot be read becomes diagnostics."""
        decoded = super().decode(body)
        if decoded.frames:
            return decoded
        found = failure_in_body(body)
        if found is None:
            return decoded
        what, failure = found
        remarks = (*decoded.diagnostics, Diagnostic("not-an-event-stream", 0, len(body), what))
        if failure is None:
            return msgspec.structs.replace(decoded, diagnostics=remarks)
        return msgspec.structs.replace(
            decoded, steps=((NOWHERE, (StreamFailed(NOWHERE, failure),)),), diagnostics=remarks
        )


class FinishWords:
    """A dialect's words for reasons to end, both ways.

    Args:
        read: the dialect's word to the neutral one; all words that its documentation lists.
        write: the neutral word to the dialect's; reasons that it cannot say are absent.
    """

    def __init__(self, read: Mapping[str, FinishReason], write: Mapping[FinishReason, str]) -> None:
        self._read = dict(read)
        self._write = dict(write)

    def knows(self, raw: str) -> bool:
        """Says whether the documentation lists a word."""
        return raw in self._read

    def reason(self, raw: str) -> FinishReason:
        """Returns the neutral word for one as sent; `other` for one that is not listed."""
        return self._read.get(raw, "other")

    def word(self, reason: FinishReason | None, raw: str | None) -> str | None:
        """Returns the word to send, or None where the dialect has none.

        Args:
            reason: the neutral word.
            raw: a word that was sent before; used if it means the same in this dialect.
        """
        if reason is None:
            return None
        if raw and self.reason(raw) == reason:
            return raw
        return self._write.get(reason)


def completion_of(outcome: Outcome, parts: Sequence[Part]) -> Completion:
    """Says how a response looks to have ended once what a dialect cannot carry is gone.

    A stream that was cut before it said anything cannot be told from an empty body (`Seen.completion` says the same).
    """
    if outcome.completion in ("complete", "failed"):
        return outcome.completion
    return "truncated" if parts or outcome.finish is not None or outcome.response_id else "empty"


def joined_tool_messages(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Makes one message of tool results that follow one another: neither dialect tells them apart."""
    out: list[Message] = []
    for message in messages:
        if message.role == "tool" and out and out[-1].role == "tool":
            out[-1] = Message("tool", (*out[-1].parts, *message.parts))
        else:
            out.append(message)
    return tuple(out)
