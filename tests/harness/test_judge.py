"""The order of questions that leads to a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness.support import Shout, decoded
from workbench.clause import Check
from workbench.errors import PluginError
from workbench.harness.adapt import adapt
from workbench.harness.judge import judge
from workbench.harness.observe import trace_of
from workbench.trace import Address, Truth
from workbench.transcript import FollowUp, Outcome, Request, TextPart, Transcript, see
from workbench.verdict import Cell, compare

DECODED = decoded("a", "b")
TRUTH = Truth(
    Transcript((TextPart("ab"),)),
    Transcript((TextPart("ab"),), Outcome()),
    see(DECODED.deltas()),
    (),
    Request(()),
)


def _judge(**changes: Any) -> Cell:
    parts: dict[str, Any] = {
        "clause": "TEXT-TEST",
        "phase": "live",
        "needs": ("text",),
        "when": lambda truth: None,
        "shows": lambda trace: trace.seen["live"].text("text"),
        "judge": lambda shown, truth: compare(truth.projected.parts[0].text, shown, "text"),
    }
    design = Shout()
    native = adapt(design, DECODED, Request(()), FollowUp())
    trace = trace_of(design, native, Address("f", 0, "openai-chat"))
    (cell,) = judge(trace, TRUTH, design, [Check(**{**parts, **changes})])
    return cell


def test_a_clause_that_holds_passes_and_keeps_what_was_shown() -> None:
    """The value goes to the camps."""
    cell = _judge()

    assert ("pass", "ab", None) == (cell.verdict, cell.shown, cell.evidence)


def test_a_clause_that_does_not_hold_fails_with_evidence() -> None:
    """What was sent and what was seen are in the cell."""
    cell = _judge(shows=lambda trace: "ax")

    assert ("fail", "ax") == (cell.verdict, cell.shown)
    assert cell.evidence is not None
    assert ("b", "x") == (cell.evidence.sent, cell.evidence.seen)


def test_a_concept_without_a_path_is_inexpressible_whatever_was_shown() -> None:
    """The value is kept all the same, since users of the API see it."""
    cell = _judge(needs=("text", "refusal"))

    assert ("inexpressible", "ab") == (cell.verdict, cell.shown)
    assert "text of a refusal" in str(cell.reason)


def test_a_clause_that_does_not_apply_says_why_before_anything_is_shown() -> None:
    """Nothing is read from the trace."""
    cell = _judge(when=lambda truth: "no reasoning in this stream", shows=lambda trace: 1 / 0)

    assert ("not-applicable", "no reasoning in this stream") == (cell.verdict, cell.reason)


def test_a_phase_that_the_design_lacks_is_not_judged() -> None:
    """It leaves the count, with the reason."""
    design = Shout()
    design.phases = {"live": Shout.phases["live"]}  # type: ignore[misc]
    native = adapt(design, DECODED, Request(()), FollowUp())
    check = Check("T", "stored", (), lambda truth: None, lambda trace: None, lambda shown, truth: compare(1, 1))

    (cell,) = judge(trace_of(design, native, Address("f", 0, "d")), TRUTH, design, [check])

    assert ("not-applicable", "no stored phase") == (cell.verdict, cell.reason)


@pytest.mark.parametrize("half", ["when", "shows", "judge"])
def test_a_check_that_raises_is_a_fault_of_ours(half: str) -> None:
    """No verdict about a design comes from a broken check; the clause is named."""
    with pytest.raises(PluginError, match="check TEXT-TEST: raised"):
        _judge(**{half: lambda *_: 1 / 0})
