"""Answers a run once more when the next is under way, as a thread that was forgotten does."""

from __future__ import annotations

import threading

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, and a little later once more."""
    answer_well(harness, question)
    late = {"seq": question["seq"], "nonce": question["nonce"], "event": 1, "frame": 0}
    threading.Timer(0.3, harness.say, [late]).start()


serve(misbehave)
