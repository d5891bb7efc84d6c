"""Answers with one line that is longer than any may be."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers 2 MB at once."""
    harness.answer("event", "x" * (2 << 20), 0)
    harness.end("done")


serve(misbehave)
