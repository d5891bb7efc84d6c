"""Reads no more, while it is being asked."""

from __future__ import annotations

import time

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Never comes back to the next question: it ends the run, and does not come to rest."""
    answer_well(harness, question)
    time.sleep(3600)


serve(misbehave)
