"""Ends the regular way in the middle of a run, as code that was written as a script does."""

from __future__ import annotations

import sys

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers a little, and leaves."""
    harness.answer("event", "one", 0)
    sys.exit(3)


serve(misbehave)
