"""Holds results against what the generator knows: texts, arguments and frames, as it wrote them.

Nothing here is computed by what is measured: the generator joined its own pieces. For a design, what a user can read
off the message (`observe`, final phase) is compared, and only for concepts that the design says it carries there.

Rules:
1. Parts must be there in order and verbatim, with nothing between but white space, which some designs put there. Only a
   design that shows reasoning in the text may put other marks between the two, such as tags. Neither may be more than
   `MARKS` characters each time.
2. Arguments are compared as values: a design may show the text, or what it parsed of it.
3. Each function returns what is wrong, in words, or None.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from msgspec import UNSET

from workbench.benchmarks.model import Known, KnownPart
from workbench.design import Design, Native
from workbench.dialect import Decoded, Dialect
from workbench.transcript import Json, Kind, Part, ReasoningPart, Seen, SeenPart, TextPart, ToolCallPart, kind_of, see
from workbench.wire import Frame

MARKS = 32
_EXCERPT = 40


def wrong_deltas(known: Known, dialect: Dialect, decoded: Decoded) -> str | None:
    """Says where a decoded body is not what the generator made, less what the dialect cannot carry."""
    expected = [(kind_of(part), _text_of(part)) for part in dialect.project(known.transcript).parts]
    texts: dict[int, list[str]] = {}
    kinds: list[Kind] = []
    for delta in decoded.deltas():
        tag = delta.__struct_config__.tag
        if tag == "part-start":
            kinds.append(delta.kind)  # type: ignore[union-attr]
            texts[delta.part] = []  # type: ignore[union-attr]
        elif tag in ("text-delta", "reasoning-delta", "arguments-delta"):
            texts[delta.part].append(delta.text)  # type: ignore[union-attr]
        elif tag in ("stream-failed", "stream-truncated"):
            return f"the stream ends in {tag}"
    found = [(kind, "".join(text)) for kind, text in zip(kinds, texts.values(), strict=True)]
    if decoded.diagnostics:
        return f"the decoder remarks {decoded.diagnostics[0].code!r}"
    for place, (sent, seen) in enumerate(zip(expected, found, strict=False)):
        if sent != seen:
            return f"part {place} is {sent[0]} {_near(sent[1], seen[1])}"
    return None if len(expected) == len(found) else f"{len(expected)} parts were made, {len(found)} were read"


def wrong_frames(expected: Iterable[str], frames: Sequence[Frame]) -> str | None:
    """Says where frames do not hold the data that was written."""
    data = list(expected)
    if len(data) != len(frames):
        return f"{len(data)} frames were made, {len(frames)} were read"
    for place, (sent, frame) in enumerate(zip(data, frames, strict=True)):
        if sent != frame.data:
            return f"frame {place} holds {_near(sent, frame.data)}"
    return None


def wrong_message(known: Known, design: Design, message: Json) -> str | None:
    """Says where a design's message is not what was sent, by what a user can read off it."""
    seen = see(design.observe("final", Native(message=message)))
    return wrong_sight(known, design, seen)


def wrong_sight(known: Known, design: Design, seen: Seen) -> str | None:
    """Says where what was seen of a message is not what was sent."""
    carried = design.carries.get("final", {})
    if "call.arguments" in carried:
        wrong = _wrong_calls([part for part in known.parts if part.kind == "tool-call"], seen.of("tool-call"))
        if wrong is not None:
            return wrong
    if "text" not in carried:
        return None
    text, reasoning = seen.text("text"), seen.text("reasoning")
    written = [part for part in known.parts if part.kind in ("text", "reasoning")]
    if reasoning or "reasoning" not in carried:
        wanted: list[tuple[str, list[KnownPart]]] = [(text, [part for part in written if part.kind == "text"])]
        if "reasoning" in carried:
            wanted.append((reasoning, [part for part in written if part.kind == "reasoning"]))
        return next((wrong for read, parts in wanted if (wrong := _wrong_text(parts, read)) is not None), None)
    return _wrong_text(written, text, tags=True)


def _wrong_text(parts: Sequence[KnownPart], read: str, *, tags: bool = False) -> str | None:
    at = 0
    for place, part in enumerate(parts):
        found = read.find(part.text, at, at + len(part.text) + MARKS)
        if found < 0 or (read[at:found].strip() and not tags):
            return f"{part.kind} {place} is {_near(part.text, read[at:])}"
        at = found + len(part.text)
    left = read[at:] if tags else read[at:].strip()
    return None if len(left) <= MARKS * tags else f"{len(left)} characters too many: {left[:_EXCERPT]!r}"


def _wrong_calls(sent: Sequence[KnownPart], seen: Sequence[SeenPart]) -> str | None:
    if len(sent) != len(seen):
        return f"{len(sent)} calls were sent, {len(seen)} are seen"
    for place, (made, part) in enumerate(zip(sent, seen, strict=True)):
        if part.value is UNSET:
            try:
                value = json.loads(part.text)
            except ValueError:
                return f"call {place} has arguments that are not JSON: {part.text[:_EXCERPT]!r}"
        else:
            value = part.value
        if value != made.value:
            return f"call {place} has other arguments than {made.text[:_EXCERPT]!r}"
    return None


def _text_of(part: Part) -> str:
    match part:
        case ToolCallPart():
            return part.arguments
        case TextPart() | ReasoningPart():
            return part.text
        case _:
            return ""


def _near(sent: str, seen: str) -> str:
    """Shows both texts from the first character in which they differ."""
    at = next((i for i, (a, b) in enumerate(zip(sent, seen, strict=False)) if a != b), min(len(sent), len(seen)))
    return f"{sent[at : at + _EXCERPT]!r}, not {seen[at : at + _EXCERPT]!r}, from character {at}"
