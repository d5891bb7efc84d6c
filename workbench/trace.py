"""The record of a run: the seam that clauses, agreement and pages read.

A trace holds the subject's native JSON and, per phase, what was seen in it. The truth that it is judged against stands
beside it, never inside it: a check's first half, `shows`, gets the trace alone.

Rules:
1. A trace is a value; equal runs give equal traces, to the byte.
2. On file it is JSON lines: a header, then one line per event, then one line per later phase. A snapshot is stored as
   its difference from the one before (`workbench.snapshots`), so a file grows in line with what was new.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from workbench.native import Native
from workbench.transcript import Part, Phase, Request, Seen, Transcript


class Address(Struct, frozen=True, order=True):
    """Which body: a turn of a fixture in a dialect."""

    fixture: str
    turn: int
    dialect: str

    def __str__(self) -> str:
        """`slug/1@dialect`; turns count from 1 for people."""
        return f"{self.fixture}/{self.turn + 1}@{self.dialect}"


class Truth(Struct, frozen=True):
    """What a body means, and what of it can be expected where.

    Attributes:
        written: the transcript as written by hand.
        projected: the same less what the dialect cannot carry.
        wire: the projected transcript on the time axis of the body's frames. The fixture tests hold that its content
            equals `projected`.
        conversation: the assistant parts and tool results of all turns so far, less what the dialect cannot carry: what
            a next request should hold.
        request: what was asked.
    """

    written: Transcript
    projected: Transcript
    wire: Seen
    conversation: tuple[Part, ...]
    request: Request


class Trace(Struct, frozen=True):
    """Everything recorded of one subject on one body.

    Attributes:
        subject: its address.
        design: id of the design whose reader made `seen`.
        frames: how many frames the body has.
        seen: per phase that the design has: what a user can know. A phase that the subject did not reach, because it
            raised before, holds what was seen up to then, which may be nothing.
    """

    subject: str
    design: str
    address: Address
    frames: int
    native: Native
    seen: Mapping[Phase, Seen]
