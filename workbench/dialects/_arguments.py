"""What can be said of the argument text of a tool call that has ended.

Rules:
1. The text itself is never touched: it stands in the deltas as sent.
2. Strict JSON, except that escapes of lone surrogates are allowed, which the grammar of JSON allows, too.
3. Depth is counted here and not left to a parser, so that the answer is the same on every Python.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from workbench.dialects._json import NOT_JSON, read_json

MAX_DEPTH: Final = 500
"""Arrays and objects within each other that are still checked."""

_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def fault_of(text: str, *, cut: bool) -> str | None:
    """Names what is wrong with the argument text of a call that will get no more of it.

    Args:
        text: all pieces, joined.
        cut: a limit or the end of the body may have cut it off.

    Returns:
        A code of `DIALECT_CODES`, or None.
    """
    if not text:
        return "tool-args-incomplete" if cut else "tool-args-empty"
    if _is_deep(text):
        return "tool-args-too-deep"
    try:
        _OBJECT.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):  # the latter for half a surrogate pair, which rule 2 allows
        pass
    else:
        return None
    value, strict = read_json(text)
    if value is NOT_JSON or not strict:
        return "tool-args-incomplete" if cut else "tool-args-malformed"
    return None if isinstance(value, dict) else "tool-args-not-object"


def _is_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif mark in "]}":
            depth -= 1
    return False
