"""Answers in Latin-1."""

from __future__ import annotations

import os

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """One letter is enough."""
    os.write(harness.number, b'{"seq": 2, "event": "\xe9"}\n')
    answer_well(harness, question)


serve(misbehave)
