"""Adds a key that the protocol does not have."""

from __future__ import annotations

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """A remark beside an event."""
    harness.say({"seq": question["seq"], "nonce": question["nonce"], "event": 1, "frame": 0, "remark": "nice"})
    answer_well(harness, question)


serve(misbehave)
