"""What stands at each place of a response model: how Instructor builds it, and how pydantic writes it as JSON.

While JSON comes in, Instructor builds an object without validating it (`model_construct`): objects at a place for a
model become that model, with None or the default for what is missing; everything else stays as parsed. A value that
has a later sibling counts as complete, and if it stands at a place for a model it is validated.
`model_dump(mode="json")` then writes what is there by the types that the model declares, whether the values fit them
or not (an integer at a place for a number becomes a float).

A `Place` knows this for one annotation, and the places below it. Where a list or an object is written element by
element, a snapshot can reuse what was written before; where it is not (a union of several types is tried as a
whole), `splits` is False.

Rules:
1. A dump is `model_dump(mode="json", exclude_unset=True)`: what the object says of itself. Instructor hands every
   field to `model_construct`, so in an incomplete object nothing counts as unset; a validated one knows which fields
   came.
2. Values are validated strictly, as `create_partial` does by default.

Source: instructor 1.17.0, `instructor/v2/dsl/partial.py` (`_build_partial_object`, `_build_partial_list`); pydantic
2, `BaseModel.model_construct`, `model_dump`.
"""

from __future__ import annotations

import types
from functools import cached_property
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from workbench.transcript import Json


class Place:
    """One place of a model: a field, an element of a list, a value of an object.

    Attributes:
        annotation: the declared type.
        form: the model that an object here is built as; None where it stays as parsed.
        strict: also what is no object is validated here once it is complete: so it is for a field, not for an element.
    """

    __slots__ = ("__dict__", "_optional", "annotation", "form", "strict")

    def __init__(self, annotation: Any, form: Form | None = None, *, strict: bool = False) -> None:
        self.annotation = annotation
        self.form = form
        self.strict = strict
        self._optional = _without_none(annotation)

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.annotation)

    @cached_property
    def splits(self) -> bool:
        """Whether a list or an object here is written element by element."""
        return self._optional is not None

    @cached_property
    def element(self) -> Place:
        """The place of an element, when a list stands here."""
        if get_origin(self._optional) is list and get_args(self._optional):
            return Place(get_args(self._optional)[0])
        return ANYTHING

    @cached_property
    def value(self) -> Place:
        """The place of a value, when an object stands here that no model is built of."""
        if get_origin(self._optional) is dict and get_args(self._optional):
            return Place(get_args(self._optional)[1])
        return ANYTHING

    def dump(self, value: Any) -> Json:
        """Writes a value as pydantic writes it at this place, whether it fits or not."""
        if value is None or type(value) is str:
            return value
        try:
            return self._adapter.dump_python(value, mode="json", exclude_unset=True, warnings=False)
        except OverflowError:
            return value  # an integer beyond any float, at a place for one: the user's `model_dump` raises

    def settle(self, raw: Json) -> Json:
        """Writes a complete value: validated where a model stands, as parsed elsewhere.

        Raises:
            ValidationError: it does not fit the model.
        """
        if self.form is None or raw is None or not (self.strict or isinstance(raw, dict)):
            return self.dump(raw)
        return self.dump(self.form.model.model_validate(raw, strict=True))


class Field(Place):
    """The place of a model's field; a list directly at a field is built element by element."""

    def __init__(self, annotation: Any) -> None:
        super().__init__(annotation, _form_at(annotation), strict=True)

    @cached_property
    def element(self) -> Place:
        """The place of an element; one for a model only at a field that is declared a list, not a list or null."""
        arguments = get_args(self.annotation)
        if get_origin(self.annotation) is list and arguments:
            return Place(arguments[0], _form_at(arguments[0]))
        return super().element


class Form:
    """A model, and what an object of it looks like while nothing has come.

    Attributes:
        fields: the place of each field, by name.
        blank: the dump of the object that Instructor builds of an empty one; in the order of the fields.
    """

    __slots__ = ("blank", "fields", "model")

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self.fields = {name: Field(info.annotation) for name, info in model.model_fields.items()}
        self.blank: dict[str, Json] = {}
        for name, info in model.model_fields.items():
            place = self.fields[name]
            if place.form is not None and isinstance(info.annotation, type):
                self.blank[name] = place.form.blank
            elif info.is_required():
                self.blank[name] = None
            else:
                self.blank[name] = place.dump(info.get_default(call_default_factory=True))

    def validate(self, raw: Json) -> Json:
        """Validates a complete value and dumps it.

        Raises:
            ValidationError: it does not fit the model.
        """
        dumped: Json = self.model.model_validate(raw, strict=True).model_dump(
            mode="json", exclude_unset=True, warnings=False
        )
        return dumped


_UNIONS: Final = (Union, types.UnionType)


def _without_none(annotation: Any) -> Any:
    """Returns the type that stands beside None, or the type itself; None for a union of several types."""
    if get_origin(annotation) not in _UNIONS:
        return annotation
    others = [one for one in get_args(annotation) if one is not type(None)]
    return others[0] if len(others) == 1 else None


def _form_at(annotation: Any) -> Form | None:
    """Returns the form of a model, or of a model or null."""
    model = _without_none(annotation)
    return Form(model) if isinstance(model, type) and issubclass(model, BaseModel) else None


ANYTHING: Final = Place(Any)
"""Where nothing is declared: values stay as parsed."""
