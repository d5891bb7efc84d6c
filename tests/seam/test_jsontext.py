"""JSON as text: everything that a stream can hold comes through."""

from __future__ import annotations

import pytest

from workbench.jsontext import canonical, digest, read_json, write_json
from workbench.transcript import Json


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(2**70, id="a big integer"),
        pytest.param("\ud83d", id="a lone surrogate"),
        pytest.param({"a": ["\udc00", {"b": None}]}, id="a lone surrogate, deep"),
        pytest.param("\U0001f600 é \u2028", id="what needs no escape"),
    ],
)
def test_hard_values_come_through(value: Json) -> None:
    """Written and read back, the value is the same."""
    assert value == read_json(write_json(value))


def test_equal_values_have_one_digest_whatever_their_key_order() -> None:
    """Content decides, not how it was written; and another content has another digest."""
    assert digest({"a": 1, "b": "\ud83d"}) == digest({"b": "\ud83d", "a": 1})
    assert digest({"a": 1}) != digest({"a": 2})
    assert b'{"a":1,"b":2}' == canonical({"b": 2, "a": 1})


def test_what_is_not_json_is_refused() -> None:
    """The error is a ValueError, whatever the fast reader calls it."""
    with pytest.raises(ValueError, match="Expecting"):
        read_json(b"{nope}")
