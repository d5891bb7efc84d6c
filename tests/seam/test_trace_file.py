"""Traces on file: what was written comes back, and what was broken off is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import ResultError
from workbench.native import Native
from workbench.trace import Address, Trace
from workbench.trace_file import address_of, read_traces, write_trace
from workbench.transcript import Raised

EVENT = st.dictionaries(st.sampled_from("abc"), st.text(max_size=4) | st.integers() | st.none(), max_size=3)
NATIVE = st.builds(
    Native,
    events=st.lists(st.tuples(st.integers(0, 3), EVENT), max_size=4).map(tuple),
    legacy=st.lists(st.tuples(st.integers(0, 3), st.text(max_size=3)), max_size=2).map(tuple),
    raised=st.none() | st.just(Raised("APIError", "no", 2)),
    message=EVENT,
    stored=st.none() | EVENT,
    last_frame=st.just(3),
)


def _trace(native: Native) -> Trace:
    return Trace("llm", "llm", Address("slug", 0, "openai-chat"), native.last_frame + 1, native, {})


@given(natives=st.lists(NATIVE, min_size=1, max_size=3), snapshots=st.booleans())
def test_traces_come_back_as_they_were_written(natives: list[Native], snapshots: bool) -> None:
    """Events, snapshots, a raise and the later phases survive the file."""
    data = b"".join(write_trace(_trace(native), snapshots=snapshots) for native in natives)

    read = list(read_traces(data.splitlines(keepends=True)))

    assert natives == [native for _, native in read]
    assert {Address("slug", 0, "openai-chat")} == {address_of(head) for head, _ in read}


def test_growing_snapshots_are_stored_in_line_with_what_was_new() -> None:
    """Two hundred snapshots of a growing text weigh little more than the text, not its square."""
    text = "x" * 2_000
    events = tuple((index, {"text": text[: index * 10]}) for index in range(200))

    data = write_trace(_trace(Native(events=events, last_frame=199)), snapshots=True)

    assert len(data) < len(text) + 200 * 80


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        pytest.param(slice(0, -1), "broken off", id="the end is missing"),
        pytest.param(slice(1, None), "outside a trace", id="the head is missing"),
        pytest.param([0, 2, 3], "says", id="a line is missing"),
    ],
)
def test_a_trace_that_was_broken_off_is_told(keep: slice | list[int], message: str) -> None:
    """No half trace is taken for a whole one."""
    native = Native(events=((0, {"a": 1}),), message={"b": 2}, last_frame=0)
    lines = write_trace(_trace(native)).splitlines()
    kept = lines[keep] if isinstance(keep, slice) else [lines[index] for index in keep]

    with pytest.raises(ResultError, match=message):
        list(read_traces(kept))


def test_a_line_that_is_not_json_is_named() -> None:
    """The error says which line."""
    with pytest.raises(ResultError, match="line 1: not JSON"):
        list(read_traces([b"{oops"]))
