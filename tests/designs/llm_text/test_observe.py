"""What the reader of `llm-text` sees in native JSON."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from workbench.design import Native
from workbench.designs.llm_text import DESIGN
from workbench.transcript import Failure, Phase, Raised, Seen, Usage, see

CALL = {"name": "look", "arguments": {"a": 1}, "tool_call_id": "c"}
MESSAGE = {"text": "so", "tool_calls": [CALL], "usage": {"input": 1, "output": 2, "details": {"cached": 3}}}


def seen(phase: Phase, **fields: Any) -> Seen:
    """Reads one phase of a record whose last frame is 9."""
    return see(DESIGN.observe(phase, Native(last_frame=9, **fields)), raised=fields.get("raised"))


def kinds(found: Seen) -> list[tuple[str, str]]:
    """Kind and text of each part."""
    return [(part.kind, part.text) for part in found.parts]


def test_live_is_one_text() -> None:
    """All chunks are one part, which ends with the stream; each is seen with its frame."""
    found = seen("live", events=((0, "a"), (4, "b")))
    assert [("text", "ab")] == kinds(found)
    assert (((0, 1), (4, 2)), 9, False) == (found.parts[0].arrivals, found.parts[0].ended, found.parts[0].end_stated)
    assert (9, None) == (found.ended, found.finish)


def test_live_of_nothing_has_no_part() -> None:
    """A stream without chunks ends, and nothing was there."""
    assert ((), 9) == (seen("live").parts, seen("live").ended)


def test_exceptions_of_the_sdk_tell_a_failure() -> None:
    """What the provider reported is told; any other exception tells only that something raised."""
    told = seen("live", events=((0, "a"),), raised=Raised("APIError", "Overloaded", 5))
    other = seen("live", events=((0, "a"),), raised=Raised("JSONDecodeError", "odd", 5))
    assert (Failure("Overloaded"), 5, None) == (told.failure, told.failed, told.ended)
    assert (None, None, None) == (other.failure, other.failed, other.ended)
    assert told.parts == other.parts


def test_final_tells_text_calls_counts_and_model() -> None:
    """Calls carry their arguments as values."""
    found = seen("final", message={**MESSAGE, "resolved_model": "m"})
    assert [("text", "so"), ("tool-call", "")] == kinds(found)
    assert ({"a": 1}, "look", "c") == (found.parts[1].value, found.parts[1].name, found.parts[1].id)
    assert (Usage(1, 2, cached=3), "m", 9) == (found.usage, found.model, found.ended)


def test_final_without_text_has_no_text_part() -> None:
    """An answer of a call alone is a call alone; no counts are none."""
    found = seen("final", message={"text": "", "tool_calls": [CALL]})
    assert [("tool-call", "")] == kinds(found)
    assert found.usage is None


def test_stored_takes_counts_from_the_row() -> None:
    """Parts are those that were loaded; counts and model are columns of the last row."""
    rows = [{"response": "so", "input_tokens": 5}, {"response": "so", "output_tokens": 2, "resolved_model": "m"}]
    rows[1]["token_details"] = '{"cached": 3}'
    found = seen("stored", stored={"responses": rows}, restored={"text": "so", "tool_calls": [CALL]})
    assert [("text", "so"), ("tool-call", "")] == kinds(found)
    assert (Usage(None, 2, cached=3), "m") == (found.usage, found.model)


def test_resumed_tells_every_exchange_in_order() -> None:
    """Results that were given come before the answer to them."""
    result = {"name": "look", "output": "cold", "tool_call_id": "c"}
    request = [
        {"prompt": "p", "text": "so", "tool_calls": [CALL]},
        {"tool_results": [result], "text": "well", "tool_calls": []},
        {"prompt": "Go on."},
    ]
    found = seen("resumed", request=request)
    assert [("text", "so"), ("tool-call", ""), ("tool-result", "cold"), ("text", "well")] == kinds(found)
    assert ("look", "c") == (found.parts[2].name, found.parts[2].id)


def test_phases_that_were_not_reached_show_nothing() -> None:
    """Without a message, a stored form or a request there is nothing to see."""
    nothing = {"message": UNSET, "restored": UNSET, "request": UNSET}
    phases: tuple[Phase, ...] = ("final", "stored", "resumed", "legacy")
    assert [Seen()] * 4 == [seen(phase, **nothing) for phase in phases]
