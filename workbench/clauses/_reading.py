"""How checks read what was seen: canonical values, and why a clause does not apply.

Rules:
1. What a check shows is the same for two subjects exactly when their users see the same thing. So arguments are shown
   as a value, whether the design gave text or a parsed value; what is no JSON is shown as the text that it is.
2. Numbers beyond what every JSON reader keeps are shown by their digits, whole floats as integers, keys in order.
3. A reason says whether the stream lacks something or the dialect could not carry it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import UNSET

from workbench.clause import When
from workbench.trace import Trace, Truth
from workbench.transcript import NOWHERE, Json, Kind, Part, PartSnapshot, Phase, Seen, SeenPart, see

SAFE_INTEGER = 2**53 - 1
"""The largest integer that a reader with 64-bit floats keeps exactly (RFC 8259, section 6)."""

Test: TypeAlias = Callable[[SeenPart], bool]


def seen_in(trace: Trace, phase: Phase) -> Seen:
    """Gives what was seen in a phase; nothing when the subject did not reach it."""
    return trace.seen.get(phase, Seen())


def seen_of(parts: Iterable[Part]) -> Seen:
    """Reads parts as if they had been seen, so that truth and sightings are read by the same functions."""
    return see(PartSnapshot(NOWHERE, index, part) for index, part in enumerate(parts))


# ------------------------------------------------------------------------------------------------------------ arguments


class _NoValueError(ValueError):
    """The text has no one value: it is no JSON, or a key is repeated."""


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NoValueError("a key is repeated")
    return found


def _refuse(constant: str) -> Json:
    raise _NoValueError(f"{constant} is no JSON")


def _integer(digits: str) -> Json:
    """Reads an integer; one with more digits than Python converts at once is kept as its digits."""
    return int(digits) if len(digits) < 100 else {"number": digits}


def parse_arguments(text: str) -> Json:
    """Reads argument text strictly; no text at all stands for no arguments.

    Raises:
        ValueError: it is no JSON, is nested too deeply, or repeats a key.
    """
    if not text.strip():
        return {}
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer)
    except RecursionError:
        raise _NoValueError("nested too deeply") from None


def canonical_value(value: Json) -> Json:
    """Writes a value in the one way in which equal values look equal."""
    if isinstance(value, dict):
        return {key: canonical_value(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [canonical_value(item) for item in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if math.isfinite(value) and value.is_integer() and abs(value) <= SAFE_INTEGER:
            return int(value)
        return value if math.isfinite(value) else {"number": str(value)}
    if isinstance(value, int) and abs(value) > SAFE_INTEGER:
        return {"number": str(value)}
    return value


def arguments(part: SeenPart) -> Json:
    """Shows a call's arguments: `{"value": …}`, `{"partial": …}` or `{"malformed": text}`.

    Text comes before a value where a design gives both, since it is the more exact of the two.
    """
    if part.value is not UNSET and not part.text:
        return {"partial" if part.partial else "value": canonical_value(part.value)}
    try:
        return {"value": canonical_value(parse_arguments(part.text))}
    except ValueError:
        return {"malformed": part.text}


def is_whole(part: SeenPart) -> bool:
    """Says whether a call's argument text is JSON with one value."""
    return "value" in arguments(part)


def names_and_arguments(seen: Seen) -> list[Json]:
    """Shows each call as its name and its arguments, in order."""
    return [[part.name, arguments(part)] for part in seen.of("tool-call")]


# ---------------------------------------------------------------------------------------------------------------- order


def folded(tokens: Iterable[str]) -> list[str]:
    """Folds runs of equal tokens into one."""
    kept: list[str] = []
    for token in tokens:
        if not kept or kept[-1] != token:
            kept.append(token)
    return kept


def token(part: SeenPart) -> str:
    """Names the kind of a part; reasoning that is withheld counts as a kind of its own."""
    return "redacted" if part.kind == "reasoning" and part.redacted else part.kind


# ---------------------------------------------------------------------------------------------------- when not to judge


def applies(*whens: When) -> When:
    """Joins conditions: the first reason counts."""

    def when(truth: Truth) -> str | None:
        return next((reason for one in whens if (reason := one(truth)) is not None), None)

    return when


def unbroken(truth: Truth) -> str | None:
    """Applies when the response ran to its own end."""
    if truth.projected.outcome.completion == "complete":
        return None
    return "the stream breaks off before its end"


def broken(truth: Truth) -> str | None:
    """Applies when the response did not run to its own end."""
    return None if unbroken(truth) is not None else "the stream runs to its own end"


def has(what: str, test: Test) -> When:
    """Applies when a part of the response passes the test."""

    def when(truth: Truth) -> str | None:
        if any(map(test, truth.wire.parts)):
            return None
        if any(map(test, seen_of(truth.written.parts).parts)):
            return f"the dialect cannot carry {what}"
        return f"no {what} in this stream"

    return when


def conversation_has(what: str, test: Test) -> When:
    """Applies when a part of the conversation so far passes the test."""

    def when(truth: Truth) -> str | None:
        if any(map(test, seen_of(truth.conversation).parts)):
            return None
        if any(map(test, seen_of(truth.written.parts).parts)):
            return f"the dialect cannot carry {what}"
        return f"no {what} in this conversation"

    return when


def one_value(truth: Truth) -> str | None:
    """Applies when the arguments of every call in the conversation are JSON with one value."""
    calls = [*seen_of(truth.conversation).of("tool-call"), *truth.wire.of("tool-call")]
    return None if all(map(is_whole, calls)) else "arguments were sent that have no one value"


def is_kind(*kinds: Kind) -> Test:
    """Makes a test for parts of some kinds that hold something to read."""
    return lambda part: part.kind in kinds and bool(part.text)


def is_call(part: SeenPart) -> bool:
    """Tests for a tool call."""
    return part.kind == "tool-call"


def texts(parts: Sequence[SeenPart]) -> list[str]:
    """Lists what can be read of parts, those with nothing left out."""
    return [part.text for part in parts if part.text]
