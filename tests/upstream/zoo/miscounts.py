"""Says that it gave more answers than it gave."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """One answer, counted as two."""
    harness.answer("event", 1, 0)
    harness.say({"seq": question["seq"], "nonce": question["nonce"], "done": 2})


serve(misbehave)
