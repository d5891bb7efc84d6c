"""Answers to a run that nobody asked for."""

from __future__ import annotations

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Counts one too far."""
    harness.say({"seq": question["seq"] + 1, "nonce": question["nonce"], "event": 1, "frame": 0})
    answer_well(harness, question)


serve(misbehave)
