"""Leaves fifty threads running."""

from __future__ import annotations

import threading
import time

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, and ends nothing."""
    for _ in range(50):
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
    answer_well(harness, question)


serve(misbehave)
