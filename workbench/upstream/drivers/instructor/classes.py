"""JSON Schema to the class that a user of Instructor would write: the response model.

Rules: types only, no bounds or formats; what is not required may be null, and is None until it comes; what cannot be a
class is a `SchemaError` with the reason.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

SCALARS: Mapping[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "null": None}


class SchemaError(Exception):
    """A JSON Schema of which no class can be made."""


def response_model(request: Any) -> type[BaseModel]:
    """Makes the class of a request's response schema, else of its first tool's parameters."""
    if request["response_schema"] is not None:
        schema, name = request["response_schema"], str(request["response_schema"].get("title", "Response"))
    elif request["tools"]:
        schema, name = request["tools"][0]["parameters"], request["tools"][0]["name"]
    else:
        raise SchemaError(
            "Instructor fills in a response model, and the request has neither a response schema nor a tool"
        )
    return class_of(json.dumps(schema), name)


def item_model(request: Any) -> type[BaseModel]:
    """Makes the class of an item: that of the elements, where the schema is an object with a list of `tasks`."""
    model = response_model(request)
    if set(model.model_fields) == {"tasks"}:
        annotation = model.model_fields["tasks"].annotation
        for one in (annotation, *get_args(annotation)):
            item = get_args(one)[0] if get_origin(one) is list else None
            if isinstance(item, type) and issubclass(item, BaseModel):
                return item
    return model


@functools.lru_cache(maxsize=256)
def class_of(schema: str, name: str) -> type[BaseModel]:
    """Makes the class of the text of a schema; the same for the same text."""
    root = json.loads(schema)
    maker = ClassMaker(root)
    root, _ = maker.resolve(root, ())
    if root.get("type", "object") != "object":
        raise SchemaError(f"the schema's root is {root.get('type')!r}: a response model is an object")
    return maker.object(root, name, ())


class ClassMaker:
    """Makes classes of the schemas in one document; `trail` holds the references that led to a schema."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self.made: dict[str, type[BaseModel]] = {}

    def resolve(self, schema: Any, trail: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Follows references, and `allOf` of one schema."""
        while True:
            if schema is True:
                return {}, trail
            if not isinstance(schema, dict):
                raise SchemaError(f"{schema!r} is no schema that a value can meet")
            if "$ref" in schema:
                reference = schema["$ref"]
                if reference in trail:
                    raise SchemaError(f"{reference} refers to itself: recursive models are not made")
                if not isinstance(reference, str) or not reference.startswith("#"):
                    raise SchemaError(f"{reference!r} lies outside the schema")
                trail, schema = (*trail, reference), self.root
                for step in reference[1:].split("/")[1:]:
                    if not isinstance(schema, dict) or step not in schema:
                        raise SchemaError(f"{reference} leads nowhere")
                    schema = schema[step]
            elif "allOf" not in schema:
                return schema, trail
            elif len(schema["allOf"]) == 1:
                schema = schema["allOf"][0]
            else:
                raise SchemaError("allOf of several schemas has no class")

    def type_of(self, schema: Any, name: str, trail: tuple[str, ...]) -> Any:
        """Gives the annotation for a value."""
        schema, trail = self.resolve(schema, trail)
        options = schema.get("anyOf") or schema.get("oneOf")
        if "enum" in schema or "const" in schema:
            values = schema.get("enum", [schema.get("const")])
            if not values or not all(value is None or isinstance(value, str | int) for value in values):
                raise SchemaError(f"an enum of {values!r} has no Literal: strings, integers, booleans and null can")
            found: Any = Literal[tuple(values)]
        elif options:
            found = union(*(self.type_of(one, f"{name}{at or ''}", trail) for at, one in enumerate(options)))
        elif isinstance(schema.get("type"), list):
            found = union(*(self.type_of({**schema, "type": one}, name, trail) for one in schema["type"]))
        else:
            found = self.plain(schema, name, trail)
        return union(found, None) if schema.get("nullable") is True else found

    def plain(self, schema: dict[str, Any], name: str, trail: tuple[str, ...]) -> Any:
        """Gives the annotation for a schema of one type."""
        kind = schema.get("type", "object" if "properties" in schema else None)
        if kind is None:
            return Any
        if kind == "array":
            return list[self.type_of(schema.get("items", True), f"{name}Item", trail)]  # type: ignore[misc]
        if kind == "object" and "properties" in schema:
            return self.object(schema, class_name(schema, name), trail)
        if kind == "object":
            return dict[str, self.type_of(schema.get("additionalProperties") or True, f"{name}Value", trail)]  # type: ignore[misc]
        if kind not in SCALARS:
            raise SchemaError(f"the type {kind!r} is not known to JSON Schema")
        return SCALARS[kind]

    def object(self, schema: dict[str, Any], name: str, trail: tuple[str, ...]) -> type[BaseModel]:
        """Makes the class of an object."""
        key = json.dumps([name, schema])
        if key not in self.made:
            required = schema.get("required", ())
            fields: dict[str, Any] = {
                field: self.field(field, one, field in required, trail)
                for field, one in schema.get("properties", {}).items()
            }
            config = ConfigDict(protected_namespaces=())
            made: Any = create_model(name, __config__=config, __doc__=schema.get("description"), **fields)
            self.made[key] = made
        return self.made[key]

    def field(self, name: str, schema: Any, required: bool, trail: tuple[str, ...]) -> tuple[Any, Any]:
        """Makes a field: required, with its default, or None until it comes."""
        if not name.isidentifier() or name.startswith("_") or hasattr(BaseModel, name):
            raise SchemaError(f"the property {name!r} cannot be a field of a Pydantic class without an alias")
        annotation = self.type_of(schema, class_name(schema, name.title().replace("_", "")), trail)
        known = schema if isinstance(schema, dict) else {}
        if required:
            return annotation, Field(description=known.get("description"))
        if "default" in known:
            return annotation, Field(default=known["default"], description=known.get("description"))
        return union(annotation, None), Field(default=None, description=known.get("description"))


def union(*members: Any) -> Any:
    """Gives the annotation for a value that is one of several."""
    return Union[members]  # noqa: UP007 - members are known at run time only


def class_name(schema: Any, otherwise: str) -> str:
    """Names a class by its title or its definition."""
    known = schema if isinstance(schema, dict) else {}
    title = known.get("title") or str(known.get("$ref", "")).rpartition("/")[2]
    return title if isinstance(title, str) and title.isidentifier() else otherwise
