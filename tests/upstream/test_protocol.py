"""The conversation with a driver: what may be said when, whose answer a line is, and that schema and code agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import UNSET

from workbench.data import find_specs_dir
from workbench.native import Native
from workbench.transcript import FollowUp, Message, Raised, ReasoningPart, Request, TextPart, Tool, ToolCallPart
from workbench.transcript import ToolResultPart as ResultPart
from workbench.upstream.answers import LateAnswerError, ProtocolFaultError, parse_line
from workbench.upstream.capture import Capture, Lines
from workbench.upstream.limits import Fault
from workbench.upstream.protocol import VERSION, Earlier, Record, Run, run_json
from workbench.upstream.talk import State, Talk

SCHEMA = json.loads((find_specs_dir() / "schemas" / "driver.schema.json").read_text())
ASKED, SAID = (Draft202012Validator({**SCHEMA, "anyOf": [{"$ref": f"#/$defs/{side}"}]}) for side in ("asked", "said"))
DRIVER = {"library": "l", "release": "1", "runtime": "r", "ways": ["framework", "shipped"], "variants": [{"id": "v"}]}
REQUEST = Request(
    (
        Message("user", (TextPart("Weather?"),)),
        Message("assistant", (ReasoningPart("Hm", signature="s"), ToolCallPart("c1", "get", "{}"))),
        Message("tool", (ResultPart("c1", "get", "3"),)),
    ),
    (Tool("get", "gets", {"type": "object"}, "3"),),
    {"title": "T", "type": "object"},
)
FULL = Run(
    way="framework",
    variant="v",
    dialect="d",
    request=REQUEST,
    follow=FollowUp({"get": "3"}, "And now?"),
    events=((0, {"a": 1}), (4, None)),
    history=(Earlier({"s": 1}, FollowUp()),),
)
SHIPPED = Run(way="shipped", variant="v", dialect="d", request=Request(()), base_url="http://127.0.0.1:1")


def line(value: Any) -> bytes:
    """A line of a driver, without its line end."""
    return json.dumps(value).encode()


def ready() -> Talk:
    """A conversation after the greetings."""
    talk = Talk("n0")
    talk.hello()
    talk.receive(line({"hello": 1, "nonce": "n0", "driver": DRIVER}))
    return talk


def running(run: Run = FULL) -> Talk:
    """A conversation in its first run."""
    talk = ready()
    talk.run(1, "n1", run)
    return talk


def said(**row: Any) -> dict[str, Any]:
    """An answer to the first run."""
    return {"seq": 1, "nonce": "n1", **row}


def test_whole_conversation() -> None:
    """Hello, two runs with a rest behind each, bye: every line of both sides fits the schema."""
    talk = Talk("n0")
    lines: list[bytes] = [talk.hello()]
    answers: list[Any] = [{"hello": 1, "nonce": "n0", "driver": DRIVER}]
    talk.receive(line(answers[-1]))
    for seq, run in ((1, FULL), (2, SHIPPED)):
        nonce = f"n{seq}"
        lines.append(talk.run(seq, nonce, run))
        frame = {"frame": 3} if run is FULL else {}
        mark = {"seq": seq, "nonce": nonce}
        later = ("message", "stored", "restored", *(["request"] if run is FULL else []))
        rows = [
            {**mark, "event": {"e": 1}, **frame},
            {**mark, "legacy": "text", **frame},
            {**mark, "raised": {"at": "event", "type": "E", "message": "m"}, **frame},
            *({**mark, kind: {kind: 1}} for kind in later),
            {**mark, "done": 3 + len(later)},
        ]
        for row in rows:
            talk.receive(line(row), 7)
        assert talk.state is State.ENDED
        at = 3 if run is FULL else 7
        assert talk.answers is not None
        assert Record(
            events=((at, {"e": 1}),),
            legacy=((at, "text"),),
            raised={"event": Raised("E", "m", at)},
            message={"message": 1},
            stored={"stored": 1},
            restored={"restored": 1},
            request={"request": 1} if run is FULL else UNSET,
        ) == (talk.answers.record())
        lines.append(talk.rest())
        rest = {"rest": seq, "nonce": nonce}
        talk.receive(line(rest))
        answers += [*rows, rest]
    lines.append(talk.bye())
    answers.append({"bye": 1, "nonce": "n0"})
    talk.receive(line(answers[-1]))
    assert talk.state is State.GONE
    assert [] == [row for row in lines if not ASKED.is_valid(json.loads(row)) or not row.endswith(b"\n")]
    assert [] == [row for row in answers if not SAID.is_valid(row)]


def test_a_driver_is_told_everything() -> None:
    """No key is left out because it has its default: a driver need not know ours."""
    told = run_json(SHIPPED)
    assert {"way", "variant", "dialect", "base_url", "request", "follow", "events", "history"} == set(told)
    assert {"messages": [], "tools": [], "response_schema": None, "model": "model-under-test"} == told["request"]


MALFORMED = [
    # what, the line: wrong by its form, so that schema and code must both refuse it
    ("no kind", said()),
    ("unknown kind", said(happened=1)),
    ("two kinds", said(event=1, legacy=1, frame=0)),
    ("key too many", said(message=1, remark=1)),
    ("frame is text", said(event=1, frame="0")),
    ("frame is true", said(event=1, frame=True)),
    ("frame below -1", said(event=1, frame=-2)),
    ("message with a frame", said(message=1, frame=0)),
    ("raised without type", said(raised={"at": "event", "message": "m"}, frame=0)),
    ("raised nowhere", said(raised={"at": "somewhere", "type": "t", "message": "m"}, frame=0)),
    ("raised with more", said(raised={"at": "event", "type": "t", "message": "m", "more": 1}, frame=0)),
    ("done is text", said(done="0")),
    ("done is false", said(done=False)),
    ("declined without reason", said(declined="")),
    ("failed is text", said(failed="no")),
    ("seq is text", {"seq": "1", "nonce": "n1", "event": 1, "frame": 0}),
    ("no nonce", {"seq": 1, "event": 1, "frame": 0}),
    ("a list", [1]),
    ("a word", "done"),
]


@pytest.mark.parametrize("row", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_malformed_answer_is_refused_by_code_and_schema(row: Any) -> None:
    """The two do not drift apart."""
    with pytest.raises(ProtocolFaultError):
        running().receive(line(row))
    assert not SAID.is_valid(row)


BROKE = {"type": "t", "message": "m"}
OUT_OF_PLACE = [
    # what, lines: each well formed, the last one wrong where it stands
    ("event after message", [said(message=1), said(event=1, frame=0)]),
    ("event after an exception", [said(raised={"at": "event", **BROKE}, frame=0), said(event=1, frame=0)]),
    ("two messages", [said(message=1), said(message=1)]),
    ("message after its exception", [said(raised={"at": "message", **BROKE}, frame=0), said(message=1)]),
    ("stored after restored", [said(restored=1), said(stored=1)]),
    ("wrong count", [said(message=1), said(done=2)]),
    ("declined too late", [said(message=1), said(declined="no")]),
    ("after the end", [said(done=0), said(event=1, frame=0)]),
    ("two ends", [said(done=0), said(done=0)]),
    ("framework event without frame", [said(event=1)]),
    ("other run", [{"seq": 2, "nonce": "n1", "event": 1, "frame": 0}]),
    ("other nonce", [{"seq": 1, "nonce": "n2", "event": 1, "frame": 0}]),
    ("nonce of the greeting", [{"seq": 1, "nonce": "n0", "event": 1, "frame": 0}]),
    ("rest in a run", [{"rest": 1, "nonce": "n1"}]),
    ("bye in a run", [{"bye": 1, "nonce": "n0"}]),
    ("hello in a run", [{"hello": 1, "nonce": "n0", "driver": DRIVER}]),
]


@pytest.mark.parametrize("rows", [row[1] for row in OUT_OF_PLACE], ids=[row[0] for row in OUT_OF_PLACE])
def test_answer_out_of_place_is_refused(rows: list[Any]) -> None:
    """All lines are well formed, and the last is refused where it stands."""
    talk = running()
    for row in rows[:-1]:
        talk.receive(line(row))
    with pytest.raises(ProtocolFaultError):
        talk.receive(line(rows[-1]))
    assert SAID.is_valid(rows[-1])


@pytest.mark.parametrize("row", [said(event=1, frame=0), said(request={})], ids=["frame", "request"])
def test_shipped_way_leaves_to_the_harness_what_it_knows_better(row: Any) -> None:
    """Frames are counted and requests are received on the harness's side."""
    with pytest.raises(ProtocolFaultError):
        running(SHIPPED).receive(line(row))


def test_what_raised_has_a_place() -> None:
    """A library that cannot store can still say its message, and its request may fail without a stored form."""
    talk = running(SHIPPED)
    talk.receive(line(said(message=1)), 4)
    talk.receive(line(said(raised={"at": "stored", "type": "E", "message": "m"})), 4)
    talk.receive(line(said(raised={"at": "request", "type": "F", "message": "n"})), 4)
    talk.receive(line(said(done=3)), 4)
    assert talk.answers is not None
    assert {"stored": Raised("E", "m", 4), "request": Raised("F", "n", 4)} == talk.answers.record().raised


def test_driver_may_decline() -> None:
    """It says why, and nothing else."""
    talk = running()
    talk.receive(line(said(declined="no schema")))
    assert talk.answers is not None
    assert (State.ENDED, Record(declined="no schema")) == (talk.state, talk.answers.record())


def test_failure_keeps_what_came_before() -> None:
    """The driver's own words are at hand, and the answers that it had given."""
    talk = running()
    talk.receive(line(said(event=1, frame=0)))
    talk.receive(line(said(failed={"type": "KeyError", "message": "'x'", "trace": "line 3"})))
    assert talk.answers is not None
    assert ("KeyError: 'x'\nline 3", ((0, 1),)) == (talk.answers.failure, talk.answers.record().events)


@pytest.mark.parametrize("begun", [False, True], ids=["between", "during"])
def test_answer_to_an_earlier_run_is_late(begun: bool) -> None:
    """It names the run that it belongs to, and is never taken for the one at hand."""
    talk = running()
    talk.receive(line(said(done=0)))
    talk.rest()
    talk.receive(line({"rest": 1, "nonce": "n1"}))
    if begun:
        talk.run(2, "n2", FULL)
    with pytest.raises(LateAnswerError) as caught:
        talk.receive(line(said(event=1, frame=0)))
    assert 1 == caught.value.seq


GREETINGS = [
    ("version", {"hello": 2, "driver": DRIVER}, "speaks version 2"),
    ("version as text", {"hello": "1", "driver": DRIVER}, "speaks version"),
    ("true", {"hello": True, "driver": DRIVER}, "speaks version"),
    ("no driver", {"hello": 1}, "needs hello and driver"),
    ("more", {"hello": 1, "driver": DRIVER, "x": 1}, "needs hello and driver"),
    ("no variant", {"hello": 1, "driver": {**DRIVER, "variants": []}}, "no variant"),
    ("variant twice", {"hello": 1, "driver": {**DRIVER, "variants": [{"id": "v"}, {"id": "v"}]}}, "one id"),
    ("no way", {"hello": 1, "driver": {**DRIVER, "ways": []}}, "no way"),
    ("unknown way", {"hello": 1, "driver": {**DRIVER, "ways": ["magic"]}}, "magic"),
    ("unknown key", {"hello": 1, "driver": {**DRIVER, "colour": "red"}}, "colour"),
]


@pytest.mark.parametrize(("row", "words"), [row[1:] for row in GREETINGS], ids=[row[0] for row in GREETINGS])
def test_greeting_is_read_strictly(row: Any, words: str) -> None:
    """A driver that describes itself otherwise than the schema says is not started."""
    talk = Talk("n0")
    talk.hello()
    with pytest.raises(ProtocolFaultError, match=words):
        talk.receive(line({"nonce": "n0", **row}))
    assert ("variant twice" in words or words == "one id") == SAID.is_valid({"nonce": "n0", **row})


def test_version_of_code_and_schema() -> None:
    """The number stands in both."""
    assert SCHEMA["$id"].endswith(f":{VERSION}")
    assert {"const": VERSION} == SCHEMA["$defs"]["say-hello"]["properties"]["hello"]


def test_we_do_not_speak_out_of_turn_either() -> None:
    """A second run is not asked before the first has come to rest."""
    with pytest.raises(RuntimeError, match="RUNNING"):
        running().run(2, "n2", FULL)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"1", b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": "\xe9"}', b'{"a": 1} {}', b"[" * 100_000],
)
def test_line_that_is_no_json_object_is_a_fault(data: bytes) -> None:
    """Whatever it is, the fault is the protocol's and no other."""
    with pytest.raises(ProtocolFaultError):
        parse_line(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [(b'{"a":"\\ud800"}', {"a": "\ud800"}), (b'{"a":' + b"9" * 30 + b"}", {"a": 10**30 - 1})],
    ids=["surrogate", "big"],
)
def test_any_json_comes_through(data: bytes, value: Any) -> None:
    """Lone surrogates and big numbers are JSON, and a library may show them."""
    assert value == parse_line(data)


@given(st.binary(max_size=60))
def test_no_line_raises_anything_else(data: bytes) -> None:
    """Bytes from outside end in a value or in a fault of the protocol."""
    for talk in (running(), running(SHIPPED)):
        try:
            talk.receive(data)
        except ProtocolFaultError:
            continue
        pytest.fail("random bytes were an answer")


KINDS = ["event", "legacy", "raised", "message", "stored", "request", "done", "declined", "failed", "frame", "rest"]


@given(st.dictionaries(st.sampled_from(KINDS), st.sampled_from([None, 0, 1, -2, True, "x", {}, BROKE]), max_size=3))
def test_what_code_takes_the_schema_takes(row: dict[str, Any]) -> None:
    """No line is an answer for the code and none for the schema."""
    try:
        running().receive(line(said(**row)))
    except ProtocolFaultError:
        return
    assert SAID.is_valid(said(**row))


def test_record_as_native_json() -> None:
    """The request as it was received is put in; upper bounds of frames become the last frame."""
    record = Record(events=((1, "a"),), legacy=((2, "b"),), raised={"event": Raised("E", "m", 1)}, message={"m": 1})
    exact = Native(((1, "a"),), ((2, "b"),), Raised("E", "m", 1), {"m": 1}, request={"r": 1}, last_frame=5)
    assert exact == record.native(5, request={"r": 1})
    assert Native(((5, "a"),), ((5, "b"),), Raised("E", "m", 5), {"m": 1}, last_frame=5) == record.native(5, flat=True)


@given(st.lists(st.binary(max_size=9)), st.integers(2, 12))
def test_capture_keeps_both_ends(pieces: list[bytes], kept: int) -> None:
    """Of any stream its beginning and its end remain, and all of a short one."""
    capture = Capture(kept)
    for piece in pieces:
        capture.add(piece)
    whole = b"".join(pieces)
    half = kept // 2
    assert (whole[:half], len(whole)) == (bytes(capture._head), capture.total_bytes)
    assert whole[half:][-half:] == bytes(capture._tail)


@given(st.lists(st.sampled_from([b"a", b"\n", b"bc\nd", b"\n\n", b""])))
def test_lines_are_the_same_however_they_come(pieces: list[bytes]) -> None:
    """Any partition gives the lines of the whole, and what is left over."""
    lines = Lines(100, 1000)
    got = [row for piece in pieces for row in lines.add(piece)]
    assert b"".join(pieces).split(b"\n") == [*got, lines.rest]


def test_lines_have_bounds() -> None:
    """One line, and all of a run's lines, have a length; the second is counted anew for each run."""
    lines = Lines(4, 10)
    assert [b"abcd", b"efgh"] == lines.add(b"abcd\nefgh\n")
    lines.restart()
    assert [b"abcd"] == lines.add(b"abcd\n")
    with pytest.raises(Fault, match="longer than 4"):
        lines.add(b"abcde")
    with pytest.raises(Fault, match="more than 10"):
        Lines(4, 10).add(b"a\n" * 6)
