"""The classes that the driver of Instructor makes of JSON Schema are those that our designs make.

The driver may import nothing of ours, so it has a maker of its own, which is loaded here from its file.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import workbench.upstream.drivers
from workbench.corpus import load_corpus
from workbench.families.instructor.schema import SchemaError, item_model, response_model
from workbench.transcript import Json, Request, Tool
from workbench.upstream.protocol import request_json

DRIVER = Path(workbench.upstream.drivers.__file__).parent / "instructor"


@cache
def classes() -> ModuleType:
    """The driver's own maker of classes, loaded from its file."""
    spec = importlib.util.spec_from_file_location("instructor_driver_classes", DRIVER / "classes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape(model: type[BaseModel]) -> Json:
    """All that tells two classes apart: names, order, types, defaults, descriptions."""
    return [model.model_json_schema(), list(model.model_fields), str(model.__pydantic_core_schema__["type"])]


def test_classes_are_those_of_our_designs() -> None:
    """For every request of the corpus the driver makes the same classes as the family, or gives the same reason."""
    made = 0
    for _, turn, _ in load_corpus().bodies():
        told = request_json(turn.request)
        for theirs, mine in ((classes().response_model, response_model), (classes().item_model, item_model)):
            expected = outcome(lambda mine=mine, turn=turn: mine(turn.request))
            assert expected == outcome(lambda theirs=theirs, told=told: theirs(told))
            made += isinstance(expected, list)
    assert made > 20


def outcome(make: Callable[[], type[BaseModel]]) -> Json:
    """The shape of a class, or why there is none."""
    try:
        return shape(make())
    except (SchemaError, classes().SchemaError) as unfit:
        return str(unfit)


def holding(schema: Json, **more: Json) -> Json:
    """The schema of an object with one property, and a second that is required."""
    return {"type": "object", "properties": {"it": schema, "key": {"type": "string"}}, "required": ["key"], **more}


TASKS = {"type": "object", "properties": {"tasks": {"type": "array", "items": holding({})}}}
SCHEMAS: dict[str, Json] = {
    "scalars": holding({"type": ["integer", "number", "boolean", "null"]}),
    "enum": holding({"enum": ["a", 2, None]}),
    "const": holding({"const": "a"}),
    "empty enum": holding({"enum": []}),
    "float enum": holding({"enum": [1.5]}),
    "one of": holding({"oneOf": [{"type": "integer"}, holding({})]}),
    "nullable": holding({"type": "string", "nullable": True}, required=["it"]),
    "default": holding({"type": "string", "default": "x", "description": "what it is"}),
    "list": holding({"type": "array", "items": holding({"type": "array"})}),
    "map": holding({"type": "object", "additionalProperties": {"type": "number"}}),
    "closed": holding({"type": "object", "additionalProperties": False}),
    "tasks": TASKS,
    "tasks, required": {**TASKS, "required": ["tasks"]},
    "reference": holding({"$ref": "#/$defs/Inner"}, **{"$defs": {"Inner": holding({"type": "integer"})}}),
    "lone allOf": holding({"allOf": [{"$ref": "#/$defs/In"}]}, **{"$defs": {"In": {**holding({}), "title": "Named"}}}),
    "several allOf": holding({"allOf": [{}, {}]}),
    "to itself": {**holding({"$ref": "#/$defs/Me"}), "$defs": {"Me": holding({"$ref": "#/$defs/Me"})}},
    "elsewhere": holding({"$ref": "https://example.org/x"}),
    "nowhere": holding({"$ref": "#/$defs/Gone"}),
    "unknown": holding({"type": "date"}),
    "impossible": holding(False),
    "no name": {"type": "object", "properties": {"a-b": {}}},
    "no object": {"type": "array"},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_classes_of_odd_schemas_are_those_of_our_designs(name: str) -> None:
    """Unions, references, defaults, and what has no class: the same class, or the same reason."""
    request = Request((), (Tool("Asked", parameters=SCHEMAS[name]),))
    told = request_json(request)
    assert outcome(lambda: response_model(request)) == outcome(lambda: classes().response_model(told))
    assert outcome(lambda: item_model(request)) == outcome(lambda: classes().item_model(told))
