"""Tokens of a JSON text that may end within one: numbers, escapes and literals as jiter reads them.

Each reader is given the text from the token's first character on, as far as the text goes. It says where it ended, or
that the token is cut and has to be read again once more of the text is there.

Source: jiter 0.14, `crates/jiter` (behaviour, by experiment).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from msgspec import UNSET, UnsetType

from workbench.transcript import Json

MAX_DIGITS: Final = 4300
"""Characters that an integer may have, its sign included."""

_ESCAPE: Final = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_LOW_HALF: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_CUT_ESCAPE: Final = re.compile(r"(?:\\(?:u(.{0,3}))?)?\Z", re.DOTALL)
_NUMERIC: Final = re.compile(r"[-+.eE0-9]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_CUT_NUMBER: Final = re.compile(r"(?:\.|[eE][+-]?)\Z")
_ESCAPED: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_LITERALS: Final[dict[str, tuple[str, Json]]] = {
    "t": ("true", True),
    "f": ("false", False),
    "n": ("null", None),
    "N": ("NaN", float("nan")),
    "I": ("Infinity", float("inf")),
    "-": ("-Infinity", float("-inf")),
}


class MalformedError(ValueError):
    """The text cannot be the beginning of JSON."""


class Token(NamedTuple):
    """A token that was read.

    Attributes:
        value: of the token; UNSET while it is cut and has none yet.
        end: where the text goes on.
        is_open: more text may change the token, so it has to be read again from its start then.
    """

    value: Json | UnsetType
    end: int
    is_open: bool = False


def read_literal(text: str, at: int) -> Token:
    """Reads `true`, `null` and the like.

    Raises:
        MalformedError: it begins no literal, or goes on as none.
    """
    if text[at] not in _LITERALS:
        raise MalformedError(f"{text[at]!r} where a value should be")
    literal, value = _LITERALS[text[at]]
    found = text[at : at + len(literal)]
    end = at + len(found)
    if found == literal:
        return Token(value, end)
    if literal.startswith(found) and end == len(text):
        return Token(UNSET, end, is_open=True)
    raise MalformedError(f"{found!r} is no literal")


def read_number(text: str, at: int) -> Token:
    """Reads a number; one at the very end of the text has a value and is open, unless it is cut as `1.` is.

    Raises:
        MalformedError: it is no number, or an integer that is too long.
    """
    token = _NUMERIC.match(text, at)[0]  # type: ignore[index]
    end = at + len(token)
    at_end = end == len(text)
    found = _NUMBER.match(token)
    if found is None:
        if token == "-" and at_end:  # noqa: S105 - a minus sign, no secret
            return Token(UNSET, end, is_open=True)
        raise MalformedError(f"{token!r} is no number")
    number, rest = found[0], token[found.end() :]
    is_integer = found[1] is None and found[2] is None
    # What follows may be another token, or belong to the number, which is then cut or wrong.
    if rest[:1].isdigit():
        raise MalformedError(f"{token!r} has a leading zero")
    if (rest[:1] == "." and is_integer) or (rest[:1] in {"e", "E"} and found[2] is None):
        if at_end and _CUT_NUMBER.match(rest):
            return Token(UNSET, end, is_open=True)
        raise MalformedError(f"{token!r} is no number")
    if is_integer and len(number) > MAX_DIGITS:
        raise MalformedError(f"an integer of more than {MAX_DIGITS} characters")
    return Token(int(number) if is_integer else float(number), at + len(number), is_open=at_end and not rest)


def read_escape(text: str, at: int) -> Token:
    """Reads one escape in a string, or both of a surrogate pair.

    Raises:
        MalformedError: it is no escape, or half of a pair.
    """
    found = _ESCAPE.match(text, at)
    if found is None:
        if _is_cut(text, at):
            return Token(UNSET, at, is_open=True)
        raise MalformedError(f"{text[at : at + 6]!r} is no escape")
    if found[1] is not None:
        return Token(_ESCAPED[found[1]], found.end())
    code = int(found[2], 16)
    if not 0xD800 <= code <= 0xDFFF:
        return Token(chr(code), found.end())
    if code >= 0xDC00:
        raise MalformedError("a low surrogate without the high one")
    low = _LOW_HALF.match(text, found.end())
    if low is None and _is_cut(text, found.end()):
        return Token(UNSET, at, is_open=True)
    second = 0 if low is None else int(low[1], 16)
    if low is None or not 0xDC00 <= second <= 0xDFFF:
        raise MalformedError("a high surrogate without the low one")
    return Token(chr(0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00)), low.end())


def _is_cut(text: str, at: int) -> bool:
    """Says whether the text ends within an escape; jiter looks at its four digits only once it has four bytes."""
    cut = _CUT_ESCAPE.match(text, at)
    return cut is not None and (cut[1] is None or len(cut[1].encode()) < 4)
