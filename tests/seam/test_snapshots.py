"""Differences between JSON values: `apply(old, diff(old, new))` is `new`, and growth costs what grew."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.snapshots import apply, diff
from workbench.transcript import Json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


@given(old=JSON, new=JSON)
def test_a_difference_leads_from_the_old_value_to_the_new_one(old: Json, new: Json) -> None:
    """For any two JSON values the new one comes back, key order and types included."""
    change = json.loads(json.dumps(diff(old, new)))

    assert json.dumps(new) == json.dumps(apply(old, change))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        pytest.param({"a": "He"}, {"a": "Hello"}, {"~": {"a": {"+": "llo"}}}, id="a string grows"),
        pytest.param([1], [1, 2], {"@": [], "+": [2]}, id="a list grows"),
        pytest.param([["x"]], [["xy"]], {"@": [[0, {"@": [[0, {"+": "y"}]], "+": []}]], "+": []}, id="deep"),
        pytest.param({"a": 1, "b": 2}, {"a": 1}, {"~": {}, "-": ["b"]}, id="a key goes"),
        pytest.param({"a": 1}, {"a": 1, "b": None}, {"~": {"b": {"=": None}}}, id="a key comes"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"=": {"b": 2, "a": 1}}, id="the order changes"),
        pytest.param(1, 1.0, {"=": 1.0}, id="the type changes"),
        pytest.param(True, 1, {"=": 1}, id="a boolean is no integer"),
        pytest.param("same", "same", None, id="nothing changes"),
    ],
)
def test_a_difference_says_only_what_is_new(old: Json, new: Json, change: Json) -> None:
    """The notation is as documented, and a value that grows costs what grew."""
    assert change == diff(old, new)


def test_applying_leaves_the_old_value_alone() -> None:
    """An earlier snapshot is not changed by making the next one."""
    old = {"a": [1, {"b": "x"}]}

    apply(old, diff(old, {"a": [1, {"b": "xy"}, 3]}))

    assert {"a": [1, {"b": "x"}]} == old
