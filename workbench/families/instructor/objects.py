"""An object of a response model: made of JSON text, strictly, and dumped.

Source: instructor 1.17.0, `instructor/v2/dsl/iterable.py` (`extract_cls_task_type`) and the handlers' `parse_response`,
which call `model_validate_json(..., strict=True)`; `strict` is the default of every `create*` call.
"""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ValidationError

from workbench.design import NativeRaise
from workbench.transcript import Json

PYDANTIC: Final = "2.13"
"""The newest pydantic on the day of the release; its words end in links that name it."""

_LINK: Final = re.compile(r"(https://errors\.pydantic\.dev/)[0-9.]+/")


def words(error: ValidationError) -> str:
    """Words an exception as the release's users read it, whichever pydantic is installed here."""
    return _LINK.sub(rf"\g<1>{PYDANTIC}/", str(error))


def validate(model: type[BaseModel], text: str) -> BaseModel:
    """Makes an object of JSON text.

    Raises:
        NativeRaise: `ValidationError`: the text is no JSON, or does not fit the model.
    """
    try:
        return model.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise NativeRaise("ValidationError", words(error)) from None


def dump(found: BaseModel) -> Json:
    """Writes an object as what it says of itself: the fields that came, by `model_fields_set`, and no defaults."""
    return found.model_dump(mode="json", exclude_unset=True, warnings=False)
