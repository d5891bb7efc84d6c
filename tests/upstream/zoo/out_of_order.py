"""Gives an event after the message."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """The stream goes on when it is over."""
    harness.answer("message", {})
    harness.answer("event", 1, 0)
    harness.end("done")


serve(misbehave)
