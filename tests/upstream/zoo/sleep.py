"""Sleeps for an hour."""

from __future__ import annotations

import time

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers a little, and falls asleep."""
    harness.answer("event", "one", 0)
    time.sleep(3600)


serve(misbehave)
