"""Each check passes on the reference and fails on a miniature, with evidence that points at the loss."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.clauses.support import (
    RESULTS,
    STREAMS,
    TIME,
    WEATHER,
    Stream,
    call,
    refusal,
    text,
    thought,
    verdict,
    withheld,
)
from workbench.clauses import all_checks
from workbench.clauses.outcome import ending
from workbench.miniatures import all_miniatures
from workbench.native import Native
from workbench.trace import Address, Trace
from workbench.transcript import (
    Failure,
    Json,
    PartEnd,
    PartStart,
    ReasoningDelta,
    ReasoningPart,
    Seen,
    Sighting,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    Usage,
    see,
)
from workbench.verdict import Evidence

MINIATURES = all_miniatures()


@dataclass(frozen=True)
class Loss:
    """One clause on one stream and one miniature, and what the evidence has to say."""

    clause: str
    stream: str
    miniature: str
    where: str
    sent: Json
    seen: Json
    frame: int | None

    def __str__(self) -> str:
        """Names the case."""
        return f"{self.clause}-{self.miniature}"


HALF = '{"city": "Os'
OSLO = {"city": "Oslo", "days": 3}

LOSSES = [
    Loss(*row)  # type: ignore[arg-type]
    for row in [
        (
            "CALL-ARGUMENTS-CUT-FINAL",
            "cut-arguments",
            "rescues-cut-arguments",
            "arguments of call 1, which were cut",
            HALF,
            {"value": {}},
            5,
        ),
        (
            "CALL-ARGUMENTS-STREAM-LIVE",
            "mixed",
            "hands-out-arguments-whole",
            "steps in which arguments of call 1 arrive",
            3,
            1,
            8,
        ),
        (
            "CALL-ARGUMENTS-VALUE-FINAL",
            "mixed",
            "turns-numbers-into-strings",
            "arguments of call 1.value.days",
            3,
            "3",
            10,
        ),
        (
            "CALL-ARGUMENTS-VERBATIM-FINAL",
            "mixed",
            "rewrites-arguments",
            "argument text of call 1 from character 8",
            ' "Oslo", "days": 3}',
            '"Oslo","days":3}',
            10,
        ),
        (
            "CALL-ID-FINAL",
            "mixed",
            "renumbers-calls",
            "name and id of call 1",
            ["get_weather", "call_w"],
            ["get_weather", "call-2"],
            7,
        ),
        (
            "CALL-INTERLEAVED-LIVE",
            "interleaved",
            "gives-arguments-to-last-call",
            "arguments of call 1",
            {"value": OSLO},
            {"malformed": '{"city": '},
            8,
        ),
        (
            "CALL-NAME-EARLY-LIVE",
            "mixed",
            "names-calls-last",
            "name of call 1 and when",
            ["get_weather", 7],
            ["get_weather", 11],
            7,
        ),
        (
            "LEGACY-CLEAN",
            "thought-then-text",
            "shows-reasoning-to-older-code",
            "answer text, from character 0, too much",
            None,
            " Let me look. ",
            None,
        ),
        (
            "LEGACY-TEXT",
            "mixed",
            "cuts-older-code-off-at-call",
            "answer text 2, from character 0",
            "Here it is.",
            None,
            12,
        ),
        (
            "OBJECT-CUT-LIVE",
            "cut-arguments",
            "repairs-cut-arguments",
            "arguments of call 1, which were cut",
            HALF,
            {"value": {"city": "Os"}},
            5,
        ),
        ("OBJECT-GROWS-LIVE", "mixed", "takes-values-back", "times that the value of call 1 took back", 0, 2, 7),
        (
            "OBJECT-TYPED-LIVE",
            "mixed",
            "types-arguments-at-end",
            "first frame with a value of call 1, before",
            10,
            11,
            10,
        ),
        ("ORDER-BOUNDARY-FINAL", "two-thoughts", "merges-adjacent-parts", "parts of reasoning", 2, 1, 3),
        ("ORDER-BOUNDARY-LIVE", "two-thoughts", "merges-adjacent-parts", "parts of reasoning", 2, 1, 3),
        ("ORDER-KINDS-FINAL", "withheld", "hoists-redacted", "kind of part in place 1", "reasoning", "redacted", 1),
        ("ORDER-KINDS-LIVE", "mixed", "hands-out-calls-at-end", "kind of part in place 4, missing", "text", None, 12),
        ("OUTCOME-COMPLETE-LIVE", "text", "cries-wolf", "end of the stream", "complete", "truncated", 6),
        ("OUTCOME-ERROR-LIVE", "failed", "swallows-error", "end of the stream", "failed", "complete", 3),
        (
            "OUTCOME-ERROR-MESSAGE-LIVE",
            "failed",
            "hides-error-message",
            "message of the error from character 0",
            "Overloaded",
            "something went wrong",
            3,
        ),
        ("OUTCOME-FINISH-FINAL", "text", "leaves-finish-out-of-message", "finish reason", "stop", None, 5),
        ("OUTCOME-FINISH-LIVE", "text", "loses-finish", "finish reason", "stop", None, 5),
        (
            "OUTCOME-KEPT-FINAL",
            "truncated",
            "discards-broken-message",
            "answer text 1, from character 0",
            "It is th",
            None,
            3,
        ),
        (
            "OUTCOME-KEPT-LIVE",
            "truncated",
            "loses-held-text-on-error",
            "answer text 1, from character 0",
            "It is th",
            None,
            3,
        ),
        ("OUTCOME-REFUSAL-FINAL", "refused", "gives-refusal-as-text", "refusal from character 0", "I cannot.", "", 1),
        ("OUTCOME-REFUSAL-LIVE", "refused", "gives-refusal-as-text", "refusal from character 0", "I cannot.", "", 1),
        (
            "OUTCOME-TRUNCATION-LIVE",
            "truncated",
            "takes-truncation-for-end",
            "end of the stream",
            "truncated",
            "complete",
            5,
        ),
        ("OUTCOME-USAGE-FINAL", "text", "loses-usage", "input tokens", 11, None, 5),
        ("OUTCOME-USAGE-REASONING-FINAL", "text", "loses-reasoning-count", "reasoning tokens", 5, None, 5),
        (
            "REASONING-APART-LIVE",
            "thought-then-text",
            "drops-reasoning",
            "reasoning, told from text",
            " Let me look. ",
            None,
            1,
        ),
        ("REASONING-END-LIVE", "thought-then-text", "never-ends-reasoning", "end of reasoning 1", "implied", "open", 3),
        (
            "REASONING-EXACT-FINAL",
            "thought-then-text",
            "trims-reasoning",
            "reasoning from character 0",
            " Let me look. ",
            "Let melook.",
            1,
        ),
        (
            "REASONING-EXACT-LIVE",
            "thought-then-text",
            "trims-reasoning",
            "reasoning from character 0",
            " Let me look. ",
            "Let melook.",
            1,
        ),
        (
            "REASONING-REDACTED-FINAL",
            "withheld",
            "trims-opaque-payload",
            "opaque payload 1 from character 9",
            "=",
            "",
            4,
        ),
        ("REASONING-REDACTED-LIVE", "withheld", "drops-redacted", "blocks of withheld reasoning", 1, 0, 4),
        (
            "REASONING-SEEN-LIVE",
            "thought-then-text",
            "trims-reasoning",
            "reasoning 1, from character 6",
            " look.",
            "look.It is 3.",
            1,
        ),
        (
            "REASONING-SIGNATURE-FINAL",
            "signed-thought-then-text",
            "drops-signature",
            "signed block 1, missing",
            ["Let me look.", "sig-1"],
            None,
            1,
        ),
        (
            "RESUME-CALL-IDS",
            "mixed",
            "forgets-call-ids-when-resumed",
            "name and id of call 1",
            ["get_weather", "call_w"],
            ["get_weather", None],
            None,
        ),
        ("RESUME-CALLS", "mixed", "turns-numbers-into-strings", "arguments of call 1.value.days", 3, "3", None),
        ("RESUME-ORDER", "mixed", "resumes-calls-first", "kind of part in place 1", "reasoning", "tool-call", None),
        (
            "RESUME-REASONING",
            "mixed",
            "resumes-without-reasoning",
            "reasoning 1, from character 0",
            "Look it up.",
            None,
            None,
        ),
        ("RESUME-REDACTED", "withheld", "trims-opaque-payload", "opaque payload 1 from character 9", "=", "", None),
        (
            "RESUME-RESULTS",
            "interleaved",
            "answers-first-call-only",
            "call id and output of result 2",
            ["call_t", '"noon"'],
            ["call_w", '"noon"'],
            None,
        ),
        (
            "RESUME-SIGNATURE",
            "signed-thought-then-text",
            "forgets-signature-when-resumed",
            "signed block 1, missing",
            ["Let me look.", "sig-1"],
            None,
            None,
        ),
        ("RESUME-TEXT", "text", "stores-shortened-text", "answer text 1, from character 8", "wer is 3.\n", None, None),
        (
            "STORE-CALLS",
            "mixed",
            "restores-arguments-as-string",
            "arguments of call 1.value",
            OSLO,
            '{"city": "Oslo", "days": 3}',
            10,
        ),
        ("STORE-IDENTITY", "text", "stores-no-finish", "message.outcome.finish, missing", "stop", None, None),
        ("STORE-ORDER", "withheld", "hoists-redacted", "kind of part in place 1", "reasoning", "redacted", 1),
        (
            "STORE-SIGNATURE",
            "signed-thought-then-text",
            "drops-signature",
            "signed block 1, missing",
            ["Let me look.", "sig-1"],
            None,
            1,
        ),
        ("STORE-TEXT", "text", "stores-shortened-text", "answer text 1, from character 8", "wer is 3.\n", None, 1),
        ("STREAM-TEXT-PROMPT-LIVE", "text", "lags-one-step", "frames of lag, longest from character 0", 0, 1, 1),
        (
            "TEXT-CLEAN-FINAL",
            "thought-then-text",
            "repeats-text-at-end",
            "answer text, from character 8, too much",
            None,
            "It is 3.",
            None,
        ),
        (
            "TEXT-CLEAN-LIVE",
            "thought-then-text",
            "repeats-text-at-end",
            "answer text, from character 8, too much",
            None,
            "It is 3.",
            None,
        ),
        (
            "TEXT-EXACT-FINAL",
            "text",
            "trims-message",
            "answer text 1, from character 1",
            "The answer is 3.\n",
            "answer is 3.",
            1,
        ),
        (
            "TEXT-EXACT-LIVE",
            "text",
            "repeats-text-at-end",
            "answer text, from character 18, too much",
            None,
            " The answer is 3.\n",
            None,
        ),
    ]
]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_check_passes_on_the_reference(loss: Loss) -> None:
    """The stream on which a check is shown failing is one on which the reference passes."""
    assert verdict(MINIATURES["reference"], STREAMS[loss.stream], loss.clause).verdict == "pass"


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_a_check_fails_on_a_miniature_and_says_where(loss: Loss) -> None:
    """The first divergence names the place, what was sent, what was seen, and the frame that carried it."""
    cell = verdict(MINIATURES[loss.miniature], STREAMS[loss.stream], loss.clause)
    assert (cell.verdict, cell.evidence) == ("fail", Evidence(loss.where, loss.sent, loss.seen, loss.frame))


def test_every_check_is_shown_failing() -> None:
    """No check is left without a case."""
    assert {loss.clause for loss in LOSSES} == set(all_checks())


UNSIGNED = (ReasoningPart("Hm.", signature="sig-1"), TextPart("So."))
REASONS = [
    ("TEXT-EXACT-LIVE", Stream((refusal("No."),)), "no answer text in this stream"),
    ("TEXT-EXACT-LIVE", STREAMS["truncated"], "the stream breaks off before its end"),
    ("TEXT-CLEAN-FINAL", STREAMS["text"], "no reasoning text in this stream"),
    ("TEXT-CLEAN-LIVE", Stream((text("So."),), written=UNSIGNED), "the dialect cannot carry reasoning text"),
    ("REASONING-SIGNATURE-FINAL", STREAMS["thought-then-text"], "no signatures in this stream"),
    ("REASONING-SIGNATURE-FINAL", Stream((thought("Hm."),), written=UNSIGNED), "the dialect cannot carry signatures"),
    ("REASONING-REDACTED-LIVE", STREAMS["text"], "no withheld reasoning in this stream"),
    ("REASONING-END-LIVE", Stream((thought("Hm"),), ends="truncated"), "no reasoning ends in this stream"),
    ("ORDER-KINDS-LIVE", STREAMS["text"], "no parts of different kinds in this stream"),
    ("ORDER-BOUNDARY-FINAL", STREAMS["mixed"], "no two parts of prose in a row in this stream"),
    (
        "ORDER-BOUNDARY-LIVE",
        Stream((text("One two"),), written=(TextPart("One"), TextPart(" two"))),
        "the dialect cannot carry where one part ends and the next of its kind begins",
    ),
    (
        "CALL-NAME-EARLY-LIVE",
        STREAMS["text"],
        "no calls whose name comes before their arguments end in this stream",
    ),
    ("CALL-INTERLEAVED-LIVE", STREAMS["in-sequence"], "no interleaved calls in this stream"),
    ("CALL-ARGUMENTS-VALUE-FINAL", STREAMS["cut-arguments"], "arguments were sent that have no one value"),
    (
        "CALL-ARGUMENTS-VALUE-FINAL",
        Stream((call("get_time", '{"a": 1, "a": 2}'),)),
        "arguments were sent that have no one value",
    ),
    ("CALL-ARGUMENTS-CUT-FINAL", STREAMS["mixed"], "no call with arguments that are cut in this stream"),
    ("CALL-ID-FINAL", Stream((call("get_time", "{}"),)), "no identifiers of calls in this stream"),
    ("OUTCOME-FINISH-LIVE", STREAMS["failed"], "no finish reason in this stream"),
    ("OUTCOME-USAGE-FINAL", STREAMS["mixed"], "no usage in this stream"),
    (
        "OUTCOME-USAGE-REASONING-FINAL",
        Stream((text("Hi"),), usage=Usage(1, 2)),
        "no count of reasoning tokens in this stream",
    ),
    ("OUTCOME-REFUSAL-LIVE", STREAMS["text"], "no refusals in this stream"),
    ("OUTCOME-COMPLETE-LIVE", STREAMS["failed"], "the stream breaks off before its end"),
    ("OUTCOME-TRUNCATION-LIVE", STREAMS["failed"], "the stream is not cut off"),
    ("OUTCOME-ERROR-LIVE", STREAMS["truncated"], "no error in this stream"),
    ("OUTCOME-KEPT-LIVE", STREAMS["text"], "the stream runs to its own end"),
    ("OUTCOME-KEPT-FINAL", Stream((), ends=Failure("Overloaded")), "no answer text in this stream"),
    ("STORE-IDENTITY", STREAMS["truncated"], "the stream breaks off before its end"),
    ("RESUME-REASONING", STREAMS["thought-then-text"], "no tool calls in this conversation"),
    ("RESUME-REDACTED", STREAMS["mixed"], "no opaque payloads in this conversation"),
    ("RESUME-SIGNATURE", Stream((thought("Hm."),), written=UNSIGNED), "the dialect cannot carry signatures"),
    ("RESUME-RESULTS", STREAMS["text"], "no tool results in this conversation"),
    ("LEGACY-CLEAN", STREAMS["text"], "no reasoning, refusals or calls in this stream"),
    ("STREAM-TEXT-PROMPT-LIVE", STREAMS["refused"], "no answer text in this stream"),
    ("OBJECT-TYPED-LIVE", Stream((call("get_time", "{}"),)), "no arguments in several frames in this stream"),
]


@pytest.mark.parametrize(("clause", "stream", "reason"), REASONS)
def test_a_clause_that_does_not_apply_says_why(clause: str, stream: Stream, reason: str) -> None:
    """What the stream lacks, and what its dialect could not carry, are told apart in plain words."""
    cell = verdict(MINIATURES["reference"], stream, clause)
    assert ("not-applicable", reason) == (cell.verdict, cell.reason)


SHOWN = [
    ("TEXT-EXACT-LIVE", "text", " The answer is 3.\n"),
    ("REASONING-SEEN-LIVE", "thought-then-text", " Let me look. It is 3."),
    ("REASONING-APART-LIVE", "two-thoughts", ["One.", "Two."]),
    ("REASONING-END-LIVE", "thought-then-text", ["implied"]),
    ("REASONING-END-LIVE", "signed-thought-then-text", ["stated"]),
    ("REASONING-SIGNATURE-FINAL", "two-thoughts", [["One.", "sig-1"], ["Two.", "sig-2"]]),
    ("REASONING-REDACTED-LIVE", "withheld", 1),
    ("REASONING-REDACTED-FINAL", "withheld", ["b3BhcXVl=="]),
    ("ORDER-KINDS-LIVE", "withheld", ["reasoning", "redacted", "text"]),
    ("ORDER-BOUNDARY-FINAL", "two-thoughts", {"text": 1, "reasoning": 2}),
    ("CALL-NAME-EARLY-LIVE", "interleaved", [["get_weather", 1], ["get_time", 3]]),
    ("CALL-ARGUMENTS-STREAM-LIVE", "interleaved", [3, 2]),
    ("CALL-ARGUMENTS-VALUE-FINAL", "interleaved", [{"value": OSLO}, {"value": {"zone": "CET"}}]),
    ("CALL-ARGUMENTS-VERBATIM-FINAL", "mixed", ['{"city": "Oslo", "days": 3}']),
    ("CALL-ARGUMENTS-CUT-FINAL", "cut-arguments", [{"malformed": HALF}]),
    ("CALL-ID-FINAL", "in-sequence", [["get_weather", "call_w"], ["get_time", "call_t"]]),
    ("OUTCOME-FINISH-FINAL", "mixed", "tool-calls"),
    ("OUTCOME-USAGE-FINAL", "text", {"input": 11, "output": 22}),
    ("OUTCOME-COMPLETE-LIVE", "text", "complete"),
    ("OUTCOME-ERROR-LIVE", "failed", "failed"),
    ("OUTCOME-ERROR-MESSAGE-LIVE", "failed", "Overloaded"),
    ("STORE-IDENTITY", "mixed", "identical"),
    ("RESUME-RESULTS", "interleaved", [["call_w", RESULTS["get_weather"]], ["call_t", RESULTS["get_time"]]]),
    ("LEGACY-CLEAN", "mixed", "Just a moment.Here it is."),
    ("STREAM-TEXT-PROMPT-LIVE", "text", [[1, " The answer"], [2, " is "], [3, "3.\n"]]),
    ("OBJECT-TYPED-LIVE", "interleaved", [2, 4]),
    ("OBJECT-GROWS-LIVE", "interleaved", [0, 0]),
    ("OBJECT-CUT-LIVE", "cut-arguments", {"end": "complete", "arguments": [{"malformed": HALF}]}),
]


@pytest.mark.parametrize(("clause", "stream", "shown"), SHOWN)
def test_a_check_shows_a_small_canonical_value(clause: str, stream: str, shown: Json) -> None:
    """What was shown is told in the same form for every design."""
    assert shown == verdict(MINIATURES["reference"], STREAMS[stream], clause).shown


def test_an_earlier_turn_is_part_of_what_a_next_request_holds() -> None:
    """A resumed clause looks at the whole conversation, results of earlier calls included."""
    said = (ToolCallPart("call_0", "get_time", "{}"), ToolResultPart("call_0", "get_time", RESULTS["get_time"]))
    stream = Stream((text("Noon."),), earlier=said)
    reference = MINIATURES["reference"]
    for clause in ("RESUME-CALLS", "RESUME-CALL-IDS", "RESUME-RESULTS", "RESUME-ORDER", "RESUME-TEXT"):
        assert verdict(reference, stream, clause).verdict == "pass"
    assert verdict(MINIATURES["resumes-from-results-alone"], stream, "RESUME-CALLS").verdict == "fail"


@pytest.mark.parametrize(
    ("clause", "miniature"),
    [
        ("TEXT-EXACT-LIVE", "leaks-reasoning-into-text"),
        ("REASONING-SEEN-LIVE", "leaks-reasoning-into-text"),
        ("TEXT-CLEAN-LIVE", "strips-pieces"),
        ("REASONING-APART-LIVE", "trims-reasoning"),
        ("ORDER-KINDS-LIVE", "drops-reasoning"),
        ("CALL-ARGUMENTS-VALUE-FINAL", "rewrites-arguments"),
        ("CALL-ARGUMENTS-VALUE-FINAL", "renumbers-calls"),
        ("OUTCOME-FINISH-LIVE", "leaves-finish-out-of-message"),
        ("STORE-TEXT", "restores-arguments-as-string"),
        ("LEGACY-TEXT", "shows-reasoning-to-older-code"),
        ("REASONING-REDACTED-LIVE", "trims-opaque-payload"),
        ("OBJECT-GROWS-LIVE", "types-arguments-at-end"),
    ],
)
def test_one_damage_is_not_counted_where_another_clause_asks_for_it(clause: str, miniature: str) -> None:
    """Clauses that lie next to each other tell damages apart."""
    streams = [name for name in STREAMS if verdict(MINIATURES["reference"], STREAMS[name], clause).verdict == "pass"]
    assert streams
    assert {verdict(MINIATURES[miniature], STREAMS[name], clause).verdict for name in streams} == {"pass"}


def test_a_raise_tells_a_broken_stream_from_a_whole_one() -> None:
    """An exception counts as an error that reached the user, with its message."""
    from tests.clauses.raising import DESIGN

    assert "pass" == verdict(DESIGN, STREAMS["failed"], "OUTCOME-ERROR-LIVE").verdict
    assert "pass" == verdict(DESIGN, STREAMS["failed"], "OUTCOME-ERROR-MESSAGE-LIVE").verdict
    assert "raised" == verdict(DESIGN, STREAMS["truncated"], "OUTCOME-TRUNCATION-LIVE").shown
    assert "fail" == verdict(DESIGN, STREAMS["truncated"], "OUTCOME-KEPT-FINAL").verdict


@pytest.mark.parametrize(
    ("stream", "clause", "passes"),
    [
        ("truncated", "OUTCOME-TRUNCATION-LIVE", True),
        ("failed", "OUTCOME-ERROR-LIVE", False),
        ("text", "OUTCOME-COMPLETE-LIVE", True),
    ],
)
def test_saying_nothing_tells_of_a_truncation_and_of_no_error(stream: str, clause: str, passes: bool) -> None:
    """Where every good end has a reason, its lack is a sign; but an error has to be told."""
    assert passes is all_checks()[clause].judge("nothing said", STREAMS[stream].truth()).passed


def test_a_reason_for_ending_stands_for_a_good_end() -> None:
    """An API without an event for the end says by the reason that there was one."""
    assert ["nothing said", "complete", "complete", "truncated"] == [
        ending(Seen()), ending(Seen(finish="stop")), ending(Seen(ended=3)), ending(Seen(finish="stop", truncated=3)),
    ]  # fmt: skip


def test_withheld_reasoning_and_interleaving_do_not_disturb_each_other() -> None:
    """A stream with everything in it passes every check that applies to it."""
    stream = Stream(
        (thought("Hm. ", "So.", signature="s"), withheld("ZGF0YQ=="), text("I ", "ask."), WEATHER, TIME, text("Wait.")),
        order=(0, 0, 1, 2, 2, 3, 4, 3, 4, 3, 5),
        finish="tool-calls",
        usage=Usage(1, 2, 3),
    )
    verdicts = {clause: verdict(MINIATURES["reference"], stream, clause).verdict for clause in all_checks()}
    assert {clause for clause, one in verdicts.items() if one not in ("pass", "not-applicable")} == set()
    assert list(verdicts.values()).count("pass") > 30


def trace_of_live(*sightings: Sighting) -> Trace:
    """Makes a trace of which only the live phase was reached."""
    return Trace("x", "x", Address("hand-made", 0, "x"), 9, Native(), {"live": see(sightings)})


@pytest.mark.parametrize(("frame", "shown"), [(2, "stated"), (3, "stated"), (4, "open")])
def test_an_end_counts_when_it_comes_before_anything_of_the_next_part(frame: int, shown: str) -> None:
    """An end in the frame of the next part's first piece is in time; a later one is not."""
    trace = trace_of_live(
        ReasoningDelta(1, 0, "Hm."), PartStart(2, 1, "text"), TextDelta(3, 1, "So."), PartEnd(frame, 0, stated=True)
    )
    assert [shown] == all_checks()["REASONING-END-LIVE"].shows(trace)


@pytest.mark.parametrize("clause", ["CALL-NAME-EARLY-LIVE", "OBJECT-TYPED-LIVE"])
@pytest.mark.parametrize(("before_last", "passes"), [(1, True), (0, False)])
def test_early_means_before_the_frame_that_brings_the_last_of_the_arguments(
    clause: str, before_last: int, passes: bool
) -> None:
    """What is known only with the last piece is not known early."""
    truth = Stream((WEATHER,)).truth()
    frame = truth.wire.parts[0].arrivals[-1][0] - before_last
    shown = [["get_weather", frame]] if clause == "CALL-NAME-EARLY-LIVE" else [frame]
    assert passes is all_checks()[clause].judge(shown, truth).passed


@pytest.mark.parametrize("clause", ["CALL-ARGUMENTS-CUT-FINAL", "OBJECT-CUT-LIVE"])
def test_a_whole_call_beside_a_cut_one_is_whole(clause: str) -> None:
    """Only what was cut may not be given as finished."""
    stream = Stream((TIME, call("get_weather", HALF, identity="call_w")), finish="length")
    cell = verdict(MINIATURES["reference"], stream, clause)
    assert "pass" == cell.verdict
    values = cell.shown["arguments"] if clause == "OBJECT-CUT-LIVE" else cell.shown
    assert [{"value": {"zone": "CET"}}, {"malformed": HALF}] == values
    assert "fail" == verdict(MINIATURES["repairs-cut-arguments"], stream, clause).verdict
