"""Answers NaN, which many writers of JSON let pass and JSON does not."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Python's own writer does it."""
    harness.answer("event", float("nan"), 0)
    harness.end("done")


serve(misbehave)
