"""The contract of a check: the code of one clause, in two halves.

A check lives in a file under `workbench/clauses/`, which defines `CHECKS`; the clause that it judges is written in
`specs/clauses/`. The first half, `shows`, reads a canonical value off a trace: what this subject showed, truth unseen.
The second half, `judge`, holds that value against the truth. Camps compare the values alone, so two designs that fail
in different ways are in different camps.

Rules:
1. `shows` gets a trace and never the truth; `judge` gets the value and never the trace.
2. A check that needs something which the truth does not hold says so through `when`: not applicable, with a reason.
3. A check reads `Trace.seen`; native JSON only where the clause is about the form itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from workbench.trace import Trace, Truth
from workbench.transcript import Json, Phase
from workbench.verdict import Judgement

When: TypeAlias = Callable[[Truth], str | None]
"""Says why a clause does not apply to this truth; None when it does."""


@dataclass(frozen=True)
class Check:
    """The code of one clause.

    Attributes:
        clause: id of the clause in `specs/clauses/` that it judges.
        phase: where it looks. A design without that phase is not judged.
        needs: concept ids that a design must carry in that phase for the clause to be expressible.
        when: why it does not apply.
        shows: what the subject showed, as a canonical JSON value.
        judge: whether that is what the truth asks for.
        timed: what it shows depends on frames. It is judged only where these are exact: always on adapters, on
            releases in lockstep.
    """

    clause: str
    phase: Phase
    needs: tuple[str, ...]
    when: When
    shows: Callable[[Trace], Json]
    judge: Callable[[Json, Truth], Judgement]
    timed: bool = False

    @property
    def id(self) -> str:
        """The clause's id: a clause has one check."""
        return self.clause
