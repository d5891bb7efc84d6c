"""Content blocks while they are open: what they are, and which pieces they take."""

from __future__ import annotations

from workbench.dialects.anthropic_messages.events import Block, JsonPiece, Piece, TextPiece, ThinkingPiece
from workbench.dialects.anthropic_messages.words import CALLS, RESULT
from workbench.transcript import FRAGMENT_OF, Fragment, Kind

_EXPECTS: dict[Kind, type[TextPiece | ThinkingPiece | JsonPiece]] = {
    "text": TextPiece,
    "reasoning": ThinkingPiece,
    "tool-call": JsonPiece,
}


class OpenBlock:
    """A content block.

    Attributes:
        part: number of its part; -1 for a block that is not read.
        expects: the type of piece that makes it grow without a question; None once it has stopped.
        make: makes the delta of such a piece.
        pieces: argument text so far, for a tool call.
        whole: its input stood in its start.
        signed: it has a signature.
    """

    __slots__ = ("expects", "kind", "make", "name", "open", "part", "pieces", "server", "signed", "whole")

    def __init__(self, kind: Kind, part: int, *, server: bool = False, name: str | None = None) -> None:
        self.kind = kind
        self.part = part
        self.server = server
        self.name = name
        self.open = True
        self.expects = _EXPECTS.get(kind)
        self.make: type[Fragment] = FRAGMENT_OF[kind]
        self.pieces: list[str] | None = [] if kind == "tool-call" else None
        self.whole = False
        self.signed = False


def open_block(block: Block, part: int) -> OpenBlock | None:
    """Opens the block that a start describes; None for a type that is not read.

    Args:
        block: as its start shows it.
        part: number that its part will have.
    """
    kind = block.type
    if kind == "text":
        return OpenBlock("text", part)
    if kind in ("thinking", "redacted_thinking"):
        opened = OpenBlock("reasoning", part)
        if kind == "redacted_thinking":
            opened.expects = None
        return opened
    if kind in CALLS:
        opened = OpenBlock("tool-call", part, server=CALLS[kind], name=block.name)
        if block.input:
            opened.expects = None  # the decoder remarks deltas on top of a whole input
        return opened
    if kind.endswith(RESULT):
        return OpenBlock("tool-result", part, server=True)
    return None


def unread_block() -> OpenBlock:
    """Stands for a block that is not read, so that its deltas and its stop are not taken for faults."""
    block = OpenBlock("text", -1)
    block.expects = None
    return block


def kind_of_piece(piece: Piece) -> Kind:
    """Tells which kind of part a piece belongs to."""
    if isinstance(piece, TextPiece):
        return "text"
    return "tool-call" if isinstance(piece, JsonPiece) else "reasoning"
