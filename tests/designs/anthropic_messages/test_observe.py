"""The reader of the stream helper's JSON: what a user can know of it, and when."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.corpus import load_corpus
from workbench.design import Native
from workbench.designs.anthropic_messages import DESIGN
from workbench.dialects import all_dialects
from workbench.harness.adapt import adapt
from workbench.harness.observe import only
from workbench.transcript import Phase, Raised, Seen, Usage, see

BODIES = {
    f"{fixture.slug}/{turn.number}@{body.dialect}": (turn, body) for fixture, turn, body in load_corpus().bodies()
}
HELPER = ("text", "thinking", "signature", "input_json")
WHOLE = {"content_block_stop": "content_block", "message_stop": "message"}


def native_of(address: str) -> Native:
    """What the adapter makes of a body."""
    turn, body = BODIES[address]
    return adapt(DESIGN, all_dialects()[body.dialect].decode(body.data), turn.request, turn.follow)


def seen(address: str, phase: Phase = "live") -> Seen:
    """What is seen in a phase."""
    return see(DESIGN.observe(phase, only(phase, native_of(address))))


def live(*events: Any, raised: Raised | None = None) -> Seen:
    """What is seen of events, one a frame."""
    native = Native(events=tuple(enumerate(events)), raised=raised, last_frame=len(events) - 1)
    return see(DESIGN.observe("live", native), raised=raised)


@pytest.mark.parametrize("address", BODIES)
def test_bare_events_say_what_the_helper_says(address: str) -> None:
    """Of `create(stream=True)` the same is read, less the value of a tool's input."""
    native = native_of(address)
    bare = tuple(
        (frame, {key: value for key, value in event.items() if key != WHOLE.get(event["type"])})
        for frame, event in native.events
        if event["type"] not in HELPER
    )
    helped = see(DESIGN.observe("live", only("live", native)))
    raw = see(DESIGN.observe("live", Native(events=bare, raised=native.raised, last_frame=native.last_frame)))
    told = [
        [(part.kind, part.text, part.id, part.name, part.signature, part.data, part.ended) for part in one.parts]
        for one in (helped, raw)
    ]
    assert told[0] == told[1]
    assert (helped.finish, helped.usage, helped.ended) == (raw.finish, raw.usage, raw.ended)


def test_input_is_a_value_at_each_piece() -> None:
    """`input_json` shows it as far as it goes, and what it shows may be taken back: a number that gets more digits."""
    (call,) = seen("structured-slow/1@anthropic-messages").of("tool-call")
    assert call.typed is not None
    assert call.typed < call.arrivals[-1][0]
    assert call.revisions > 0
    assert not call.partial


def test_a_cut_stream_has_no_end() -> None:
    """Nothing stands for the missing `message_stop`; a cut call stays partial and open."""
    cut = seen("truncated-in-arguments/1@anthropic-messages")
    last = cut.of("tool-call")[-1]
    assert (None, None, True) == (cut.ended, last.ended, last.partial)


def test_an_error_is_told_by_its_class() -> None:
    """`APIStatusError` holds the provider's error object; any other exception says nothing about the stream."""
    told = live(raised=Raised("APIStatusError", "{'type': 'error'}", 0))
    other = live(raised=Raised("ValueError", "boom", 0))
    assert ("{'type': 'error'}", None) == (told.failure and told.failure.message, other.failure)


def test_a_refusal_is_told_at_the_end() -> None:
    """Its text is the explanation beside the reason: after all else, in one piece."""
    for phase in ("live", "final", "stored"):
        refused = seen("refusal/1@anthropic-messages", phase)
        assert ("refusal", "refusal") == (refused.finish, refused.parts[-1].kind)
    assert 1 == len(seen("refusal/1@anthropic-messages").parts[-1].arrivals)


def test_results_are_named_by_their_call() -> None:
    """A server tool's result comes whole, told from the caller's; its output is the JSON of its content."""
    (result,) = seen("server-tool/1@anthropic-messages").of("tool-result")
    assert ("web_search", True, True) == (result.name, result.server, result.start_stated)
    assert result.text.startswith('[{"type":"web_search_result"')


def test_input_tokens_include_the_cache() -> None:
    """The three counts of input do not overlap; later counts replace those that they name."""
    start = {"type": "message_start", "message": {"type": "message", "usage": {"input_tokens": 3, "output_tokens": 1}}}
    change = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"cache_read_input_tokens": 4, "cache_creation_input_tokens": 5, "output_tokens": 9},
    }
    assert Usage(12, 9, cached=4) == live(start, change).usage


def test_blocks_go_back_as_they_are() -> None:
    """Signatures stand with their blocks, in order; results come first in what the user says next."""
    request = native_of("two-turns-with-tool/1@anthropic-messages").request
    answer, given = request["messages"][-2:]
    assert ["thinking", "text", "tool_use"] == [block["type"] for block in answer["content"]]
    assert answer["content"][0]["signature"]
    assert ["tool_result", "text"] == [block["type"] for block in given["content"]]
    assert seen("two-turns-with-tool/1@anthropic-messages", "resumed").of("reasoning")[0].signature
