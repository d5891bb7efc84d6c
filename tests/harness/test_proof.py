"""A `carries` table may neither claim too much nor too little."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.harness.support import Shout
from workbench.design import Carries
from workbench.harness.proof import Prover
from workbench.native import Native
from workbench.trace import Address
from workbench.transcript import Raised

HERE = Address("fixture", 0, "openai-chat")


def _findings(carries: Carries, native: Native, dyes: Mapping[str, tuple[str, ...]]) -> list[str]:
    design = Shout()
    design.carries = carries  # type: ignore[misc]
    prover = Prover(design)
    prover.look(native, HERE, dyes)
    return [f"{one.phase} {one.concept} {one.what}" for one in prover.findings()]


NATIVE = Native(
    events=((0, {"kind": "shout", "says": "Quill"}), (1, {"kind": "shout", "says": "feather"})),
    message={"said": "Quillfeather"},
    last_frame=1,
)
DYES = {"text": ("Quillfeather",)}


def test_a_table_that_says_what_is_so_has_no_finding() -> None:
    """A dye that arrives in two pieces is found whole."""
    assert [] == _findings({"live": {"text": "[kind=shout].says"}, "final": {"text": "said"}}, NATIVE, DYES)


def test_a_path_that_nothing_fills_is_found() -> None:
    """It claims too much."""
    carries: Carries = {"live": {"text": "[kind=shout].says", "refusal": "[kind=no].text"}, "final": {"text": "said"}}

    assert ["live refusal declares '[kind=no].text', which no body fills"] == _findings(carries, NATIVE, DYES)


def test_a_path_that_holds_something_else_is_not_filled() -> None:
    """The place exists, but the dye is not in it."""
    carries: Carries = {"live": {"text": "[kind=shout].kind"}, "final": {"text": "said"}}

    assert [
        "live text declares '[kind=shout].kind', which no body fills",
        "live text is found at '[kind=shout].says', undeclared, on fixture/1@openai-chat",
    ] == _findings(carries, NATIVE, DYES)


def test_a_dye_where_no_path_is_declared_is_found() -> None:
    """It claims too little: what is called inexpressible is there."""
    carries: Carries = {"live": {"text": "[kind=shout].says"}}

    assert ["final text is found at 'said', undeclared, on fixture/1@openai-chat"] == _findings(carries, NATIVE, DYES)


def test_a_dye_under_another_concepts_path_is_for_clauses_to_judge() -> None:
    """Reasoning inside answer text is no fault of the table."""
    carries: Carries = {"live": {"text": "[kind=shout].says"}, "final": {"text": "said"}}

    assert [] == _findings(carries, NATIVE, {**DYES, "reasoning": ("Quillfeather",)})


def test_numbers_do_not_join_into_a_third() -> None:
    """Two counts side by side are no dye; one count is."""
    events = ((0, {"kind": "n", "a": 48}), (1, {"kind": "n", "a": 213}))
    carries: Carries = {"live": {"usage": "[kind=n].a"}}

    assert ["live usage declares '[kind=n].a', which no body fills"] == _findings(
        carries, Native(events=events, last_frame=1), {"usage": ("48213",)}
    )
    assert [] == _findings(carries, Native(events=((0, {"kind": "n", "a": 48213}),)), {"usage": ("48213",)})


def test_a_concept_without_dyes_is_filled_by_what_lies_there() -> None:
    """Order, ends and booleans have no scalar of their own: the place must occur."""
    carries: Carries = {"live": {"part.end": "[kind=silence]", "part.start": "[kind=start]"}}

    assert ["live part.start declares '[kind=start]', which no body fills"] == _findings(
        carries, Native(events=((0, {"kind": "silence"}),)), {}
    )


@pytest.mark.parametrize("phase", ["live", "legacy"])
def test_an_exception_has_a_path_too(phase: str) -> None:
    """What is raised reaches the user, so its message can carry a failure."""
    native = Native(raised=Raised("APIError", "Overloaded today", 0))
    carries: Carries = {phase: {"failure": "raised.message"}}  # type: ignore[dict-item]
    other = "legacy" if phase == "live" else "live"

    assert [f"{other} failure is found at 'raised.message', undeclared, on fixture/1@openai-chat"] == _findings(
        carries, native, {"failure": ("Overloaded",)}
    )
