"""What the reader sees in llm's native JSON, and what the design says of itself."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from msgspec import UNSET

from workbench.design import Native
from workbench.designs.llm import DESIGN
from workbench.designs.llm.example import show
from workbench.designs.llm.vocabulary import StreamEvent
from workbench.paths import iter_scalars, matches
from workbench.transcript import (
    CONCEPTS,
    ArgumentsDelta,
    Delta,
    FollowUp,
    Message,
    OpaqueDelta,
    PartEnd,
    PartStart,
    Phase,
    Raised,
    ReasoningDelta,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    ResultDelta,
    Seen,
    SignatureDelta,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    UsageReported,
    see,
)

STEPS: list[list[Delta]] = [
    [
        ResponseInfo(0, "r", "m-2"),
        PartStart(0, 0, "reasoning"),
        ReasoningDelta(0, 0, "hm"),
        SignatureDelta(0, 0, "sig"),
    ],
    [PartStart(1, 1, "reasoning", redacted=True), OpaqueDelta(1, 1, "blob"), PartEnd(1, 1)],
    [ReasoningDelta(2, 2, "open"), OpaqueDelta(2, 2, "cipher")],
    [TextDelta(3, 3, "I "), TextDelta(3, 3, "ask")],
    [PartStart(4, 4, "tool-call", id="s1", name="search", server=True), ArgumentsDelta(4, 4, "{}")],
    [PartStart(5, 5, "tool-result", id="s1", name="search", server=True), ResultDelta(5, 5, "found")],
    [PartStart(6, 6, "tool-call", id="c1", name="look"), PartStart(6, 7, "tool-call", id="c2", name="look")],
    [ArgumentsDelta(7, 6, '{"a"'), ArgumentsDelta(7, 7, "{}"), ArgumentsDelta(7, 6, ": 1}")],
    [PartStart(8, 8, "text", message=1), TextDelta(8, 8, "so")],
    [UsageReported(9, Usage(1, 2, 3, 4)), ResponseEnded(9)],
]
LAST = len(STEPS) - 1
USER = Message("user", (TextPart("hi"),))


def native_of(steps: list[list[Delta]], request: Request = Request((USER,))) -> Native:  # noqa: B008 - frozen
    """Runs the adapter and records what came out, through JSON text."""
    adapter = DESIGN.start(request)
    events: list[Any] = []
    legacy: list[Any] = []
    for frame, step in enumerate(steps):
        for event in adapter.receive(step):
            events.append((frame, DESIGN.event_json(event)))
            legacy += [(frame, chunk) for chunk in DESIGN.legacy_json(event)]
    adapter.finish()
    message, stored = json.loads(json.dumps([adapter.message(), adapter.stored()]))
    return Native(
        events=tuple(events),
        legacy=tuple(legacy),
        message=message,
        stored=stored,
        restored=DESIGN.restore(stored, request),
        request=DESIGN.resume(DESIGN.history(request), stored, FollowUp({"look": "cold"})),
        last_frame=len(steps) - 1,
    )


def seen(phase: Phase, native: Native) -> Seen:
    """Reads one phase."""
    return see(DESIGN.observe(phase, native))


def live(*events: StreamEvent, raised: Raised | None = None) -> Seen:
    """Reads the live phase of events that came frame by frame."""
    framed = tuple((frame, DESIGN.event_json(event)) for frame, event in enumerate(events))
    return seen("live", Native(events=framed, raised=raised, last_frame=len(events)))


def test_live_tells_every_part_with_its_text() -> None:
    """Kinds, texts and messages of all parts are seen while they stream."""
    expected = [
        ("reasoning", "hm", 0),
        ("reasoning", "", 0),
        ("reasoning", "open", 0),
        ("text", "I ask", 0),
        ("tool-call", "{}", 0),
        ("tool-result", "found", 0),
        ("tool-call", '{"a": 1}', 0),
        ("tool-call", "{}", 0),
        ("text", "so", 1),
    ]
    assert expected == [(part.kind, part.text, part.message) for part in seen("live", native_of(STEPS)).parts]


def test_live_tells_what_is_opaque() -> None:
    """Signature, data and the redacted mark are seen while they stream."""
    parts = seen("live", native_of(STEPS)).parts
    expected = [("sig", None, False), (None, "blob", True), (None, "cipher", False)]
    assert expected == [(part.signature, part.data, part.redacted) for part in parts[:3]]


def test_live_tells_calls_with_id_name_and_who_runs_them() -> None:
    """A call's id and name are known with its first event; a result names the call that it answers."""
    parts = seen("live", native_of(STEPS)).parts
    expected = [
        ("s1", "search", True, 4),
        ("s1", "search", True, 5),
        ("c1", "look", False, 6),
        ("c2", "look", False, 6),
    ]
    assert expected == [(part.id, part.name, part.server, part.named) for part in parts[4:8]]


def test_live_tells_interleaving() -> None:
    """Pieces of parallel calls are told apart."""
    assert (6, 7, 6, 8) == seen("live", native_of(STEPS)).turns[-4:]


def test_ends_are_implied_by_what_comes_next() -> None:
    """A block ends when the next begins, a call of the provider with its result, a call of ours with the response."""
    parts = seen("live", native_of(STEPS)).parts
    assert [1, 2, 3, 4, 5, 6, LAST, LAST, LAST] == [part.ended for part in parts]
    assert not any(part.end_stated or part.start_stated for part in parts)


def test_every_part_ends_once() -> None:
    """What ended with the next part is not told again when the response ends."""
    sightings = DESIGN.observe("live", native_of(STEPS))
    assert list(range(9)) == sorted(one.part for one in sightings if isinstance(one, PartEnd))


def test_a_stream_that_raised_tells_the_failure_and_no_end() -> None:
    """The SDK's exception tells that the stream failed, and when; the open part has no end."""
    shown = live(StreamEvent("text", "a", 0), raised=Raised("APIError", "Overloaded", 0))
    assert shown.failure is not None
    assert ("Overloaded", 0, None, None) == (shown.failure.message, shown.failed, shown.ended, shown.parts[0].ended)


def test_an_exception_of_another_kind_is_no_failure_of_the_provider() -> None:
    """A fault of a plug-in is not taken for an error that the provider reported."""
    shown = live(raised=Raised("ValueError", "mixed", 0))
    assert (None, None) == (shown.failed, shown.ended)


def test_a_stream_that_was_cut_looks_complete() -> None:
    """Iteration that stops tells the end, whatever the body did."""
    assert "complete" == live(StreamEvent("text", "a", 0)).completion


def test_a_later_event_can_mark_the_whole_part() -> None:
    """The redacted mark counts for the part even where its first event lacks it."""
    shown = live(StreamEvent("reasoning", "", 0), StreamEvent("reasoning", "", 0, redacted=True))
    assert [True] == [part.redacted for part in shown.parts]


def test_a_later_signature_replaces_an_earlier_one() -> None:
    """As in assembly the last event wins, and the text is kept."""
    shown = live(
        StreamEvent("reasoning", "hm", 0, provider_metadata={"anthropic": {"signature": "one"}}),
        StreamEvent("reasoning", "", 0, provider_metadata={"anthropic": {"signature": "two"}}),
    )
    assert [("hm", "two", 0)] == [(part.text, part.signature, part.revisions) for part in shown.parts]


def test_a_late_id_is_seen() -> None:
    """An id that comes with the arguments, or with a second name event, is the call's."""
    for type_ in ("tool_call_args", "tool_call_name"):
        shown = live(StreamEvent("tool_call_name", "look", 0), StreamEvent(type_, "", 0, "late"))
        assert [("late", "look")] == [(part.id, part.name) for part in shown.parts]


def test_an_event_of_an_unknown_type_is_passed_over() -> None:
    """A reader of this release does not know what it means."""
    assert () == live(StreamEvent("citation", "x", 0)).parts


@pytest.mark.parametrize("phase", ["final", "stored", "resumed"])
def test_later_phases_tell_parts_and_values(phase: Phase) -> None:
    """Redacted reasoning first, then the order of the stream; arguments are values."""
    parts = [part for part in seen(phase, native_of(STEPS)).parts if part.kind != "tool-result" or part.server]
    kinds = [
        "reasoning",
        "reasoning",
        "reasoning",
        "text",
        "tool-call",
        "tool-result",
        "tool-call",
        "tool-call",
        "text",
    ]
    assert kinds == [part.kind for part in parts]
    assert [("", None, "blob", True), ("hm", "sig", None, False), ("open", None, "cipher", False)] == [
        (part.text, part.signature, part.data, part.redacted) for part in parts[:3]
    ]
    assert [({}, "s1", True), ({"a": 1}, "c1", False), ({}, "c2", False)] == [
        (part.value, part.id, part.server) for part in parts if part.kind == "tool-call"
    ]
    assert [0] * 8 + [1] == [part.message for part in parts]


def test_final_tells_usage_and_model() -> None:
    """Counts, their details and the model that answered are there once the stream is over."""
    shown = seen("final", native_of(STEPS))
    assert (Usage(1, 2, 3, 4), "m-2", None, None) == (shown.usage, shown.model, shown.response_id, shown.finish)


def test_stored_tells_usage_and_not_the_model() -> None:
    """The stored form names the model that was asked, not the one that answered."""
    shown = seen("stored", native_of(STEPS))
    assert (Usage(1, 2, 3, 4), None) == (shown.usage, shown.model)


def test_resumed_tells_earlier_turns_and_the_callers_results() -> None:
    """All assistant parts and tool results of the conversation are in the next request, and nothing of the user."""
    earlier = (
        Message(
            "assistant",
            (
                ReasoningPart("r", signature="s"),
                ReasoningPart("", redacted=True, data="d"),
                ReasoningPart("o", data="e"),
                ToolCallPart("c", "look", '{"a'),
                ToolCallPart("e", "look", ""),
                RefusalPart("no"),
            ),
        ),
        Message("tool", (ToolResultPart("c", "look", "cold"),)),
    )
    step: list[Delta] = [PartStart(0, 0, "tool-call", id="c1", name="look"), PartStart(0, 1, "tool-call", name="other")]
    native = native_of([step], Request((USER, *earlier, USER)))
    expected = [
        ("reasoning", "r", "s", None, UNSET),
        ("reasoning", "", None, "d", UNSET),
        ("reasoning", "o", None, "e", UNSET),
        ("tool-call", "", None, None, {"_raw": '{"a'}),
        ("tool-call", "", None, None, {}),
        ("tool-result", "cold", None, None, UNSET),
        ("tool-call", "", None, None, {}),
        ("tool-call", "", None, None, {}),
        ("tool-result", "cold", None, None, UNSET),
    ]
    parts = seen("resumed", native).parts
    assert expected == [(part.kind, part.text, part.signature, part.data, part.value) for part in parts]
    assert ["c", "c1"] == [part.id for part in parts if part.kind == "tool-result"]
    assert {"role": "user", "parts": [{"type": "text", "text": "Go on."}]} == native.request[-1]


def test_legacy_tells_text_alone() -> None:
    """Code for the older API sees the answer as one text."""
    assert [("text", "I askso")] == [(part.kind, part.text) for part in seen("legacy", native_of(STEPS)).parts]


@pytest.mark.parametrize("phase", ["final", "stored", "resumed"])
def test_a_phase_that_was_not_reached_tells_nothing(phase: Phase) -> None:
    """After a raise there is neither message nor stored form nor next request."""
    assert () == tuple(DESIGN.observe(phase, Native(last_frame=3)))


def test_events_are_written_short() -> None:
    """Type, chunk and positions are always written, other fields where they say something."""
    assert {"type": "text", "chunk": "", "part_index": 0, "message_index": 0} == DESIGN.event_json(
        StreamEvent("text", "", 0)
    )
    expected = {"tool_call_id": "", "server_executed": True, "tool_name": "", "provider_metadata": {}}
    assert expected.items() <= DESIGN.event_json(StreamEvent("tool_result", "", 0, "", True, "", False, {})).items()


def test_schema_describes_what_comes_out() -> None:
    """Every event, the message, the stored form, the next request and each chunk validate against the schema file."""
    schema = json.loads((DESIGN.folder / "events.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)

    def check(value: object, name: str) -> None:
        jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}).validate(value)

    native = native_of(STEPS)
    for _, event in native.events:
        jsonschema.Draft202012Validator(schema).validate(event)
    for _, chunk in native.legacy:
        check(chunk, "legacy")
    for name in ("message", "stored", "request"):
        check(getattr(native, name), name)
    check(native.restored, "message")
    with pytest.raises(jsonschema.ValidationError):
        check({"type": "text", "chunk": "x", "part_index": 0, "message_index": 0, "finish": "stop"}, "event")


def test_carries_names_known_concepts_and_own_phases() -> None:
    """The table speaks of the concepts that there are, for the phases that the design has."""
    assert set(DESIGN.phases) == set(DESIGN.carries)
    assert set() == {concept for table in DESIGN.carries.values() for concept in table} - set(CONCEPTS)


@pytest.mark.parametrize(
    ("phase", "attribute"), [("live", "events"), ("final", "message"), ("stored", "stored"), ("resumed", "request")]
)
def test_every_declared_path_is_filled_by_a_full_stream(phase: Phase, attribute: str) -> None:
    """One stream that has everything fills each alternative's concept, the exception apart."""
    native = getattr(native_of(STEPS), attribute)
    values = [event for _, event in native] if phase == "live" else [native]
    shapes = {path for value in values for path, _ in iter_scalars(value, DESIGN.discriminators)}
    unfilled = {
        concept
        for concept, declared in DESIGN.carries[phase].items()
        if not any(matches(declared, shape, within=True) for shape in shapes)
    }
    assert ({"failure"} if phase == "live" else set()) == unfilled


def test_legacy_path_is_the_chunk_itself() -> None:
    """A legacy value is a bare string, whose path is empty."""
    assert [("", "x")] == list(iter_scalars("x", DESIGN.discriminators))
    assert "" == DESIGN.carries["legacy"]["text"]


def test_the_example_shows_answer_thinking_and_calls(capsys: pytest.CaptureFixture[str]) -> None:
    """A consumer prints the answer, shows the thinking beside it and collects the calls that it has to run."""
    adapter = DESIGN.start(Request((USER,)))
    calls = show(event for step in STEPS for event in adapter.receive(step))
    shown = capsys.readouterr()
    assert ("I askso", "hmopen") == (shown.out, shown.err)
    expected = [{"name": "look", "id": "c1", "arguments": '{"a": 1}'}, {"name": "look", "id": "c2", "arguments": "{}"}]
    assert expected == calls
