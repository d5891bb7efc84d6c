"""JSON Schema to a Pydantic class: the response model that Instructor is given.

Instructor's user writes a class; a fixture has a JSON Schema. This makes the class from the schema, once, and hands
the same class to our adapter and to the real library.

Rules:
1. Types only: object, array, string, integer, number, boolean, null, enum, const, unions, `$ref` into `$defs`.
   Bounds and formats (`minimum`, `pattern`, `format`) are left out: they are not part of how an object fills in.
2. A property that is not required may also be null, and is None until it comes; one with a default has that.
3. What cannot be a class is a `SchemaError` with the reason, never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from workbench.errors import WorkbenchError
from workbench.transcript import Json, Request

_SCALARS: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": None,
}
_CONFIG = ConfigDict(protected_namespaces=())


class SchemaError(WorkbenchError):
    """A JSON Schema of which no response model can be made; the message says why."""


def response_model(request: Request) -> type[BaseModel]:
    """Makes the class that a user of Instructor would pass as `response_model`.

    Args:
        request: with a response schema, named by its title; otherwise its first tool counts, named after the tool.

    Returns:
        The same class for equal schemas.

    Raises:
        SchemaError: the request has neither, or the schema cannot be a class.
    """
    if request.response_schema is not None:
        schema, name = request.response_schema, str(request.response_schema.get("title", "Response"))
    elif request.tools:
        schema, name = request.tools[0].parameters, request.tools[0].name
    else:
        raise SchemaError(
            "Instructor fills in a response model, and the request has neither a response schema nor a tool"
        )
    return model_from_schema(schema, name)


def item_model(request: Request) -> type[BaseModel]:
    """Makes the class that a user would pass as `response_model` to `create_iterable`: that of one item.

    Instructor itself asks the provider for an object with a list of items, `tasks`. A request whose schema is such an
    object is taken at its word, and the class is that of the list's elements; else each object is an item.

    Raises:
        SchemaError: as `response_model`.
    """
    model = response_model(request)
    if set(model.model_fields) == {"tasks"}:
        annotation = model.model_fields["tasks"].annotation
        for one in (annotation, *get_args(annotation)):  # it may also be null, where it is not required
            item = get_args(one)[0] if get_origin(one) is list else None
            if isinstance(item, type) and issubclass(item, BaseModel):
                return item
    return model


def model_from_schema(schema: Mapping[str, Json], name: str) -> type[BaseModel]:
    """Makes a Pydantic class from the JSON Schema of an object.

    Args:
        schema: its root describes an object.
        name: name of the class.

    Returns:
        The same class for equal arguments.

    Raises:
        SchemaError: the root is no object, a property cannot be a field, or a reference is recursive or leads nowhere.
    """
    return _cached(json.dumps(schema), name)


@lru_cache(maxsize=256)
def _cached(schema: str, name: str) -> type[BaseModel]:
    root = json.loads(schema)
    reader = _Reader(root)
    root = reader.resolve(root, ())[0]
    if root.get("type", "object") != "object":
        raise SchemaError(f"the schema's root is {root.get('type')!r}: a response model is an object")
    return reader.model(root, name, ())


class _Reader:
    """Reads the schemas of one document; `trail` holds the references that lead to where it reads."""

    def __init__(self, root: Mapping[str, Json]) -> None:
        self._root = root
        self._made: dict[str, type[BaseModel]] = {}

    def resolve(self, schema: Json, trail: tuple[str, ...]) -> tuple[dict[str, Json], tuple[str, ...]]:
        """Follows `$ref` and a lone `allOf` to what they stand for."""
        if schema is True:
            return {}, trail
        if not isinstance(schema, dict):
            raise SchemaError(f"{schema!r} is no schema that a value can meet")
        if "$ref" in schema:
            reference = schema["$ref"]
            if reference in trail:
                raise SchemaError(f"{reference} refers to itself: recursive models are not made")
            return self.resolve(self._look_up(reference), (*trail, reference))
        if len(schema.get("allOf", ())) == 1:
            return self.resolve(schema["allOf"][0], trail)
        if "allOf" in schema:
            raise SchemaError("allOf of several schemas has no class")
        return schema, trail

    def _look_up(self, reference: Json) -> Json:
        found: Json = self._root
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise SchemaError(f"{reference!r} lies outside the schema")
        for step in reference.removeprefix("#").split("/")[1:]:
            if not isinstance(found, dict) or step not in found:
                raise SchemaError(f"{reference} leads nowhere")
            found = found[step]
        return found

    def annotation(self, schema: Json, name: str, trail: tuple[str, ...]) -> Any:
        """Returns the type of a value; `name` is for the class that an object becomes."""
        schema, trail = self.resolve(schema, trail)
        if "enum" in schema or "const" in schema:
            annotation = _literal(schema.get("enum", [schema.get("const")]))
        elif "anyOf" in schema or "oneOf" in schema:
            members = schema.get("anyOf") or schema.get("oneOf")
            annotation = _union([self.annotation(one, f"{name}{at or ''}", trail) for at, one in enumerate(members)])
        elif isinstance(schema.get("type"), list):
            annotation = _union([self.annotation({**schema, "type": one}, name, trail) for one in schema["type"]])
        else:
            annotation = self._plain(schema, name, trail)
        return _union([annotation, None]) if schema.get("nullable") is True else annotation

    def _plain(self, schema: dict[str, Json], name: str, trail: tuple[str, ...]) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else None)
        match kind:
            case None:
                return Any
            case "array":
                return list[self.annotation(schema.get("items", True), f"{name}Item", trail)]  # type: ignore[misc]
            case "object" if "properties" in schema:
                return self.model(schema, _class_name(schema, name), trail)
            case "object":
                values = schema.get("additionalProperties", True)
                return dict[str, self.annotation(values or True, f"{name}Value", trail)]  # type: ignore[misc]
            case str() if kind in _SCALARS:
                return _SCALARS[kind]
        raise SchemaError(f"the type {kind!r} is not known to JSON Schema")

    def model(self, schema: dict[str, Json], name: str, trail: tuple[str, ...]) -> type[BaseModel]:
        """Makes the class of an object, or returns the one made of an equal schema under that name."""
        key = json.dumps([name, schema])
        if key not in self._made:
            required = set(schema.get("required", ()))
            fields: dict[str, Any] = {
                field: self._field(field, one, required, trail) for field, one in schema.get("properties", {}).items()
            }
            made = create_model(name, __config__=_CONFIG, __doc__=schema.get("description"), **fields)
            self._made[key] = made
        return self._made[key]

    def _field(self, name: str, schema: Json, required: set[str], trail: tuple[str, ...]) -> tuple[Any, Any]:
        if not name.isidentifier() or name.startswith("_") or hasattr(BaseModel, name):
            raise SchemaError(f"the property {name!r} cannot be a field of a Pydantic class without an alias")
        annotation = self.annotation(schema, _class_name(schema, name.title().replace("_", "")), trail)
        found = schema if isinstance(schema, dict) else {}
        description = found.get("description")
        if name in required:
            return annotation, Field(description=description)
        if "default" in found:
            return annotation, Field(default=found["default"], description=description)
        return _union([annotation, None]), Field(default=None, description=description)


def _class_name(schema: Json, otherwise: str) -> str:
    if not isinstance(schema, dict):
        return otherwise
    title = schema.get("title") or str(schema.get("$ref", "")).rpartition("/")[2]
    return title if isinstance(title, str) and title.isidentifier() else otherwise


def _literal(values: list[Json]) -> Any:
    if not values or not all(value is None or isinstance(value, str | int) for value in values):
        raise SchemaError(f"an enum of {values!r} has no Literal: strings, integers, booleans and null can")
    return Literal[tuple(values)]


def _union(members: list[Any]) -> Any:
    return Union[tuple(members)]  # noqa: UP007 - members are known at run time only
