"""What a body shows of structure, as short words: by these the corpus knows whether two fixtures are alike.

Rules:
1. Features are read off the decoded body, so they are what this dialect carries and not what the truth holds.
2. They say kinds, orders, flags and classes of content, never content: two fixtures that differ only in their words
   have the same features, and count as one unless a reason is written (`also` in the scenario).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import combinations

from workbench.corpus.model import Corpus, Fixture, Turn
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.transcript import Json, Request, Seen, SeenPart, see

_SAFE_INTEGER = 2**53
_JOINERS = "\u200d\ufe0f\ufe0e"


def features(turn: Turn, dialect: Dialect) -> frozenset[str]:
    """Names what is structurally there in one body.

    Args:
        turn: has a body in the dialect.
        dialect: that reads it.

    Raises:
        KeyError: it has none.
    """
    decoded = dialect.decode(turn.bodies[dialect.id].data)
    seen = see(decoded.deltas())
    words = {*_of_request(turn.request), *_of_outcome(seen)}
    words.add("parts=" + ",".join(_flags(part) for part in seen.parts))
    if len(seen.turns) > len(set(seen.turns)):
        words.add("interleaved=" + ",".join(str(index) for index in seen.turns))
    for part in seen.parts:
        words.update(f"{part.kind}:{word}" for word in _of_text(part))
        if part.kind in {"tool-call", "tool-result"} or turn.request.response_schema is not None:
            words.update(f"{part.kind}:{word}" for word in _of_json(part.text))
    words.update(f"diagnostic={remark.code}" for remark in decoded.diagnostics)
    return frozenset(words)


def find_twins(corpus: Corpus, dialects: Mapping[str, Dialect] | None = None) -> list[str]:
    """Compares all fixtures with one another, dialect by dialect.

    Returns:
        One line per pair that has the same features in a dialect without a written reason, and one per reason that is
        no longer needed. Empty when all is well.
    """
    known = all_dialects() if dialects is None else dialects
    excused = {(fixture.slug, other) for fixture in corpus.fixtures for other in fixture.also}
    found: list[str] = []
    alike: set[tuple[str, str]] = set()
    for dialect in known.values():
        groups: dict[tuple[frozenset[str], ...], list[str]] = {}
        for fixture in corpus.fixtures:
            if all(dialect.id in turn.bodies for turn in fixture.turns):
                groups.setdefault(_of_fixture(fixture, dialect), []).append(fixture.slug)
        for slugs in groups.values():
            for pair in combinations(slugs, 2):
                alike |= {pair, pair[::-1]}
                if not {pair, pair[::-1]} & excused:
                    found.append(
                        f"{pair[0]} and {pair[1]} have the same features in {dialect.id}; write the reason under `also`"
                    )
    found += [f"{slug}: also: {other} differs by now; delete the reason" for slug, other in sorted(excused - alike)]
    return found


def _of_fixture(fixture: Fixture, dialect: Dialect) -> tuple[frozenset[str], ...]:
    return tuple(features(turn, dialect) for turn in fixture.turns)


def _of_request(request: Request) -> Iterator[str]:
    yield f"request:tools={len(request.tools)}"
    roles = [message.role for message in request.messages]
    yield f"request:system={'system' in roles}"
    yield f"request:answered={roles.count('assistant')}"
    yield f"request:schema={request.response_schema is not None}"


def _of_outcome(seen: Seen) -> Iterator[str]:
    yield f"completion={seen.completion}"
    yield f"finish={seen.finish}"
    if seen.usage is not None:
        counts = ("input", "output", "reasoning", "cached")
        yield "usage=" + ",".join(name for name in counts if getattr(seen.usage, name) is not None)
        for frame in seen.usage_at:
            known = seen.finished is not None and frame >= seen.finished
            yield "usage-at=" + ("start" if not known else "finish" if frame == seen.finished else "after-finish")
    if seen.ended is not None:
        yield f"end-at-finish={seen.ended == seen.finished}"


def _flags(part: SeenPart) -> str:
    flags = {
        "empty": not part.text,
        "signed": part.signature is not None,
        "redacted": part.redacted,
        "opaque": part.data is not None,
        "summary": part.form == "summary",
        "server": part.server,
        "error": part.error,
        "open": part.ended is None,
        "anonymous": part.kind == "tool-call" and part.id is None,
        f"message-{part.message}": part.message > 0,
    }
    pieces = len(part.arrivals)
    size = "whole" if pieces <= 1 else "few" if pieces < 5 else "pieces" if pieces < 40 else "many"
    return "+".join([part.kind, size, *(flag for flag, holds in flags.items() if holds)])


def _of_text(part: SeenPart) -> Iterator[str]:
    """Names classes of content in a part's text, and what is cut apart in it."""
    text = part.text
    if any(ord(char) > 0xFFFF for char in text):
        yield "astral"
    if any(unicodedata.combining(char) for char in text):
        yield "combining"
    if any(ord(char) < 32 and char not in "\n\t" for char in text):
        yield "control"
    if text[:1].isspace() or text[-1:].isspace():
        yield "space-at-edge"
    if "<think>" in text or "</think>" in text:
        yield "think-tag"
    if "<script" in text or "{{" in text or "--8<--" in text:
        yield "markup"
    start = 0
    for _, end in part.arrivals:
        if text[start:end].isspace():
            yield "blank-piece"
        if start and (unicodedata.combining(text[start]) or text[start] in _JOINERS or text[start - 1] == "\u200d"):
            yield "cut-in-cluster"
        start = end


def _of_json(text: str) -> Iterator[str]:
    """Names what kinds of value a JSON text holds, or that it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        yield "json=broken" if text.lstrip()[:1] in {"{", "["} else "json=none"
        return
    yield f"json={type(value).__name__}"
    if "\\u" in text:
        yield "json:unicode-escape"
    elif "\\" in text:
        yield "json:escape"
    stack: list[tuple[int, Json]] = [(0, value)]
    while stack:
        depth, node = stack.pop()
        if isinstance(node, dict | list):
            yield f"json:{type(node).__name__}@{min(depth, 3)}"
            stack.extend((depth + 1, inner) for inner in (node.values() if isinstance(node, dict) else node))
        elif isinstance(node, int) and abs(node) >= _SAFE_INTEGER:
            yield "json:big-integer"
        elif not isinstance(node, str):
            yield f"json:{type(node).__name__}"
