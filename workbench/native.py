"""What crosses the seam: the JSON that a subject produced, and nothing else.

Native means in the vocabulary of the design or library at hand: its events under their real names, its message, its
stored form. A reader gets this and only this; it never receives the fixture, the truth, the deltas or live objects, so
one reader serves our adapter, a release in its own environment and a program in another language.

Rules:
1. Every value is JSON. What is absent is `UNSET`: the subject has no such phase, or did not get that far.
2. `frame` is the index of the last frame that had been fed when the event came out.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from workbench.transcript import Json, Raised

FramedEvent: TypeAlias = tuple[int, Json]
"""A native event as JSON, with the index of the frame after which it came."""


class Native(Struct, frozen=True, omit_defaults=True):
    """What one subject produced from one body.

    Attributes:
        events: what its user iterates over, in order.
        legacy: what code written for its older API sees, in order.
        raised: the exception that iteration raised.
        message: the assembled message, once the stream is over.
        stored: the stored form of it.
        restored: the message read back from the stored form, in the shape of `message`.
        request: the next request, built from stored history alone.
        last_frame: index of the last frame of the body.
    """

    events: tuple[FramedEvent, ...] = ()
    legacy: tuple[FramedEvent, ...] = ()
    raised: Raised | None = None
    message: Json | UnsetType = UNSET
    stored: Json | UnsetType = UNSET
    restored: Json | UnsetType = UNSET
    request: Json | UnsetType = UNSET
    last_frame: int = -1
