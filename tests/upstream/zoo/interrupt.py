"""Raises KeyboardInterrupt, which no `except Exception` stops."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """As if somebody had pressed Ctrl-C."""
    raise KeyboardInterrupt


serve(misbehave)
