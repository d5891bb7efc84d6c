"""Reasoning cut out of tagged text, in two ways: piece by piece while it streams, and once more from the whole text.

Theory of operation. A tag is `<think>`, in any case, perhaps with attributes of at most 512 characters; it is closed by
`</think>`. The `Splitter` is handed pieces that may end anywhere. What lies behind the last place where a tag could
still be growing is held back, never more; the rest is given out at once. `split_reasoning` looks at the whole text and
knows nothing of the stream, so the two differ: in white space, and wherever taking a block out makes a new tag.

Rules:
1. Text and reasoning of a stream are given out as they stand, except that white space before the first answer text is
   dropped. The whole text is trimmed, runs of blank lines become one, and blocks of reasoning are trimmed and joined by
   a line break.
2. A block that nothing closes is reasoning to the end, in both ways.
3. Work grows in line with the text, however it is cut and however often a tag is opened: what is held back is short.

Source: graphon 0.8.0, graphon/nodes/llm/reasoning.py (`ThinkStreamFilter`, `split_reasoning`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "reasoning"]
Piece: TypeAlias = tuple[Kind, str]

_NAME = "<think"
_CLOSE = "</think>"
_ATTRIBUTES = 512
_OPENING = re.compile(rf"<think(?:\s[^<>]{{0,{_ATTRIBUTES}}})?>", re.IGNORECASE)
_CLOSING = re.compile(_CLOSE, re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n\s*\n")


class Splitter:
    """Cuts a stream of text into answer and reasoning.

    State: whether a block is open, what is held back, and whether any answer text was given out.
    """

    __slots__ = ("_answered", "_held", "_inside")

    def __init__(self) -> None:
        self._inside = False
        self._held = ""
        self._answered = False

    def feed(self, text: str) -> Iterator[Piece]:
        """Yields the pieces that this text completes, in order; nothing where all of it is held back."""
        text = self._held + text
        start = 0
        while tag := (_CLOSING if self._inside else _OPENING).search(text, start):
            yield from self._piece(text[start : tag.start()])
            self._inside = not self._inside
            start = tag.end()
        growing = _closing_begun(text, start) if self._inside else _opening_begun(text, start)
        self._held = text[growing:]
        yield from self._piece(text[start:growing])

    def finish(self) -> Iterator[Piece]:
        """Yields what was held back: no tag has come of it."""
        held, self._held = self._held, ""
        yield from self._piece(held)

    def _piece(self, text: str) -> Iterator[Piece]:
        if not self._inside and not self._answered:
            text = text.lstrip()
            self._answered = bool(text)
        if text:
            yield ("reasoning" if self._inside else "text"), text


def _opening_begun(text: str, start: int) -> int:
    """Finds where an opening tag has begun that may still be completed; the end of the text where none has."""
    at = text.rfind("<", start)
    if at < 0:
        return len(text)
    name = text[at : at + len(_NAME)].lower()
    attributes = text[at + len(_NAME) :]
    whole = name == _NAME and attributes[:1].isspace() and len(attributes) <= 1 + _ATTRIBUTES
    return at if whole or (not attributes and _NAME.startswith(name)) else len(text)


def _closing_begun(text: str, start: int) -> int:
    """Finds where a closing tag has begun at the end of the text; the end of the text where none has."""
    for at in range(max(start, len(text) - len(_CLOSE) + 1), len(text)):
        if _CLOSE.startswith(text[at:].lower()):
            return at
    return len(text)


def split_reasoning(text: str) -> tuple[str, str]:
    """Splits a whole text.

    Returns:
        The answer and the reasoning.
    """
    blocks: list[str] = []
    around: list[str] = []
    start = 0
    while (opened := _OPENING.search(text, start)) and (closed := _CLOSING.search(text, opened.end())):
        around.append(text[start : opened.start()])
        blocks.append(text[opened.end() : closed.start()])
        start = closed.end()
    answer = "".join([*around, text[start:]])
    # Where a block was taken out, its surroundings may have become a tag; so it is the answer that is looked at.
    if left_open := _OPENING.search(answer, _last_closing(answer)):
        blocks.append(answer[left_open.end() :])
        answer = answer[: left_open.start()]
    reasoning = "\n".join(block.strip() for block in blocks if block.strip())
    return _BLANK_LINES.sub("\n\n", answer).strip(), reasoning


def _last_closing(text: str) -> int:
    """Returns where the last closing tag ends; 0 where there is none."""
    end = 0
    for tag in _CLOSING.finditer(text):
        end = tag.end()
    return end
