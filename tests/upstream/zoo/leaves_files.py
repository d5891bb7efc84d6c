"""Leaves a hundred files open."""

from __future__ import annotations

import os

from _keeper import Harness, answer_well, serve

HELD: list[int] = []


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, and closes nothing."""
    HELD.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(100))
    answer_well(harness, question)


serve(misbehave)
