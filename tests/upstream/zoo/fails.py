"""Reports that the driver itself failed."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Raises what no library raised."""
    raise LookupError("no such thing")


serve(misbehave)
