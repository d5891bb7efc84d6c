"""Answers without end."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Says the same again and again."""
    while True:
        harness.answer("event", "x" * 1000, 0)


serve(misbehave)
