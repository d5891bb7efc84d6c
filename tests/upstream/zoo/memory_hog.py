"""Takes more and more memory."""

from __future__ import annotations

import time

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Takes 16 MB a step, and touches it."""
    held = []
    while True:
        held.append(b"x" * (16 << 20))
        time.sleep(0.02)


serve(misbehave)
