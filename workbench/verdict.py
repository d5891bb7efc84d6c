"""Verdicts, the evidence for them, and the cells that hold both.

Rules:
1. A verdict says what happened; `reason` says why it is not a plain pass or fail.
2. Evidence is the first divergence: what was sent, what was seen, where.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from workbench.transcript import Json

Verdict: TypeAlias = Literal["pass", "fail", "inexpressible", "not-applicable", "not-run", "crash", "flaky"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "inexpressible", "not-applicable", "not-run", "crash", "flaky")

Level: TypeAlias = Literal["must", "should", "may", "info"]
LEVELS: tuple[Level, ...] = ("must", "should", "may", "info")

EXCERPT = 60
"""Characters of context that evidence shows from the first divergence on."""


class Evidence(Struct, frozen=True, omit_defaults=True):
    """The first divergence between what was sent and what was seen.

    Attributes:
        where: which part, field or position, in words.
        sent: what the body said there.
        seen: what the subject showed there; None where it showed nothing.
        frame: index of the frame that carried what was lost, where that is known.
    """

    where: str
    sent: Json
    seen: Json
    frame: int | None = None


class Judgement(Struct, frozen=True, omit_defaults=True):
    """What a check concluded."""

    passed: bool
    evidence: Evidence | None = None


PASSED = Judgement(True)


class Cell(Struct, frozen=True, omit_defaults=True):
    """One subject, one turn of one fixture in one dialect, one clause.

    Attributes:
        shown: the canonical value that the subject showed; what camps compare.
        reason: why the verdict is neither pass nor fail, in words.
    """

    subject: str
    fixture: str
    turn: int
    dialect: str
    clause: str
    verdict: Verdict
    shown: Json = None
    reason: str | None = None
    evidence: Evidence | None = None


def compare(sent: Json, seen: Json, where: str = "", *, frame: int | None = None) -> Judgement:
    """Compares two JSON values and points at the first divergence.

    Args:
        sent: what should be there.
        seen: what is there.
        where: name of the place, put before the path that leads to the divergence.
        frame: frame that carried it, where that is known.

    Returns:
        A pass when both are equal in value and type, otherwise the first divergence in reading order.
    """
    evidence = _diverge(sent, seen, where)
    if evidence is None:
        return PASSED
    return Judgement(False, Evidence(evidence.where, evidence.sent, evidence.seen, frame))


def _diverge(sent: Json, seen: Json, where: str) -> Evidence | None:
    if isinstance(sent, str) and isinstance(seen, str):
        if sent == seen:
            return None
        at = next((i for i, (a, b) in enumerate(zip(sent, seen, strict=False)) if a != b), min(len(sent), len(seen)))
        return Evidence(f"{where} from character {at}".strip(), sent[at : at + EXCERPT], seen[at : at + EXCERPT])
    if isinstance(sent, dict) and isinstance(seen, dict):
        for key in [*sent, *(key for key in seen if key not in sent)]:
            place = f"{where}.{key}" if where else str(key)
            if key not in seen:
                return Evidence(f"{place}, missing", sent[key], None)
            if key not in sent:
                return Evidence(f"{place}, one too many", None, seen[key])
            found = _diverge(sent[key], seen[key], place)
            if found is not None:
                return found
        return None
    if isinstance(sent, list | tuple) and isinstance(seen, list | tuple):
        for index in range(max(len(sent), len(seen))):
            place = f"{where}[{index}]"
            if index >= len(sent):
                return Evidence(f"{place}, one too many", None, seen[index])
            if index >= len(seen):
                return Evidence(f"{place}, missing", sent[index], None)
            found = _diverge(sent[index], seen[index], place)
            if found is not None:
                return found
        return None
    if type(sent) is type(seen) and sent == seen:
        return None
    return Evidence(where or "value", sent, seen)
