"""Counts cells: what a group of them amounts to, in numbers, in words, as one glyph, and why some were left out.

Rules:
1. The glyph says the worst that was judged, and never more than the words beside it.
2. Nothing is left out in silence: whatever was not judged is counted with its reason.
3. Counts only; no share, no score, no order of merit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from workbench.verdict import VERDICTS, Cell, Verdict

State = Literal["pass", "mixed", "fail", "inexpressible", "not-applicable", "not-run", "crash", "flaky"]

GLYPHS: dict[State, str] = {
    "pass": "●",
    "mixed": "◐",
    "fail": "✗",
    "inexpressible": "○",
    "not-applicable": "·",
    "not-run": "?",
    "crash": "!",
    "flaky": "~",
}
"""As on the command line; `mixed` is a group of cells some of which pass."""

WORDS: dict[State, str] = {
    "pass": "kept",
    "mixed": "kept on some",
    "fail": "lost",
    "inexpressible": "cannot express",
    "not-applicable": "not applicable",
    "not-run": "not run",
    "crash": "crashed",
    "flaky": "two runs differ",
}

MEANINGS: dict[State, str] = {
    "pass": "kept on every body where it was judged",
    "mixed": "kept on some bodies, lost on others",
    "fail": "lost on every body where it was judged",
    "inexpressible": "the API has no place for it, so nothing can be lost or kept",
    "not-applicable": "there was nothing to judge; the reason is given",
    "not-run": "the attempt did not give a result; the output is given",
    "crash": "the subject itself failed; how is given",
    "flaky": "two equal runs gave different results",
}

LEFT_OUT: tuple[Verdict, ...] = ("inexpressible", "not-applicable", "not-run", "crash", "flaky")
"""Verdicts that are neither a pass nor a fail: each page says how many there are and why."""


class Left(Struct, frozen=True):
    """Why some cells were neither passed nor failed.

    Attributes:
        count: how many cells share verdict and reason.
    """

    verdict: Verdict
    reason: str
    count: int


class Tally(Struct, frozen=True):
    """What a group of cells amounts to.

    Attributes:
        counts: per verdict, all verdicts named.
        left: what was neither passed nor failed, the commonest reason first.
    """

    counts: dict[Verdict, int]
    left: tuple[Left, ...] = ()

    @property
    def total(self) -> int:
        """How many cells there are."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """How many passed or failed."""
        return self.counts["pass"] + self.counts["fail"]

    @property
    def state(self) -> State:
        """The one word for all of them."""
        counts = self.counts
        if counts["fail"] and not (counts["crash"] or counts["flaky"]):
            return "mixed" if counts["pass"] else "fail"
        order: tuple[Verdict, ...] = ("crash", "flaky", "pass", "inexpressible", "not-run")
        return next((one for one in order if counts[one]), "not-applicable")

    @property
    def glyph(self) -> str:
        """The glyph of the state."""
        return GLYPHS[self.state]

    @property
    def short(self) -> str:
        """The few characters that a matrix cell has room for."""
        state = self.state
        if state in ("pass", "mixed", "fail"):
            return f"{self.counts['pass']}/{self.judged}"
        if state == "not-applicable":
            return "n/a"
        return str(sum(count for verdict, count in self.counts.items() if verdict == state))

    @property
    def words(self) -> str:
        """All counts in words, for those who do not see the glyph."""
        counts = self.counts
        parts = [f"kept on {counts['pass']} of {self.judged} bodies"] if self.judged else []
        parts += [f"{WORDS[one]}: {counts[one]}" for one in LEFT_OUT if counts[one]]
        return "; ".join(parts) or "no cells"


def tally(cells: Iterable[Cell]) -> Tally:
    """Counts cells."""
    counts: Counter[Verdict] = Counter()
    reasons: Counter[tuple[Verdict, str]] = Counter()
    for cell in cells:
        counts[cell.verdict] += 1
        if cell.verdict in LEFT_OUT:
            reasons[cell.verdict, cell.reason or "no reason was recorded"] += 1
    left = sorted(reasons.items(), key=lambda item: (LEFT_OUT.index(item[0][0]), -item[1], item[0][1]))
    return Tally(
        {verdict: counts[verdict] for verdict in VERDICTS},
        tuple(Left(verdict, reason, count) for (verdict, reason), count in left),
    )
