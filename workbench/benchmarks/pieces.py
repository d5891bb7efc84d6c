"""Makes text and argument text for workloads, and cuts it into pieces.

Rules:
1. No randomness: what comes out is a function of a counter, so it is the same on every machine and Python.
2. About four characters a piece, the cuts falling anywhere, inside words and JSON tokens alike. One word in nine goes
   beyond ASCII: two-, three- and four-byte characters, and a combining one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from workbench.transcript import Json

CHARACTERS = 4

_PLAIN = ("stream", "answer", "part", "of", "the", "event", "that", "was", "sent", "before", "any", "other", "reader")
_BEYOND = ("größer", "日本語", "🙂🙃", "naïve", "кот", "e\u0301t\u0301", "—", "مرحبا")
_SHARE = 9


def word(counter: int) -> str:
    """Returns the word of a counter."""
    if counter % _SHARE == _SHARE - 1:
        return _BEYOND[counter // _SHARE % len(_BEYOND)]
    return _PLAIN[counter * 7 % len(_PLAIN)]


def prose(pieces: int, start: int) -> str:
    """Makes words that fill a number of pieces exactly.

    Args:
        pieces: how many; at least 1.
        start: counter of the first word, so that two parts differ.
    """
    length = pieces * CHARACTERS
    words: list[str] = []
    have = 0
    while have < length:
        words.append(word(start + len(words)))
        have += len(words[-1]) + 1
    # A space at either end would invite a strip that has nothing to do with what is measured.
    text = " ".join(words)[:length]
    return f"{text[:-1]}." if text.endswith(" ") else text


def arguments(pieces: int, start: int) -> tuple[Json, str]:
    """Makes an object whose JSON text fills a number of pieces, or a little less.

    Returns:
        The object, and its text as a model would write it: with spaces, characters beyond ASCII as themselves.
    """
    empty = {"note": "", "limit": start, "exact": True}
    spare = pieces * CHARACTERS - len(json.dumps(empty))
    value = {**empty, "note": prose(spare // CHARACTERS, start)} if spare >= CHARACTERS else empty
    return value, json.dumps(value, ensure_ascii=False)


def cut(text: str) -> Iterator[str]:
    """Yields the pieces of a text."""
    for at in range(0, len(text), CHARACTERS):
        yield text[at : at + CHARACTERS]
