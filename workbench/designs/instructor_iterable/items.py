"""Finds finished items in a JSON text that comes in pieces, by counting braces; nothing else of JSON is looked at.

`Items.receive` takes the next piece and yields the text of each item that it finishes. Theory of operation: the text
since the last item is read once, character by character of those that matter (quote, backslash, brace); depth, and
whether a string is open, are kept between pieces.

Rules, as Instructor has them:
1. The first piece that holds a `[` begins the list: all that came before it is forgotten, and so is where the reader
   stood. Whether that bracket stands in a string, or deep within an object, is not asked.
2. An item begins at the first brace after the last item, one in a string included, and ends where as many have closed
   as have opened outside strings. Without any `[`, objects that follow one another are items all the same.
3. One character after an item is skipped unseen, if it is in the same piece: the comma. Where another brace follows
   directly, the item that it begins is lost.
4. A closing brace too many counts as one that must be opened again, so nothing is found after it.

Source: instructor 1.17.0, `instructor/v2/dsl/iterable.py` (`tasks_from_chunks_async`, `get_object`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_OUTSIDE: Final = re.compile(r'["{}]')
_INSIDE: Final = re.compile(r'["\\]')


class Items:
    """Finds the items of one text."""

    def __init__(self) -> None:
        self._listed = False
        self._forget()

    def _forget(self) -> None:
        self._kept: list[str] = []
        self._begun = False
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def receive(self, piece: str) -> Iterator[str]:
        """Yields the text of each item that a piece finishes; nothing when it finishes none."""
        start = 0
        if not self._listed and "[" in piece:
            self._listed = True
            self._forget()
            start = piece.index("[") + 1
        while (end := self._find_end(piece, start)) is not None:
            yield "".join([*self._kept, self._from_brace(piece, start, end)])
            self._forget()
            start = end + 1
        self._kept.append(self._from_brace(piece, start, len(piece)))

    def _find_end(self, piece: str, at: int) -> int | None:
        """Reads a piece from a place on; returns where the item that is open ends, behind its brace."""
        if self._escaped and at < len(piece):
            self._escaped = False
            at += 1
        while (found := (_INSIDE if self._quoted else _OUTSIDE).search(piece, at)) is not None:
            at = found.end()
            match found[0]:
                case '"':
                    self._quoted = not self._quoted
                case "\\":
                    self._escaped = at == len(piece)
                    at += 1
                case "{":
                    self._depth += 1
                case _:
                    self._depth -= 1
                    if self._depth == 0:
                        return at
        return None

    def _from_brace(self, piece: str, start: int, end: int) -> str:
        """Cuts out what a piece holds of an item; what stands before its first brace belongs to none."""
        if not self._begun:
            brace = piece.find("{", start, end)
            if brace < 0:
                return ""
            self._begun = True
            start = brace
        return piece[start:end]
