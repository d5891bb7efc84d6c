"""Reads snapshots back into sightings.

Rules:
1. Each snapshot is a state of one tool call, part 0: its value, and neither its id nor its name, which the API does
   not tell. A value that is no object (Instructor hands out a bare string when the arguments are one) is shown as it
   is.
2. While the iteration goes on, more may come, so a live snapshot is partial. Once it ends without an exception, the
   last object passes for finished: nothing tells one whose text was cut from a whole one.
3. The exceptions of the providers' SDKs tell a failure. Any other exception tells that something raised, and no more.
4. None for a field that has not come looks like None for one that came as null. The value is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from workbench.design import Native
from workbench.families.instructor.reading import read_failure
from workbench.transcript import Json, PartSnapshot, Phase, Sighting, ToolCallPart

_CALL = ToolCallPart(id=None, name="", arguments="")


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Yields a snapshot per object that a user holds in this phase; nothing where none was handed out."""
    if phase == "live":
        for frame, value in native.events:
            yield _sight(frame, value, partial=True)
        yield from read_failure(native)
        if native.raised is None and native.events:
            yield _sight(native.last_frame, native.events[-1][1], partial=False)
        return
    kept = native.message if phase == "final" else native.restored
    if kept is not UNSET and kept is not None:
        yield _sight(native.last_frame, kept, partial=False)


def _sight(frame: int, value: Json, *, partial: bool) -> PartSnapshot:
    return PartSnapshot(frame, 0, _CALL, value, partial)
