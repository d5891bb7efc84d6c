"""JSON as dialects need it: the careful reading of odd frames, and compact writing.

The fast path of a decoder reads a frame with `msgspec` straight into small structs. What `msgspec` refuses comes here.
Rules:
1. Strict JSON, with two allowances, because real servers send them and the text beside them must not be lost: escapes
   of lone surrogates, and NaN, Infinity and numbers out of range, which become None and are remarked.
2. Nothing here raises because of what it reads: `NOT_JSON` says that it is not JSON, or nests too deep.
"""

from __future__ import annotations

import json
import math
from typing import Final

import msgspec

from workbench.transcript import Json


class _NotJson:
    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON: Final = _NotJson()
"""Returned for text that is not JSON."""

REFUSALS: Final = (msgspec.DecodeError, RecursionError)
"""What the fast path raises for a frame that needs a careful reading."""


def read_json(text: str) -> tuple[Json, bool]:
    """Reads a JSON text carefully.

    Args:
        text: what a frame holds.

    Returns:
        The value, or `NOT_JSON`; and whether it is strict JSON. Strings may hold lone surrogates.
    """
    odd: list[str] = []

    def constant(name: str) -> None:
        odd.append(name)

    def number(digits: str) -> float | None:
        value = float(digits)
        if math.isinf(value):
            odd.append(digits)
            return None
        return value

    try:
        value = json.loads(text, parse_constant=constant, parse_float=number)
    except (ValueError, RecursionError):
        return NOT_JSON, False
    return value, not odd


def compact(value: Json) -> str:
    """Writes JSON without spaces, characters beyond ASCII as themselves, keys in their order."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def clean(text: str) -> str:
    """Joins surrogate pairs, and puts U+FFFD for each half that is alone."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def is_clean(text: str) -> bool:
    """Says whether a text holds no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def refuse(_: str) -> Json:
    """Stands in for the fast path when a frame must be read carefully, whatever it holds."""
    raise msgspec.DecodeError("read carefully")
