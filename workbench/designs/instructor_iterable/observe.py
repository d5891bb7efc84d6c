"""Reads items back into sightings.

Rules:
1. Each item is a tool call of its own, numbered in order: its value, and neither id nor name, which the API does not
   tell. A user cannot know whether two items came from two calls or from one call's list.
2. An item is handed out when its last brace has been read, so it is whole, and its end is stated.
3. The exceptions of the providers' SDKs tell a failure. Any other exception tells that something raised, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from workbench.design import Native
from workbench.families.instructor.reading import read_failure
from workbench.transcript import PartEnd, PartSnapshot, Phase, Sighting, ToolCallPart

_CALL = ToolCallPart(id=None, name="", arguments="")


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Yields a snapshot per item, and live its end; nothing where no item was handed out."""
    if phase == "live":
        for index, (frame, value) in enumerate(native.events):
            yield PartSnapshot(frame, index, _CALL, value)
            yield PartEnd(frame, index, stated=True)
        yield from read_failure(native)
        return
    kept = native.message if phase == "final" else native.restored
    if kept is not UNSET and kept is not None:
        for index, value in enumerate(kept):
            yield PartSnapshot(native.last_frame, index, _CALL, value)
