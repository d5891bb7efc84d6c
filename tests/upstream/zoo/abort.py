"""Aborts, as a failed assertion in C does."""

from __future__ import annotations

import os

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Raises SIGABRT against itself."""
    os.abort()


serve(misbehave)
