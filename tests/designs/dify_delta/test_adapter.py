"""The adapter of `dify-delta`: where reasoning goes. All else is the family's; see the tests of `dify-tagged`."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from workbench.design import NativeRaise
from workbench.designs.dify_delta import DESIGN
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Failure,
    Finished,
    FollowUp,
    Message,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    TextPart,
    Usage,
    UsageReported,
)

REQUEST = Request(messages=(Message("user", (TextPart("Hi"),)),), model="asked-for")


def chunks(*steps: Sequence[Delta]) -> list[dict]:
    """The JSON of all chunks that these steps give."""
    adapter = DESIGN.start(REQUEST)
    found = [DESIGN.event_json(event) for step in steps for event in adapter.receive(step)]
    return found + [DESIGN.event_json(event) for event in adapter.finish()]


def pairs(*steps: Sequence[Delta]) -> list[tuple[str | None, str]]:
    """Reasoning and text of each chunk but the last."""
    return [(chunk["delta"]["reasoning_content"], chunk["delta"]["message"]["content"]) for chunk in chunks(*steps)][
        :-1
    ]


def test_chunk_has_the_proposal_s_fields() -> None:
    """A chunk's JSON has the proposal's fields, in its order, with its defaults."""
    expected = {
        "model": "answered",
        "prompt_messages": [],
        "system_fingerprint": None,
        "delta": {
            "index": 0,
            "message": {"role": "assistant", "content": "", "name": None, "tool_calls": []},
            "reasoning_content": "Hm",
            "usage": None,
            "finish_reason": None,
        },
    }
    found = chunks([ResponseInfo(0, "r", "answered"), ReasoningDelta(0, 0, "Hm")])[0]
    assert expected == found
    assert list(expected["delta"]) == list(found["delta"])


def test_reasoning_and_text_have_chunks_of_their_own() -> None:
    """Reasoning is in the field, text in the message, and a frame with both gives two chunks in their order."""
    assert [("Let ", ""), ("me.", ""), (None, "Yes"), (None, "."), ("Hm", ""), (None, "no")] == pairs(
        [PartStart(0, 0, "reasoning"), ReasoningDelta(0, 0, "Let ")],
        [ReasoningDelta(1, 0, "me.")],
        [PartEnd(2, 0, stated=True)],
        [PartStart(3, 1, "text"), TextDelta(3, 1, "Yes"), TextDelta(3, 1, "")],
        [TextDelta(4, 1, ".")],
        [ReasoningDelta(5, 2, "Hm"), TextDelta(5, 3, "no")],
    )


def test_two_blocks_in_a_row_are_one_run() -> None:
    """Nothing says that one block ends and the next begins; signatures have no field."""
    assert [("one", ""), ("two", "")] == pairs(
        [PartStart(0, 0, "reasoning"), ReasoningDelta(0, 0, "one"), SignatureDelta(0, 0, "sig-1")],
        [PartEnd(1, 0, stated=True)],
        [PartStart(2, 1, "reasoning"), ReasoningDelta(2, 1, "two"), SignatureDelta(2, 1, "sig-2")],
    )


def test_literal_tags_stay_where_they_are() -> None:
    """Tags in the answer are answer."""
    assert [(None, "<think>"), (None, "x</think>")] == pairs(
        [TextDelta(0, 0, "<think>")], [TextDelta(1, 0, "x</think>")]
    )


def test_calls_usage_and_reason_come_at_the_end() -> None:
    """Calls come whole in the last chunk but one; usage and the reason in the last."""
    found = chunks(
        [PartStart(0, 0, "tool-call", id="c", name="f"), ArgumentsDelta(0, 0, "{")],
        [ArgumentsDelta(1, 0, "}"), Finished(1, "tool-calls", "tool_use"), UsageReported(1, Usage(1, 2))],
        [ResponseEnded(2)],
    )
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert [[call], []] == [chunk["delta"]["message"]["tool_calls"] for chunk in found]
    assert [None, "tool_use"] == [chunk["delta"]["finish_reason"] for chunk in found]
    assert [None, 3] == [chunk["delta"]["usage"] and chunk["delta"]["usage"]["total_tokens"] for chunk in found]


def test_a_cut_body_ends_without_a_reason() -> None:
    """A body cut inside reasoning gives what came, and a last chunk without a reason."""
    found = chunks([ReasoningDelta(0, 0, "Hm")], [StreamTruncated(0)])
    assert ["Hm", None] == [chunk["delta"]["reasoning_content"] for chunk in found]
    assert [None, None] == [chunk["delta"]["finish_reason"] for chunk in found]


def test_an_error_in_the_stream_is_raised() -> None:
    """The SDK's ValueError ends the stream; there is no result."""
    adapter = DESIGN.start(REQUEST)
    with pytest.raises(NativeRaise, match="Overloaded") as raised:
        list(adapter.receive([StreamFailed(0, Failure("Overloaded"))]))
    assert "ValueError" == raised.value.type
    with pytest.raises(NativeRaise, match="Overloaded"):
        adapter.stored()


def test_reasoning_is_gone_once_the_stream_is_over() -> None:
    """Result, stored form, next request and older consumers have the answer without reasoning."""
    adapter = DESIGN.start(REQUEST)
    legacy = [
        seen
        for step in ([ReasoningDelta(0, 0, "Hm")], [TextDelta(1, 1, "Yes")], [ResponseEnded(2)])
        for event in adapter.receive(step)
        for seen in DESIGN.legacy_json(event)
    ]
    assert [{"content": "Yes"}] == legacy
    assert "Yes" == adapter.message()["message"]["content"]
    assert adapter.message() == DESIGN.restore(adapter.stored(), REQUEST)
    assistant = {"role": "assistant", "content": "Yes", "name": None, "tool_calls": []}
    user = {"role": "user", "content": "Go on.", "name": None}
    assert [assistant, user] == DESIGN.resume([], adapter.stored(), FollowUp())


def test_written_history_drops_reasoning() -> None:
    """No message has a place for reasoning."""
    request = Request(messages=(Message("assistant", (ReasoningPart("Hm"), TextPart("Yes"))),))
    assert ["Yes"] == [message["content"] for message in DESIGN.history(request)]
