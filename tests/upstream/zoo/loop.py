"""Never comes out of a loop."""

from __future__ import annotations

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Turns round and round."""
    while True:
        pass


serve(misbehave)
