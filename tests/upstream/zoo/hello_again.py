"""Introduces itself in the middle of a run."""

from __future__ import annotations

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """It says what it said before."""
    harness.say({"hello": 1, "nonce": harness.greeting, "driver": {}})
    answer_well(harness, question)


serve(misbehave)
