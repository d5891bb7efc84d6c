"""Reads native JSON with a design's own reader and makes the trace that is judged.

Rules:
1. A reader gets one phase's fields of the native record and no other, so it cannot look ahead or aside.
2. What a phase did not reach is an empty `Seen`: seen, and nothing was there.
"""

from __future__ import annotations

from msgspec import UNSET

from workbench.design import Design
from workbench.errors import SubjectError
from workbench.native import Native
from workbench.trace import Address, Trace
from workbench.transcript import Phase, Seen, see


def only(phase: Phase, native: Native) -> Native:
    """Cuts a native record down to what one phase may read."""
    match phase:
        case "live":
            return Native(events=native.events, raised=native.raised, last_frame=native.last_frame)
        case "legacy":
            return Native(legacy=native.legacy, raised=native.raised, last_frame=native.last_frame)
        case "final":
            return Native(message=native.message, last_frame=native.last_frame)
        case "stored":
            return Native(stored=native.stored, restored=native.restored, last_frame=native.last_frame)
        case "resumed":
            return Native(request=native.request, last_frame=native.last_frame)


def reached(phase: Phase, native: Native) -> bool:
    """Says whether the subject got as far as this phase."""
    match phase:
        case "final":
            return native.message is not UNSET
        case "stored":
            return native.restored is not UNSET
        case "resumed":
            return native.request is not UNSET
        case _:
            return True


def trace_of(design: Design, native: Native, address: Address, *, subject: str | None = None) -> Trace:
    """Reads every phase that a design has.

    Args:
        design: whose reader to use.
        native: what the subject produced.
        address: the body that it was given.
        subject: its address; the design's id by default.

    Raises:
        SubjectError: the reader raised.
    """
    seen: dict[Phase, Seen] = {}
    for phase in design.phases:
        if not reached(phase, native):
            seen[phase] = Seen()
            continue
        raised = native.raised if phase in ("live", "legacy") else None
        try:
            seen[phase] = see(design.observe(phase, only(phase, native)), raised=raised)
        except Exception as error:
            what = f"its reader raised {type(error).__name__} on the {phase} phase: {error}"
            raise SubjectError(subject or design.id, str(address), what) from error
    return Trace(subject or design.id, design.id, address, native.last_frame + 1, native, seen)
