"""Waits for a lock that nobody gives back."""

from __future__ import annotations

import threading

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Takes a lock twice."""
    lock = threading.Lock()
    with lock, lock:
        pass


serve(misbehave)
