"""Which clauses count frames: those whose shown values change when nobody knows the frames any more."""

from __future__ import annotations

from msgspec import structs

from workbench.clauses import all_checks
from workbench.corpus import load_corpus
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import trace_of
from workbench.harness.run import read_bodies
from workbench.miniatures import all_miniatures
from workbench.native import Native


def flat(native: Native) -> Native:
    """What is left of a record when all that is known of frames is their order."""
    raised = native.raised and structs.replace(native.raised, frame=native.last_frame)
    return structs.replace(
        native,
        events=tuple((native.last_frame, event) for _, event in native.events),
        legacy=tuple((native.last_frame, event) for _, event in native.legacy),
        raised=raised,
    )


def test_clauses_that_count_frames_say_so() -> None:
    """A check is timed exactly when flattening the frames of some miniature changes what it shows on some body.

    A clause that counts frames and does not say so would judge releases by frames that are mere upper bounds.
    """
    checks = all_checks()
    changed: set[str] = set()
    for body in read_bodies(load_corpus(), all_dialects()):
        for design in all_miniatures().values():
            if design.applies(body.turn.request) is not None or "live" not in design.phases:
                continue
            native = adapt(design, body.decoded, body.turn.request, body.turn.follow)
            exact = trace_of(design, native, body.address)
            loose = trace_of(design, flat(native), body.address)
            changed |= {
                one.clause
                for one in checks.values()
                if one.clause not in changed and one.phase in design.phases and one.shows(exact) != one.shows(loose)
            }
    assert {one.clause for one in checks.values() if one.timed} == changed
