"""Deltas through an adapter: what is recorded, when, and what a raise or a bug amounts to."""

from __future__ import annotations

import pytest
from msgspec import UNSET

from tests.harness.support import Shout, decoded
from workbench.errors import SubjectError
from workbench.harness.adapt import adapt, through_json
from workbench.harness.observe import only, reached, trace_of
from workbench.native import Native
from workbench.trace import Address
from workbench.transcript import PHASES, FollowUp, Raised, Request

REQUEST = Request(())
FOLLOW = FollowUp(prompt="And then?")


def test_each_event_is_recorded_with_the_frame_after_which_it_came() -> None:
    """Events of the end come after the last frame."""
    native = adapt(Shout(), decoded("a", "b"), REQUEST, FOLLOW)

    assert (
        (0, {"kind": "shout", "says": "A"}),
        (1, {"kind": "shout", "says": "B"}),
        (1, {"kind": "silence"}),
    ) == native.events
    assert ((0, "A"), (1, "B")) == native.legacy


def test_the_later_phases_follow_from_the_message() -> None:
    """Stored, restored and the next request are recorded, the last one from stored history."""
    native = adapt(Shout(), decoded("a", "b"), REQUEST, FOLLOW)

    assert ({"said": "ab"}, {"said": "ab"}) == (native.message, native.stored)
    assert {"said": "ab", "restored": True} == native.restored
    assert ["opening", "ab", "And then?"] == native.request


def test_a_later_turn_goes_on_from_the_designs_own_history() -> None:
    """What an earlier turn made is what the next one starts from, losses included."""
    native = adapt(Shout(), decoded("c"), REQUEST, FOLLOW, history=["earlier"])

    assert ["earlier", "c", "And then?"] == native.request


def test_a_raise_at_the_user_is_recorded_with_its_frame_and_what_came_before() -> None:
    """What came before the raise is kept; the end is not called."""
    native = adapt(Shout(), decoded("a", "raise", "b"), REQUEST, FOLLOW)

    assert Raised("ShoutError", "hoarse", 1) == native.raised
    assert ((0, {"kind": "shout", "says": "A"}),) == native.events


def test_a_bug_of_an_adapter_is_no_finding_about_the_design() -> None:
    """Any other exception names subject and fixture and is raised on."""
    with pytest.raises(SubjectError, match=r"shout on here: raised KeyError: 'a bug of the adapter'"):
        adapt(Shout(), decoded("crash"), REQUEST, FOLLOW, fixture="here")


def test_only_json_crosses_the_seam() -> None:
    """An object that is not JSON is refused, and nothing that crossed is shared with the adapter."""
    value = {"a": [1]}

    assert value == through_json(value)
    assert value["a"] is not through_json(value)["a"]
    with pytest.raises(TypeError):
        through_json({"a": object()})


@pytest.mark.parametrize("phase", PHASES)
def test_a_reader_gets_one_phase_and_no_other(phase: str) -> None:
    """Each phase sees its own fields only, so it cannot look ahead or aside."""
    native = Native(((0, 1),), ((0, 2),), Raised("E", "m", 0), 3, 4, 5, 6, 0)
    seen = {
        "live": Native(events=((0, 1),), raised=native.raised, last_frame=0),
        "legacy": Native(legacy=((0, 2),), raised=native.raised, last_frame=0),
        "final": Native(message=3, last_frame=0),
        "stored": Native(stored=4, restored=5, last_frame=0),
        "resumed": Native(request=6, last_frame=0),
    }

    assert seen[phase] == only(phase, native)  # type: ignore[arg-type, index]


def test_a_phase_that_was_not_reached_is_seen_to_be_empty() -> None:
    """No message means that nothing was there, and its reader is not asked."""
    trace = trace_of(Shout(), Native(events=(), message=UNSET, last_frame=0), Address("f", 0, "d"))

    assert not reached("final", trace.native)
    assert () == trace.seen["final"].parts


def test_a_reader_that_raises_is_named() -> None:
    """The phase stands in the error."""
    with pytest.raises(SubjectError, match="its reader raised KeyError on the final phase"):
        trace_of(Shout(), Native(message={}, last_frame=0), Address("f", 0, "d"))
