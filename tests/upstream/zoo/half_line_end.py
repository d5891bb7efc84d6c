"""Ends inside a line."""

from __future__ import annotations

import os

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Writes half an answer, and leaves."""
    os.write(harness.number, b'{"seq": 2, "no')
    os._exit(1)


serve(misbehave)
