"""Reading requests: what must be there, what may be, and one line that says which is missing."""

from __future__ import annotations

from typing import Any

from workbench.errors import FixtureError
from workbench.transcript import Json


def as_dict(value: Json, where: str) -> dict[str, Any]:
    """Returns an object.

    Raises:
        FixtureError: it is none.
    """
    if not isinstance(value, dict):
        raise FixtureError([f"{where}: an object should stand here, not {type(value).__name__}"])
    return value


def as_list(value: Json, where: str) -> list[Any]:
    """Returns a list; an empty one for None.

    Raises:
        FixtureError: it is neither.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise FixtureError([f"{where}: a list should stand here, not {type(value).__name__}"])
    return value


def as_text(value: Json, where: str) -> str:
    """Returns a string.

    Raises:
        FixtureError: it is none.
    """
    if not isinstance(value, str):
        raise FixtureError([f"{where}: a string should stand here, not {type(value).__name__}"])
    return value


def optional_text(value: Json) -> str | None:
    """Returns a string that is not empty, or None."""
    return value if isinstance(value, str) and value else None


def read_texts(content: Json, where: str) -> list[str]:
    """Reads content that is a string or a list of blocks; empty texts are left out.

    Raises:
        FixtureError: it is neither.
    """
    if isinstance(content, str):
        return [content] if content else []
    blocks = [as_dict(block, f"{where}.content") for block in as_list(content, f"{where}.content")]
    return [block["text"] for block in blocks if isinstance(block.get("text"), str) and block["text"]]
