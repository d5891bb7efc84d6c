"""Answers with a nonce that it made up."""

from __future__ import annotations

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Has the number right, and nothing else."""
    harness.say({"seq": question["seq"], "nonce": "00000000", "event": 1, "frame": 0})
    answer_well(harness, question)


serve(misbehave)
