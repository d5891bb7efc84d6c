"""The two halves of the port, and what its snapshots cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import jiter
import pytest
from pydantic import BaseModel

from workbench.design import NativeRaise
from workbench.designs.instructor_partial import adapter as module
from workbench.designs.instructor_partial.adapter import PartialAdapter
from workbench.designs.instructor_partial.growing import Growing
from workbench.designs.instructor_partial.places import Place
from workbench.designs.instructor_partial.snapshots import Snapshot
from workbench.families.instructor.fragments import find_fragment
from workbench.transcript import (
    ArgumentsDelta,
    CallNamed,
    Delta,
    Failure,
    Finished,
    Json,
    PartStart,
    ReasoningDelta,
    RefusalDelta,
    StreamFailed,
    StreamTruncated,
    TextDelta,
)


class Stop(BaseModel):
    """A nested model."""

    name: str
    nights: int | None = None


class Trip(BaseModel):
    """A model with everything that matters: scalars, a nested model, a list of models, defaults."""

    title: str
    start: Stop
    stops: list[Stop] = []
    price: float = 0.5
    note: str | None = None


NOTHING = {
    "title": None,
    "start": {"name": None, "nights": None},
    "stops": [],
    "price": 0.5,
    "note": None,
}


def values(fragments: Sequence[str], model: type[BaseModel] = Trip) -> list[Json]:
    """What the objects look like after each fragment."""
    adapter = PartialAdapter(model)
    return [snapshot.value for fragment in fragments for snapshot in adapter.accept(fragment)]


def start(part: int, *, stated: bool = False) -> PartStart:
    """The start of a call."""
    return PartStart(0, part, "tool-call", id="i", name="n", stated=stated)


@pytest.mark.parametrize(
    ("step", "fragment"),
    [
        ([start(0)], ""),
        ([start(0), ArgumentsDelta(0, 0, "{")], "{"),
        ([ArgumentsDelta(0, 0, "{")], "{"),
        ([start(0, stated=True)], ""),
        ([start(0, stated=True), ArgumentsDelta(0, 0, "{}")], None),
        ([CallNamed(0, 0, id="i")], None),
        ([CallNamed(0, 0, id="i"), ArgumentsDelta(0, 0, "{")], "{"),
        ([CallNamed(0, 0, id="i"), ArgumentsDelta(0, 1, "{")], None),
        ([ArgumentsDelta(0, 1, "a"), ArgumentsDelta(0, 0, "b")], "a"),
        ([ArgumentsDelta(0, 0, "a"), ArgumentsDelta(0, 0, "b")], "a"),
        ([start(0), start(1), ArgumentsDelta(0, 1, "b")], ""),
        ([PartStart(0, 0, "text"), TextDelta(0, 0, "x"), start(1), ArgumentsDelta(0, 1, "{")], "{"),
        ([TextDelta(0, 0, "{}")], None),
        ([ReasoningDelta(0, 0, "{}")], None),
        ([RefusalDelta(0, 0, "{}")], None),
        ([Finished(0, "length")], None),
        ([StreamTruncated(0)], None),
        ([], None),
    ],
)
def test_fragment_is_that_of_the_first_call_in_a_chunk(step: list[Delta], fragment: str | None) -> None:
    """Of each chunk the argument text of the first call counts, and nothing else is read."""
    assert fragment == find_fragment(step)
    assert ([] if fragment is None else [fragment]) == list(PartialAdapter(Trip).produce(step))


def test_failure_in_the_stream_raises() -> None:
    """An error that the provider reports reaches the user as the SDK's exception, with its words."""
    with pytest.raises(NativeRaise, match="Overloaded") as caught:
        find_fragment([StreamFailed(0, Failure("Overloaded", "server_error"))])
    assert "APIError" == caught.value.type


def test_receive_equals_both_halves() -> None:
    """The fused call yields what the halves yield in a row."""
    steps: list[list[Delta]] = [
        [TextDelta(0, 0, "Well")],
        [start(1)],
        [ArgumentsDelta(0, 1, '{"title": "a')],
        [ArgumentsDelta(0, 1, 'b", "sta')],
    ]
    fused, halved = PartialAdapter(Trip), PartialAdapter(Trip)
    expected = [one.value for step in steps for event in halved.produce(step) for one in halved.accept(event)]
    assert expected == [one.value for step in steps for one in fused.receive(step)]
    assert 3 == len(expected)


def test_object_fills_in() -> None:
    """Strings grow; fields that have not come are None or have their default; nested objects are there at once."""
    shown = values(["", '{"ti', 'tle": "Gr', 'and", "start": {"name": "O', 'slo"}', ', "stops": [{"name": "B"'])
    titles = [None, None, "Gr", "Grand", "Grand", "Grand"]
    starts = [None, None, None, "O", "Oslo", "Oslo"]
    assert titles == [one["title"] for one in shown]
    assert starts == [one["start"]["name"] for one in shown]
    assert NOTHING == shown[0]
    assert [{"name": "B", "nights": None}] == shown[-1]["stops"]


def test_complete_part_is_validated_and_knows_what_came() -> None:
    """A nested object whose sibling has begun is validated: what was not sent is no longer in its dump."""
    before, after = values(['{"start": {"name": "Oslo"}', ', "title": "'])
    assert {"name": "Oslo", "nights": None} == before["start"]
    assert {"name": "Oslo"} == after["start"]


def test_complete_object_holds_what_was_sent_and_nothing_else() -> None:
    """The last snapshot of a complete stream equals the arguments, without the defaults that were not sent."""
    arguments = {"title": "a", "start": {"name": "b"}, "stops": [{"name": "c", "nights": 2}]}
    text = json.dumps(arguments)
    assert arguments == values([text[:20], text[20:]])[-1]


def test_element_that_is_no_object_stays_as_parsed() -> None:
    """Elements of a list of models are validated only if they are objects."""
    assert [3, {"name": "a"}, None, "x"] == values(['{"stops": [3, {"name": "a"}, null, "x'])[-1]["stops"]


def test_list_that_may_be_null_is_not_built_of_models() -> None:
    """A field declared as a list or null keeps its elements as parsed until the whole is validated."""

    class Tour(BaseModel):
        stops: list[Stop] | None = None
        end: str = ""

    cut, whole = values(['{"stops": [{"nights": 1}, {"name": "a"', '}], "end": "x"'], Tour)
    assert [{"nights": 1}, {"name": "a"}] == cut["stops"] == whole["stops"]


def test_object_that_may_be_null_is_none_until_it_comes() -> None:
    """A nested object stands there empty from the start only if its field is declared as that model and no other."""

    class Plan(BaseModel):
        must: Stop
        may: Stop | None = None

    blank = {"name": None, "nights": None}
    assert [{"must": blank, "may": None}, {"must": blank, "may": blank}] == values(["{", '"may": {'], Plan)


def test_values_are_written_by_the_type_of_their_place() -> None:
    """Before validation, too, an integer where a number is declared is shown as pydantic writes it."""

    class Prices(BaseModel):
        one: float
        many: dict[str, float]
        either: list[float] | int

    text = '{"one": 1, "many": {"a": 2}, "either": [3, 4'
    assert {"one": 1.0, "many": {"a": 2.0}, "either": [3.0, 4.0]} == values([text], Prices)[-1]
    assert "[1.0, {'a': 2.0}, [3.0, 4.0]]" == str([*values([text], Prices)[-1].values()])


def test_text_behind_the_object_takes_validation_back() -> None:
    """A second call's arguments behind the first's make the text no JSON: the object is shown as incomplete again."""
    complete, after = values(['{"title": "a", "start": {"name": "b"}}', '{"title": "c"}'])
    assert {"title": "a", "start": {"name": "b"}} == complete
    assert {**NOTHING, "title": "a", "start": {"name": "b", "nights": None}} == after


@pytest.mark.parametrize(
    ("fragments", "type_", "words"),
    [
        (['{"title": ', "Oslo"], "ValueError", "expected value at line 1 column 11"),
        (["nu"], "ValueError", "EOF while parsing a value at line 1 column 2"),
        (["null"], "ValidationError", "1 validation error for Trip"),
        (['{"title": 3, "start": {"name": "b"}}'], "ValidationError", "1 validation error for Trip"),
        (['{"start": {}, "title": "'], "ValidationError", "1 validation error for Stop"),
        (['{"stops": [{}, {'], "ValidationError", "1 validation error for Stop"),
        (['{"start": 3, "title": "'], "ValidationError", "1 validation error for Stop"),
        (['{"start": {"name": "a", "nights": "1"}, "title": "'], "ValidationError", "1 validation error for Stop"),
        (['{"title": "\ud83d'], "UnicodeEncodeError", "surrogates not allowed"),
    ],
)
def test_what_does_not_hold_raises_at_once(fragments: list[str], type_: str, words: str) -> None:
    """Malformed text and parts that do not fit raise as soon as they are there, under the name that a user sees."""
    with pytest.raises(NativeRaise, match=words) as caught:
        values(fragments)
    assert type_ == caught.value.type


def test_white_space_at_the_end_of_the_text_is_held_back() -> None:
    """A string is shown without the white space that it ends in so far, of whatever kind, until more comes."""
    titles = [one["title"] for one in values(['  {"title": "a \u00a0', "\u2003", " ", "b ", 'c\\n"'])]
    assert ["a", "a", "a", "a \u00a0\u2003 b", "a \u00a0\u2003 b c\n"] == titles


def test_control_characters_vanish() -> None:
    """Control characters are cut out of the text, inside strings, too; escaped ones stay."""
    assert "ab\u0085" == values(['{"title":\n\t"a\x7f\x85b\\u0085'])[-1]["title"]


@pytest.mark.parametrize(
    ("fragments", "expected"),
    [
        (['{"": 1', ', "title": "a'], "1 validation error for Trip"),
        (['{"start": {"name": "a"}, "note": "b"', ', "start": {'], "1 validation error for Stop"),
        (['{"stops[0]": 1, "stops": [{'], "1 validation error for Stop"),
    ],
)
def test_odd_keys_are_taken_for_what_they_look_like(fragments: list[str], expected: str) -> None:
    """Where a key is empty, repeats or looks like a path, an open part counts as complete, and raises as one."""
    with pytest.raises(NativeRaise, match=expected):
        values(fragments)


def test_odd_key_that_nothing_is_taken_for_changes_nothing() -> None:
    """After a harmless odd key the object fills in as without it."""
    rest = ['"start": {"name": "a"}, "title": "t", "stops": [{"name": "b"}, {', '"name": "c', '"}]}']
    assert values(["{", *rest]) == values(["{", '"x.y": 1, ' + rest[0], *rest[1:]])


@pytest.mark.parametrize("text", ["", "{}", " { } "])
def test_empty_object_is_validated_at_the_end(text: str) -> None:
    """An empty object is handed out without validation, and fails once the stream has ended."""
    adapter = PartialAdapter(Trip)
    assert [NOTHING] == [one.value for one in adapter.accept(text)]
    with pytest.raises(NativeRaise, match="2 validation errors for Trip"):
        adapter.finish()


@pytest.mark.parametrize("text", ['{"title": "a', '{"title": "a", "start": {"name": "b"}}'])
def test_other_streams_end_in_silence(text: str) -> None:
    """A cut object and a complete one end alike: nothing more comes, nothing raises, the last object is the message."""
    adapter = PartialAdapter(Trip)
    (last,) = adapter.accept(text)
    assert [] == list(adapter.finish())
    assert last.value == adapter.message() == adapter.stored()


def test_stream_without_a_call_has_no_message() -> None:
    """Where no fragment came there is no object, and that is no error."""
    adapter = PartialAdapter(Trip)
    assert [] == list(adapter.finish())
    assert adapter.message() is None
    assert adapter.stored() is None


# ----------------------------------------------------------------------------------------------------------------- cost


def trip_text(stops: int) -> str:
    """A long JSON text."""
    return json.dumps({"title": "t", "start": {"name": "s"}, "stops": [{"name": f"n{i}"} for i in range(stops)]})


def test_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every character is handed to the parser once, the whole text to no other, and the result is the value."""
    handed: list[str] = []
    receive = Growing.receive

    def listen(self: Growing, text: str) -> None:
        handed.append(text)
        receive(self, text)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("jiter was asked")

    monkeypatch.setattr(Growing, "receive", listen)
    monkeypatch.setattr(jiter, "from_json", refuse)
    text = trip_text(50)
    assert json.loads(text) == values(list(text))[-1]
    assert text == "".join(handed)


def test_each_part_is_settled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps by which parts are written grow with the parts, not with the fragments times the parts."""
    settle = Place.settle
    counts: list[int] = []

    def count(self: Place, raw: Json) -> Json:
        counts[-1] += 1
        return settle(self, raw)

    monkeypatch.setattr(Place, "settle", count)
    for stops in (40, 80):
        counts.append(0)
        values(list(trip_text(stops)))
    assert [41, 81] == counts


def test_snapshots_share_what_is_complete() -> None:
    """Two snapshots hold the same object for the same complete part."""
    first, second = values(['{"stops": [{"name": "a"}, {"name": "b"}, {', '"name": "c'])
    assert {"name": "a"} == first["stops"][0]
    assert first["stops"][0] is second["stops"][0]


def test_snapshot_never_changes() -> None:
    """A snapshot that is written out after the stream shows what it showed at its time."""
    adapter = PartialAdapter(Trip)
    taken: list[Snapshot] = []
    at_once: list[str] = []
    for fragment in trip_text(5):
        for snapshot in adapter.accept(fragment):
            taken.append(snapshot)
            at_once.append(json.dumps(snapshot.value))
    assert at_once == [json.dumps(snapshot.value) for snapshot in taken]
    assert len(at_once) == len(trip_text(5))


def test_unchanged_text_gives_the_same_snapshot() -> None:
    """A fragment without text yields the object once more, and makes no new one."""
    adapter = PartialAdapter(Trip)
    (first,) = adapter.accept('{"title": "a"')
    (second,) = adapter.accept("")
    (third,) = adapter.accept("  ")
    assert first is second is third


def test_disagreement_with_jiter_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """If our parser refused what jiter reads, it would say so rather than pass it off as the library's error."""
    monkeypatch.setattr(module.jiter, "from_json", lambda *_, **__: None)
    with pytest.raises(Exception, match="jiter reads a text that the growing JSON refuses"):
        values(['{"title": x'])
