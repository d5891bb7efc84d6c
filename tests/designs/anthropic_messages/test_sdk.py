"""Holds the port of the stream helper against the installed SDK: the same raw events, equal in all that comes of them.

Theory of operation. What `produce` yields is written as JSON, made into the SDK's own events, and read by the SDK's
`MessageStream`; `accept` gets the same events. Everything is compared as JSON, key by key. Rules:
1. The provider's half raises before either helper sees anything; what came before is compared.
2. Exceptions are compared by class and text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest
from anthropic import not_given
from anthropic.lib.streaming import MessageStream
from anthropic.types import (
    Message,
    RawContentBlockDeltaEvent,
    RawContentBlockStartEvent,
    RawContentBlockStopEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    RawMessageStopEvent,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import responses
from workbench.corpus import load_corpus
from workbench.design import NativeRaise
from workbench.designs.anthropic_messages import DESIGN
from workbench.designs.anthropic_messages.adapter import HelperAdapter
from workbench.dialects import all_dialects
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    PartEnd,
    PartStart,
    Request,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    Usage,
    UsageReported,
)

pytestmark = pytest.mark.differential

DIALECTS = all_dialects()
BODIES = [
    pytest.param(body, id=f"{fixture.slug}/{turn.number}@{body.dialect}")
    for fixture, turn, body in load_corpus().bodies()
]
RAW: dict[str, Any] = {
    "message_start": RawMessageStartEvent,
    "content_block_start": RawContentBlockStartEvent,
    "content_block_delta": RawContentBlockDeltaEvent,
    "content_block_stop": RawContentBlockStopEvent,
    "message_delta": RawMessageDeltaEvent,
    "message_stop": RawMessageStopEvent,
}


def attempt(call: Callable[[], Any]) -> Any:
    """What a call gives, or the class and the text of what it raises."""
    try:
        return call()
    except NativeRaise as error:
        return {"raises": error.type, "text": str(error)}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return {"raises": type(error).__name__, "text": str(error)}


def events_of(steps: Iterable[Sequence[Delta]]) -> list[Any]:
    """The raw events that the provider's half makes, up to a raise."""
    provider, events = HelperAdapter(), []
    attempt(lambda: [events.append(event) for step in steps for event in provider.produce(step)])
    return events


def ours(raw: Sequence[Any]) -> dict[str, Any]:
    """What the port makes of raw events."""
    adapter, events = HelperAdapter(), []

    def take() -> None:
        for event in raw:
            events.extend(DESIGN.event_json(made) for made in adapter.accept(event))

    raised = attempt(take)
    final = attempt(adapter.message)
    restored = None if "raises" in final else DESIGN.restore(json.loads(json.dumps(final)), Request(()))
    return {"events": events, "raised": raised, "final": final, "restored": restored}


class Pushed:
    """Stands where the helper has its stream of raw events."""

    response = None

    def __init__(self, raw: Sequence[Any]) -> None:
        self.raw = raw

    def __iter__(self) -> Iterator[Any]:
        for event in self.raw:
            made = json.loads(json.dumps(event.to_dict()))
            yield RAW[made["type"]].model_construct(**made)


def written(model: Any) -> Any:
    """A model of the SDK as JSON; not-a-number becomes null there, and only there."""
    return json.loads(model.to_json(indent=None, warnings=False))


def theirs(raw: Sequence[Any]) -> dict[str, Any]:
    """What the SDK makes of raw events."""
    pushed: Any = Pushed(raw)
    stream: Any = MessageStream(pushed, output_format=not_given)
    events: list[Any] = []

    def take() -> None:
        for event in stream:
            events.append(written(event))  # noqa: PERF401 - the iteration may raise

    raised = attempt(take)
    final = attempt(lambda: written(stream.get_final_message()))
    restored = None
    if "raises" not in final:
        back: Any = Message.model_construct(**json.loads(json.dumps(final)))
        restored = written(back)
    return {"events": events, "raised": raised, "final": final, "restored": restored}


@pytest.mark.parametrize("body", BODIES)
def test_port_equals_sdk_on_every_body(body: Any) -> None:
    """Events in their order, the message, and the message read back, whatever dialect the deltas came from."""
    raw = events_of(step for _, step in DIALECTS[body.dialect].decode(body.data).steps)
    assert theirs(raw) == ours(raw)


def cut(deltas: Sequence[Delta], places: Iterable[int]) -> list[Sequence[Delta]]:
    """Deltas in steps, cut at some places."""
    edges = sorted({0, len(deltas), *(place % (len(deltas) + 1) for place in places)})
    return [deltas[start:end] for start, end in pairwise(edges)]


@given(responses(), st.lists(st.integers(0, 40), max_size=12))
def test_port_equals_sdk_on_what_a_provider_could_say(deltas: list[Delta], places: list[int]) -> None:
    """Parts in any order, calls that take turns, late names, results, ends of any kind."""
    raw = events_of(cut(deltas, places))
    assert theirs(raw) == ours(raw)


@pytest.mark.parametrize("text", ['{"a": "x"}', '{"a": "x', "{no", "", '{"a": 1}{', '["\\ud83d"]', "[01]"], ids=repr)
def test_input_that_is_no_json(text: str) -> None:
    """Input is refused at the same character and in the same words; the message keeps what came before."""
    raw = events_of(
        [
            [ResponseInfo(0, "m", "c"), PartStart(0, 0, "tool-call", id="t", name="f")],
            *([ArgumentsDelta(0, 0, character)] for character in text),
            [PartEnd(0, 0), Finished(0, "tool-calls"), ResponseEnded(0)],
        ]
    )
    assert theirs(raw) == ours(raw)


def test_the_last_signature_counts() -> None:
    """Two signatures for one block: the message has the second, as the SDK's has."""
    raw = events_of(
        [[PartStart(0, 0, "reasoning"), SignatureDelta(0, 0, "one")], [SignatureDelta(0, 0, "two"), PartEnd(0, 0)]]
    )
    assert theirs(raw) == ours(raw)
    assert "two" == ours(raw)["final"]["content"][0]["signature"]


def test_later_counts_replace_earlier_ones() -> None:
    """Counts that come after the reason are told with the reason said again, and the message has them all."""
    raw = events_of(
        [
            [ResponseInfo(0, "m", "c"), UsageReported(0, Usage(10, 1, cached=4))],
            [Finished(1, "stop")],
            [UsageReported(2, Usage(output=7, reasoning=3)), ResponseEnded(2)],
        ]
    )
    assert theirs(raw) == ours(raw)
    final = ours(raw)["final"]
    assert "end_turn" == final["stop_reason"]
    expected = {
        "input_tokens": 6,
        "cache_read_input_tokens": 4,
        "output_tokens": 7,
        "output_tokens_details": {"thinking_tokens": 3},
    }
    assert expected == final["usage"]
