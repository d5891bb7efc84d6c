"""Does not end when it is asked to."""

from __future__ import annotations

import signal
import time

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Turns a deaf ear, and sleeps."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        time.sleep(3600)


serve(misbehave)
