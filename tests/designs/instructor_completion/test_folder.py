"""The folder of `instructor-completion`: adapter, table, reader and example, held against streams made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, structs

from workbench.design import Native, NativeRaise
from workbench.designs.instructor_completion import DESIGN
from workbench.designs.instructor_completion.example import lines
from workbench.dialect import Decoded
from workbench.harness.adapt import adapt
from workbench.harness.proof import Prover
from workbench.trace import Address
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Failure,
    Finished,
    FollowUp,
    OpaqueDelta,
    PartEnd,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
    Tool,
    Usage,
    UsageReported,
    see,
    transcript_of,
)

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "default": 1}},
    "required": ["city"],
}
REQUEST = Request((), (Tool("plan", parameters=SCHEMA),))
ARGUMENTS = '{"city": "Oslo-dye"}'


def steps(*, stated: bool) -> tuple[tuple[Delta, ...], ...]:
    """A stream with everything in it, as the one provider or the other sends it."""
    signed = (SignatureDelta(1, 0, "sig-dye"),) if stated else ()
    return (
        (ResponseInfo(0, "resp-dye", "model-dye"),),
        (PartStart(1, 0, "reasoning", stated=stated), ReasoningDelta(1, 0, "Thought-dye"), *signed),
        (PartEnd(2, 0, stated), PartStart(2, 1, "text", stated=stated), TextDelta(2, 1, "Answer-dye")),
        (PartEnd(3, 1, stated), PartStart(3, 2, "tool-call", id="call-dye", name="tool-dye", stated=stated)),
        (ArgumentsDelta(4, 2, ARGUMENTS[:9]),),
        (ArgumentsDelta(5, 2, ARGUMENTS[9:]), PartEnd(5, 2, stated)),
        (
            Finished(6, "tool-calls", "tool_use" if stated else "tool_calls"),
            UsageReported(6, Usage(70117, 80119, 60127, 50131)),
        ),
        (ResponseEnded(7),),
    )


CHAT, MESSAGE = steps(stated=False), steps(stated=True)
REFUSED: tuple[tuple[Delta, ...], ...] = (
    (PartStart(0, 0, "refusal"), RefusalDelta(0, 0, "No-dye.")),
    (Finished(1, "stop", "stop"), ResponseEnded(1)),
)
FAILED = (*CHAT[:5], (StreamFailed(5, Failure("Overloaded-dye")),))
DYES = {
    "text": ("Answer-dye",),
    "reasoning": ("Thought-dye",),
    "reasoning.signature": ("sig-dye",),
    "refusal": ("No-dye",),
    "call.name": ("tool-dye",),
    "call.id": ("call-dye",),
    "call.arguments": ("Oslo-dye",),
    "usage": ("70117", "80119"),
    "usage.reasoning": ("60127",),
    "usage.cached": ("50131",),
    "response.id": ("resp-dye",),
    "response.model": ("model-dye",),
    "failure": ("Overloaded-dye",),
}


def run(steps: tuple[tuple[Delta, ...], ...]) -> Native:
    """Runs the adapter as the harness does."""
    decoded = Decoded("by-hand", (None,) * len(steps), tuple(enumerate(steps)), ())  # type: ignore[arg-type]
    return adapt(DESIGN, decoded, REQUEST, FollowUp())


@pytest.mark.parametrize("stated", [False, True], ids=["chat", "message"])
def test_pair_comes_with_the_end(stated: bool) -> None:
    """Nothing comes before the end of the response; then the object and the response, once."""
    native = run(steps(stated=stated))
    ((frame, (value, completion)),) = native.events
    assert (7, {"city": "Oslo-dye"}) == (frame, value)
    assert ("message" if stated else None) == completion.get("type")
    assert [value, completion] == native.message


@pytest.mark.parametrize(
    ("stream", "type_", "words"),
    [
        (FAILED, "InstructorRetryException", "Overloaded-dye"),
        ((*CHAT[:5], (StreamTruncated(5),)), "InstructorRetryException", "Connection error."),
        (REFUSED, "InstructorRetryException", "Unable to generate a response due to No-dye."),
        ((*CHAT[:4], *CHAT[6:]), "InstructorRetryException", "Invalid JSON"),
    ],
    ids=["failed", "cut", "refused", "no arguments"],
)
def test_call_that_raises_returns_nothing(stream: tuple[tuple[Delta, ...], ...], type_: str, words: str) -> None:
    """What breaks off or does not fit is an exception, and there is neither a pair nor anything to store."""
    native = run(stream)
    assert native.raised is not None
    assert ((), UNSET, UNSET, UNSET) == (native.events, native.message, native.stored, native.restored)
    assert (type_, True) == (native.raised.type, words in native.raised.message)


@pytest.mark.parametrize("stated", [False, True], ids=["chat", "message"])
@pytest.mark.parametrize("phase", DESIGN.phases)
def test_reader_reads_the_whole_response(phase: Any, stated: bool) -> None:
    """Parts, ids, arguments, signature, reason and counts are read in every phase, with the value of the call."""
    seen = see(DESIGN.observe(phase, run(steps(stated=stated))))
    reasoning, text, call = seen.parts
    assert ("Thought-dye", "sig-dye" if stated else None) == (reasoning.text, reasoning.signature)
    assert ("Answer-dye", "tool-dye", "call-dye") == (text.text, call.name, call.id)
    assert ("Oslo-dye", "" if stated else ARGUMENTS) == (call.value["city"], call.text)  # type: ignore[call-overload, index]
    assert ("tool-calls", "tool_use" if stated else "tool_calls") == (seen.finish, seen.finish_raw)
    assert (70117, 80119) == (seen.usage and seen.usage.input, seen.usage and seen.usage.output)
    assert ("resp-dye", "model-dye") == (seen.response_id, seen.model)
    assert seen.ended is not None


def test_order_is_told_by_a_message_only() -> None:
    """Text behind a call stands behind it in a `Message`, and before it in a `ChatCompletion`."""
    kinds = {}
    for stated in (False, True):
        stream = steps(stated=stated)
        later = (PartStart(5, 3, "text", stated=stated), TextDelta(5, 3, " More."), PartEnd(5, 3, stated))
        native = run((*stream[:6], later, *stream[6:]))
        kinds[stated] = [part.kind for part in see(DESIGN.observe("final", native)).parts]
    assert {
        False: ["reasoning", "text", "tool-call"],
        True: ["reasoning", "text", "tool-call", "text"],
    } == kinds


def test_reader_knows_every_block() -> None:
    """What no fixture with a response model has yet is read, too: withheld reasoning, what the provider ran, counts."""
    stream = (
        (PartStart(0, 0, "reasoning", redacted=True, stated=True), OpaqueDelta(0, 0, "data")),
        (PartStart(1, 1, "tool-call", id="s", name="web_search", server=True, stated=True),),
        (ArgumentsDelta(1, 1, '{"q": "tide"}'),),
        (PartStart(2, 2, "tool-result", id="s", name="web_search", server=True, stated=True),),
        (ResultDelta(2, 2, '[{"url":"é"}]'),),
        *MESSAGE[3:6],
        (UsageReported(6, Usage(10, 20, reasoning=5, cached=3)),),
        *MESSAGE[7:],
    )
    stream = tuple(tuple(renumber(delta, at) for delta in step) for at, step in enumerate(stream))
    seen = see(DESIGN.observe("final", run(stream)))
    redacted, call, result, _ = seen.parts
    assert (True, "data") == (redacted.redacted, redacted.data)
    assert (True, {"q": "tide"}) == (call.server, call.value)
    assert ("s", "web_search", '[{"url":"é"}]', True) == (result.id, result.name, result.text, result.server)
    assert Usage(10, 20, reasoning=5, cached=3) == seen.usage


def renumber(delta: Any, frame: int) -> Any:
    """Moves a delta to a frame; the call of the user's tool becomes part 3."""
    parts = {"part": 3} if getattr(delta, "part", None) == 2 and frame > 4 else {}
    return structs.replace(delta, frame=frame, **parts)


def test_refusal_is_read_off_the_exception() -> None:
    """The words stand behind Instructor's own; no other exception is read."""
    (part,) = see(DESIGN.observe("live", run(REFUSED))).parts
    assert ("refusal", "No-dye.") == (part.kind, part.text)
    assert () == see(DESIGN.observe("live", run(FAILED))).parts


def test_object_alone_is_read_as_a_call() -> None:
    """What `create` returns has no response beside it."""
    (part,) = transcript_of(see(DESIGN.observe("final", Native(message={"city": "Oslo"})))).parts
    assert ("", "") == (part.name, part.arguments)  # type: ignore[union-attr]


def test_cache_gives_back_defaults_and_nulls() -> None:
    """What comes out of the cache has the fields that were not sent, in the object and in the response."""
    native = run(CHAT)
    value, completion = native.restored  # type: ignore[misc]
    assert ({"city": "Oslo-dye"}, {"city": "Oslo-dye", "days": 1}) == (native.message[0], value)  # type: ignore[index]
    assert native.stored == {"model": value, "raw": completion}
    assert "audio" in completion["choices"][0]["message"]
    with pytest.raises(NativeRaise, match="city"):
        DESIGN.restore({"model": {"days": 1}, "raw": completion}, REQUEST)


def test_table_is_filled_and_nothing_leaks() -> None:
    """Every declared path holds its dye in one stream or another, and no dye is where nothing is declared."""
    prover = Prover(DESIGN)
    for stream in (CHAT, MESSAGE, REFUSED, FAILED):
        prover.look(run(stream), Address("by-hand", 0, "by-hand"), DYES)
    assert [] == [(finding.phase, finding.concept, finding.what) for finding in prover.findings()]


@pytest.mark.parametrize("stream", [CHAT, MESSAGE], ids=["chat", "message"])
def test_example_shows_what_stands_beside_the_object(stream: tuple[tuple[Delta, ...], ...]) -> None:
    """The consumer prints the object, the thinking, the text and the cost."""
    adapter = DESIGN.start(REQUEST)
    returned: list[Any] = [pair for step in stream for pair in adapter.receive(step)]
    assert ["plan(city='Oslo-dye', days=1)", "Thought-dye", "Answer-dye", "80119 tokens"] == list(lines(returned))
