"""Holds the vocabulary of llm against the library: names, fields, defaults, and the dicts that are written and read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import llm.models
import llm.parts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.designs.llm import vocabulary

pytestmark = pytest.mark.differential

words = st.sampled_from(["", "a", "word ", "\n", "\u00e9", "\U0001f600", '{"a": 1}'])
ids = st.sampled_from([None, "c1", ""])
PAIRS = [
    (vocabulary.StreamEvent, llm.parts.StreamEvent),
    (vocabulary.TextPart, llm.parts.TextPart),
    (vocabulary.ReasoningPart, llm.parts.ReasoningPart),
    (vocabulary.ToolCallPart, llm.parts.ToolCallPart),
    (vocabulary.ToolResultPart, llm.parts.ToolResultPart),
    (vocabulary.AttachmentPart, llm.parts.AttachmentPart),
    (vocabulary.Message, llm.parts.Message),
    (vocabulary.Usage, llm.models.Usage),
    (vocabulary.ToolCall, llm.models.ToolCall),
    (vocabulary.ToolResult, llm.models.ToolResult),
]


@pytest.mark.parametrize(("ours", "library"), PAIRS, ids=[pair[0].__name__ for pair in PAIRS])
def test_names_order_and_defaults_are_those_of_the_library(ours: Any, library: Any) -> None:
    """Each class has the library's name, its fields in their order, and their defaults."""

    def shape(cls: Any) -> list[tuple[Any, ...]]:
        return [
            (one.name, one.default, getattr(one.default_factory, "__name__", one.default_factory))
            for one in dataclasses.fields(cls)
        ]

    assert library.__name__ == ours.__name__
    assert shape(library) == shape(ours)


metadata = st.sampled_from([None, {}, {"p": {"signature": "s"}}])
stored_parts = st.one_of(
    st.builds(vocabulary.TextPart, words, metadata),
    st.builds(vocabulary.ReasoningPart, words, st.booleans(), metadata),
    st.builds(vocabulary.ToolCallPart, words, st.sampled_from([{}, {"a": [1]}]), ids, st.booleans(), metadata),
    st.builds(
        vocabulary.ToolResultPart,
        words,
        words,
        ids,
        st.booleans(),
        st.lists(
            st.builds(
                vocabulary.Attachment, type=ids, path=ids, url=ids, content=st.sampled_from([None, b"", b"\xff\x00"])
            ),
            max_size=2,
        ),
        st.sampled_from([None, "", "KeyError: x"]),
        metadata,
    ),
    st.builds(
        vocabulary.AttachmentPart,
        st.none() | st.builds(vocabulary.Attachment, type=ids, content=st.sampled_from([None, b"x"])),
        metadata,
    ),
)


def twin(value: Any) -> Any:
    """Makes the library's value of one of ours, field by field."""
    if isinstance(value, list):
        return [twin(one) for one in value]
    if not dataclasses.is_dataclass(value):
        return value
    cls = getattr(llm.parts, type(value).__name__)
    return cls(**{one.name: twin(getattr(value, one.name)) for one in dataclasses.fields(value)})


@given(role=st.sampled_from(["user", "tool"]), parts=st.lists(stored_parts, max_size=5), known=metadata)
def test_dicts_are_written_and_read_as_by_the_library(role: str, parts: list[Any], known: Any) -> None:
    """`to_dict` writes what the library writes, and `from_dict` reads what the library reads."""
    message = vocabulary.Message(role, parts, known)
    written = twin(message).to_dict()
    assert written == message.to_dict()
    through = json.loads(json.dumps(written))
    assert llm.parts.Message.from_dict(through) == twin(vocabulary.Message.from_dict(through))


def test_an_unknown_part_is_refused_by_both() -> None:
    """Reading a part of a type that llm does not have raises ValueError."""
    for cls in (vocabulary.Part, llm.parts.Part):
        with pytest.raises(ValueError, match="blob"):
            cls.from_dict({"type": "blob"})
