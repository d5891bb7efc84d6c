"""A JSON text that grows: whether it can still be read, asked of each piece, and its value, made when it is asked for.

The SDK reads the whole text again with each piece, `jiter.from_json(text, partial_mode=True)`, and raises where that
cannot be. `PartialJson.add` raises at the same piece and with the same words, and looks at each character once.

Theory of operation. A small automaton goes over the pieces and knows two answers: *so far this is the beginning of a
JSON text*, in which case jiter can read it, or *I cannot tell*. Once it cannot tell, jiter is asked with each piece: it
reads over some faults. It does so also for what the automaton does not look into: half a surrogate pair, deep nesting,
very long numbers, a text that has not begun with `{` or `[`.

tests/designs/anthropic_messages/test_partial.py holds `add` and `value` against jiter on every prefix of generated
texts, sound and damaged.
"""

from __future__ import annotations

import re
from typing import Final

import jiter

from workbench.transcript import Json

_DEEPEST: Final = 190
_LONGEST: Final = 200
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f\ud800-\udfff]*')
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})')
_ESCAPE_BEGUN: Final = re.compile(r"\\(?:u(?:[0-9a-fA-F]?|(?![dD][89a-fA-F])[0-9a-fA-F]{2,3}))?")
_SCALAR: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?=[ \t\n\r,}\]])|true|false|null")
_SCALAR_BEGUN: Final = re.compile(
    r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:(?<=[0-9])[eE][+-]?[0-9]*)?)?|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?"
)


class PartialJson:
    """A JSON text, piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._sure = True
        self._stack: list[str] = []
        self._expect = "root"
        self._held = ""

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, piece: str) -> None:
        """Takes the next piece.

        Raises:
            ValueError: jiter cannot read the text with it. The piece is not taken, and no other may follow.
        """
        self._pieces.append(piece)
        if self._sure and piece:
            self._sure = self._scan(self._held + piece)
        if not self._sure or (not self._stack and self._expect == "root"):
            try:
                self.value(len(self._pieces))
            except ValueError:
                self._pieces.pop()
                raise

    def text(self, count: int) -> str:
        """Joins the first so many pieces."""
        return "".join(self._pieces[:count])

    def value(self, count: int) -> Json:
        """Reads the first so many pieces as jiter does; `{}` where there is no text, as a block's start has it.

        Raises:
            ValueError: jiter cannot read them.
        """
        text = self.text(count)
        return jiter.from_json(text.encode(), partial_mode=True) if text else {}

    def _scan(self, text: str) -> bool:
        """Goes over what is new, and what was held of the token before; False when the automaton cannot tell."""
        at = 0
        self._held = ""
        while at < len(text):
            if self._expect in ("string", "key-string"):
                at = self._in_string(text, at)
            else:
                found = _SPACE.match(text, at)
                at = found.end() if found else at
                if at == len(text):
                    return True
                at = self._token(text, at)
            if at < 0:
                return False
            if self._held:
                return len(self._held) < _LONGEST
        return True

    def _in_string(self, text: str, at: int) -> int:
        found = _PLAIN.match(text, at)
        at = found.end() if found else at
        if at == len(text):
            return at
        if text[at] == '"':
            self._expect = "colon" if self._expect == "key-string" else "next"
            return at + 1
        if found := _ESCAPE.match(text, at):
            return found.end()
        if _ESCAPE_BEGUN.fullmatch(text, at):
            self._held = text[at:]
            return at
        return -1

    def _token(self, text: str, at: int) -> int:
        """Takes one token that is no part of a string; returns where it ends, or -1."""
        mark, expect = text[at], self._expect
        if expect in ("root", "value", "first"):
            return self._value(text, at)
        if expect == "colon" and mark == ":":
            self._expect = "value"
        elif expect in ("key", "first-key") and mark == '"':
            self._expect = "key-string"
        elif mark in "}]" and self._closes(mark):
            self._stack.pop()
            self._expect = "next" if self._stack else "over"
        elif expect == "next" and mark == ",":
            self._expect = "key" if self._stack[-1] == "{" else "value"
        else:
            return -1
        return at + 1

    def _closes(self, mark: str) -> bool:
        opened = {"}": "{", "]": "["}[mark]
        return bool(self._stack) and self._stack[-1] == opened and self._expect in ("next", "first", "first-key")

    def _value(self, text: str, at: int) -> int:
        mark = text[at]
        if mark in "{[":
            self._stack.append(mark)
            self._expect = "first-key" if mark == "{" else "first"
            return at + 1 if len(self._stack) < _DEEPEST else -1
        if self._expect == "root":
            return -1
        if mark == '"':
            self._expect = "string"
            return at + 1
        if mark == "]" and self._closes(mark):
            self._stack.pop()
            self._expect = "next" if self._stack else "over"
            return at + 1
        if found := _SCALAR.match(text, at):
            self._expect = "next"
            return found.end() if found.end() - at < _LONGEST else -1
        if _SCALAR_BEGUN.fullmatch(text, at):
            self._held = text[at:]
            return at
        return -1
