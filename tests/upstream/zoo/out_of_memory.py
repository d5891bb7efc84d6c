"""Asks for more memory than the kernel lets it have, and is told so."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Asks for 16 GB at once."""
    bytearray(16 << 30)


serve(misbehave)
