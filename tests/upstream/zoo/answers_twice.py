"""Gives all answers two times."""

from __future__ import annotations

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, and then again."""
    answer_well(harness, question)
    answer_well(harness, question)


serve(misbehave)
