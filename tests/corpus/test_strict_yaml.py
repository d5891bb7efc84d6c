"""YAML as data: what is read, as what, and that nothing in a text chooses what happens."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.corpus.strict_yaml import read_yaml
from workbench.transcript import Json

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=12)
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUE = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


@given(value=VALUE)
def test_json_is_read_as_json(value: Json) -> None:
    """What JSON says, YAML says too."""
    document = read_yaml(json.dumps(value, ensure_ascii=False).encode())
    assert (value, ()) == (document.value, document.faults)


@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_give_a_document(data: bytes) -> None:
    """No text makes the reader raise, and each fault is worded."""
    assert all(fault.why for fault in read_yaml(data).faults)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("True", "True"),
        ("'1'", "1"),
        ('"\\e"', "\x1b"),
        ("1", 1),
        ("-2.50", -2.5),
        ("1e3", 1000.0),
        ("~", None),
        ("null", None),
        ("true", True),
    ],
)
def test_scalar_means_what_json_means(written: str, value: Json) -> None:
    """Plain scalars are JSON words and numbers, or strings; a quoted one is a string."""
    read = read_yaml(written.encode()).value
    assert (type(value), value) == (type(read), read)


def test_expansion_is_refused_before_it_happens() -> None:
    """Aliases are faults and not followed, so nine levels of nine stay as small as they are written."""
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'lol'}]" for n in range(9)]
    document = read_yaml("\n".join(levels).encode())
    assert {"holds an anchor; write the value out", "holds an alias; write the value out"} == {
        fault.why for fault in document.faults
    }
    assert [None] * 9 == document.value["a8"]


def test_line_of_a_value_is_known() -> None:
    """A value's line is where it begins; what has none takes the line of what holds it."""
    document = read_yaml(b"a:\n  - 1\n  - b:\n      c\n")
    assert (2, 4, 1) == tuple(document.line_of(path) for path in (("a", 0), ("a", 1, "b"), ("z", "y")))


def test_quoted_merge_sign_is_a_key() -> None:
    """`"<<"` is a string, as in JSON; without quotes it is refused."""
    assert ({"<<": 1}, ()) == ((quoted := read_yaml(b'{"<<": 1}')).value, quoted.faults)
    assert ["holds a merge key"] == [fault.why for fault in read_yaml(b"<<: {a: 1}").faults]
