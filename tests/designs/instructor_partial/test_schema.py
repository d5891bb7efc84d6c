"""The response model that is made of a JSON Schema: what it takes, what it refuses, and which schemas have none."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import ValidationError

from workbench.designs.instructor_partial import DESIGN
from workbench.families.instructor.schema import SchemaError, model_from_schema, response_model
from workbench.transcript import Json, Request, Tool


def object_of(schema: Json, *, required: bool = True) -> Json:
    """The schema of an object whose only property, `it`, has the given schema."""
    return {"type": "object", "properties": {"it": schema}, "required": ["it"] if required else []}


INNER = object_of({"type": "integer"})
TABLE: dict[str, tuple[Json, list[Json], list[Json]]] = {
    "string": ({"type": "string"}, ["a"], [1, None]),
    "integer": ({"type": "integer"}, [3], [3.5, "3", None]),
    "number": ({"type": "number"}, [3, 3.5], ["3"]),
    "boolean": ({"type": "boolean"}, [True], [1, "true"]),
    "null": ({"type": "null"}, [None], [0]),
    "anything": ({}, [1, "a", None, [1]], []),
    "true": (True, [1, "a"], []),
    "enum": ({"enum": ["a", 2, None]}, ["a", 2, None], ["b", 3]),
    "typed enum": ({"type": "string", "enum": ["a"]}, ["a"], ["b"]),
    "const": ({"const": "a"}, ["a"], ["b"]),
    "nullable by anyOf": ({"anyOf": [{"type": "string"}, {"type": "null"}]}, ["a", None], [1]),
    "nullable by list of types": ({"type": ["string", "null"]}, ["a", None], [1]),
    "nullable by keyword": ({"type": "string", "nullable": True}, ["a", None], [1]),
    "one of two": ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, [1, "a"], [1.5]),
    "array": ({"type": "array", "items": {"type": "integer"}}, [[], [1]], [["a"], {}]),
    "array of anything": ({"type": "array"}, [[], [1, "a"]], [{}]),
    "array of objects": ({"type": "array", "items": INNER}, [[{"it": 1}]], [[{}], [{"it": "a"}]]),
    "object": (INNER, [{"it": 1}], [{}, {"it": "a"}, []]),
    "object without properties": ({"type": "object"}, [{}, {"a": 1}], [[]]),
    "object by its properties": ({"properties": {"it": {"type": "integer"}}}, [{}, {"it": 1}], [{"it": "a"}]),
    "map": ({"type": "object", "additionalProperties": {"type": "integer"}}, [{}, {"a": 1}], [{"a": "b"}]),
    "closed object": ({"type": "object", "additionalProperties": False}, [{}], [[]]),
    "bounds are left out": ({"type": "integer", "minimum": 3}, [1], []),
}


@pytest.mark.parametrize("name", TABLE)
def test_model_takes_what_the_schema_takes(name: str) -> None:
    """A value that the schema allows passes strict validation, and comes out as it went in."""
    schema, good, _ = TABLE[name]
    model = model_from_schema(object_of(schema), "Model")
    found = [model.model_validate({"it": value}, strict=True).model_dump(exclude_unset=True)["it"] for value in good]
    assert good == found


def test_undeclared_properties_are_dropped() -> None:
    """What the schema does not name is not in the object, as with a plain class."""
    model = model_from_schema(INNER, "Model")
    assert {"it": 1} == model.model_validate({"it": 1, "more": 2}, strict=True).model_dump()


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, (_, _, bad) in TABLE.items() for value in bad])
def test_model_refuses_what_the_schema_refuses(name: str, value: Json) -> None:
    """A value that the schema does not allow fails strict validation."""
    model = model_from_schema(object_of(TABLE[name][0]), "Model")
    with pytest.raises(ValidationError):
        model.model_validate({"it": value}, strict=True)


def test_property_that_is_not_required_may_be_left_out_or_null() -> None:
    """What need not come is None until it does, and may come as null."""
    model = model_from_schema(object_of({"type": "string"}, required=False), "Model")
    assert [None, None, "a"] == [model.model_validate(one).it for one in ({}, {"it": None}, {"it": "a"})]  # type: ignore[attr-defined]


def test_property_with_a_default_has_it() -> None:
    """A default stands in for what did not come; null is then refused unless the type allows it."""
    model = model_from_schema(object_of({"type": "string", "default": "b"}, required=False), "Model")
    assert {"it": "b"} == model.model_validate({}).model_dump()
    with pytest.raises(ValidationError):
        model.model_validate({"it": None})


def test_references_lead_into_definitions() -> None:
    """`$ref` and a lone `allOf` stand for what they lead to, and the class is named after the definition."""
    schema = {
        **object_of({"allOf": [{"$ref": "#/$defs/Inner"}]}),
        "$defs": {"Inner": {**INNER, "title": "Inner"}},
    }
    model = model_from_schema(schema, "Outer")
    assert "Outer" == model.__name__
    annotation = model.model_fields["it"].annotation
    assert annotation is not None
    assert "Inner" == annotation.__name__
    with pytest.raises(ValidationError):
        model.model_validate({"it": {"it": "a"}})


def test_annotations_are_those_that_a_user_would_write() -> None:
    """Scalars, literals and lists become the plain types of a hand-written class."""
    expected = {"a": str, "b": Literal["x", "y"], "c": list[int], "d": dict[str, float], "e": Any}
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"enum": ["x", "y"]},
            "c": {"type": "array", "items": {"type": "integer"}},
            "d": {"type": "object", "additionalProperties": {"type": "number"}},
            "e": {},
        },
        "required": list(expected),
    }
    model = model_from_schema(schema, "Model")
    assert expected == {name: info.annotation for name, info in model.model_fields.items()}


def test_equal_schemas_give_one_class() -> None:
    """The class that the port gets and the class that the library gets are the same object."""
    assert model_from_schema(dict(INNER), "Model") is model_from_schema(dict(INNER), "Model")
    assert model_from_schema(INNER, "Model") is not model_from_schema(INNER, "Other")


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"type": "array"}, "an object"),
        (object_of(False), "no schema"),
        (object_of({"type": "date"}), "not known"),
        (object_of({"$ref": "#/$defs/Gone"}), "leads nowhere"),
        (object_of({"$ref": "https://example.org/schema"}), "outside"),
        (object_of({"allOf": [{}, {}]}), "allOf"),
        (object_of({"enum": [1.5]}), "Literal"),
        ({**object_of({"$ref": "#/$defs/Self"}), "$defs": {"Self": object_of({"$ref": "#/$defs/Self"})}}, "itself"),
        ({"type": "object", "properties": {"a-b": {}}}, "alias"),
        ({"type": "object", "properties": {"_a": {}}}, "alias"),
        ({"type": "object", "properties": {"copy": {}}}, "alias"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_schema_without_a_class_says_why(schema: Json, reason: str) -> None:
    """What cannot be a class is refused with the reason, and the design then does not apply, for that reason."""
    with pytest.raises(SchemaError, match=reason):
        model_from_schema(schema, "Model")
    assert reason in (DESIGN.applies(Request((), (Tool("tool", parameters=schema),))) or "")


def test_response_schema_goes_before_the_first_tool_and_that_before_others() -> None:
    """The model is named after the response schema's title, else after the first tool; without either there is none."""
    tools = (Tool("first", parameters=INNER), Tool("second", parameters=object_of({})))
    assert "Answer" == response_model(Request((), tools, {**INNER, "title": "Answer"})).__name__
    assert "first" == response_model(Request((), tools)).__name__
    assert DESIGN.applies(Request((), tools)) is None
    assert "neither" in (DESIGN.applies(Request(())) or "")
