"""Workloads are what their generators say: the same each time, in small pieces, and read back by every dialect."""

from __future__ import annotations

import json

import pytest

from workbench.benchmarks.bodies import iter_bodies, make_body
from workbench.benchmarks.definitions import all_benchmarks
from workbench.benchmarks.knowing import wrong_deltas
from workbench.benchmarks.model import KnownPart, Made, Workload
from workbench.benchmarks.pieces import CHARACTERS, arguments, cut, prose
from workbench.benchmarks.workloads import all_workloads
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.errors import ResultError
from workbench.transcript import ArgumentsDelta, ReasoningDelta, TextDelta
from workbench.wire import SseDecoder

SPOKEN = [workload for workload in all_workloads().values() if not workload.bare]
BARE = [workload for workload in all_workloads().values() if workload.bare]
PIECES = (TextDelta, ReasoningDelta, ArgumentsDelta)


def name(found: Workload | Dialect) -> str:
    """Names a case."""
    return found.id


@pytest.mark.parametrize("workload", all_workloads().values(), ids=name)
def test_a_workload_is_the_same_each_time(workload: Workload) -> None:
    """Two makings of one size are equal."""
    n = min(workload.sizes)
    assert workload.make(n) == workload.make(n)


@pytest.mark.parametrize("workload", SPOKEN, ids=name)
@pytest.mark.parametrize("n", [200, 1_000])
def test_a_stream_has_about_as_many_pieces_as_were_asked_for(workload: Workload, n: int) -> None:
    """Never more than asked for, and not a fifth less; four characters each, but for the last of a part."""
    pieces = [delta.text for delta in workload.make(n).deltas if isinstance(delta, PIECES)]
    assert n * 0.8 <= len(pieces) <= n
    assert all(len(piece) <= CHARACTERS for piece in pieces)
    assert sum(map(len, pieces)) >= 0.9 * CHARACTERS * len(pieces)


def test_a_long_mixed_stream_has_more_parts_than_a_short_one() -> None:
    """Parts grow with pieces, so that what grows with parts is seen."""
    mixed = all_workloads()["mixed"]
    assert 4 < 10 * len(mixed.make(200).known.parts) < len(mixed.make(20_000).known.parts)


def test_the_largest_arguments_have_80_kilobytes() -> None:
    """The text of the call is as long as the workload says, within a hundredth."""
    workload = all_workloads()["long-arguments"]
    assert 79_200 <= len(workload.make(max(workload.sizes)).known.parts[0].text) <= 80_000


def test_a_share_of_the_text_is_not_ascii() -> None:
    """Between a hundredth and a fifth of the characters lie beyond ASCII, some of them beyond 16 bits."""
    text = "".join(part.text for part in all_workloads()["mixed"].make(1_000).known.parts)
    beyond = [character for character in text if ord(character) > 127]
    assert 0.01 < len(beyond) / len(text) < 0.2
    assert any(ord(character) > 0xFFFF for character in beyond)


@pytest.mark.parametrize("pieces", [1, 2, 7, 100])
def test_prose_fills_its_pieces_exactly(pieces: int) -> None:
    """Its length is that of all its pieces, and no blank stands at either end."""
    text = prose(pieces, 3)
    assert pieces * CHARACTERS == len(text) == len(text.strip())
    assert text == "".join(cut(text))


def test_argument_text_says_its_value() -> None:
    """The text, read by the standard library, is the object."""
    value, text = arguments(30, 5)
    assert value == json.loads(text)


@pytest.mark.parametrize("workload", SPOKEN, ids=name)
@pytest.mark.parametrize("dialect", all_dialects().values(), ids=name)
def test_a_body_decodes_to_what_the_generator_says(workload: Workload, dialect: Dialect) -> None:
    """Every part's text, joined from the decoded pieces, is the text that the generator joined; nothing is remarked."""
    body = make_body(workload, 200, dialect)
    joined: dict[int, str] = {}
    assert body.decoded is not None
    for delta in body.decoded.deltas():
        if isinstance(delta, PIECES):
            joined[delta.part] = joined.get(delta.part, "") + delta.text

    assert [part.text for part in body.made.known.parts] == list(joined.values())
    assert () == body.decoded.diagnostics


def test_a_body_that_says_something_else_is_noticed() -> None:
    """One changed character of one part is found, and so are a missing part and a cut stream."""
    dialect = next(iter(all_dialects().values()))
    body = make_body(all_workloads()["mixed"], 200, dialect)
    known, decoded = body.made.known, body.decoded
    assert decoded is not None
    assert wrong_deltas(known, dialect, decoded) is None

    other = body.data.replace(b"answ", b"ansv", 1)
    assert "part 0 is reasoning 'wer sent" in (wrong_deltas(known, dialect, dialect.decode(other)) or "")
    cut_off = body.data[: len(body.data) // 2]
    assert wrong_deltas(known, dialect, dialect.decode(cut_off)) == "the stream ends in stream-truncated"


def test_a_body_that_the_dialect_misreads_is_never_made_ready() -> None:
    """What the generator says and what is read back differ: an error that says where."""
    mixed = all_workloads()["mixed"]

    def lie(n: int) -> Made:
        made = mixed.make(n)
        first = made.known.transcript.parts[0]
        parts = (type(first)(text="something else"), *made.known.transcript.parts[1:])
        transcript = type(made.known.transcript)(parts, made.known.transcript.outcome)
        return type(made)(type(made.known)(made.known.parts, transcript), made.deltas, made.request)

    liar = Workload("liar", "", "", lie, (200,), (200,))
    with pytest.raises(ResultError, match=r"^liar-200@.*: not what the generator made"):
        list(iter_bodies(liar, all_dialects()))


@pytest.mark.parametrize("workload", BARE, ids=name)
def test_bare_bytes_hold_the_frames_that_were_written(workload: Workload) -> None:
    """The data of each frame is what the generator put there."""
    body = make_body(workload, min(workload.sizes))
    decoder = SseDecoder()
    frames = decoder.receive(body.data) + decoder.finish()
    assert body.made.known.frames == tuple(frame.data for frame in frames)


def test_the_long_line_has_ten_megabytes() -> None:
    """The largest one; and it is one line."""
    workload = all_workloads()["long-line"]
    data = workload.make(max(workload.sizes)).data or b""
    assert 10 * 1024 * 1024 <= len(data) <= 10 * 1024 * 1024 + 16
    assert data.count(b"\n") == 2


def test_the_floor_parses_the_json_of_every_frame() -> None:
    """As many payloads as frames that hold JSON, cut without a decoder, and their texts stand in the frames."""
    for dialect in all_dialects().values():
        body = make_body(all_workloads()["mixed"], 200, dialect)
        assert body.decoded is not None
        held = [frame.data for frame in body.decoded.frames if frame.data.startswith("{")]
        assert held == [payload.decode() for payload in body.payloads]


def test_one_benchmark_is_the_floor_of_all_ratios() -> None:
    """There is one, or ratios would be to two things."""
    assert ["floor-orjson"] == [found.id for found in all_benchmarks().values() if found.floor]


def test_what_is_known_of_a_call_is_its_value() -> None:
    """The generator's argument text, read by the standard library, is the value that it keeps beside."""
    parts: list[KnownPart] = [part for workload in SPOKEN for part in workload.make(200).known.parts]
    calls = [part for part in parts if part.kind == "tool-call"]
    assert calls
    assert [part.value for part in calls] == [json.loads(part.text) for part in calls]
