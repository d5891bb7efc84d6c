"""Closes its answers and lives on."""

from __future__ import annotations

import os
import time

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Hangs up."""
    os.close(harness.number)
    time.sleep(3600)


serve(misbehave)
