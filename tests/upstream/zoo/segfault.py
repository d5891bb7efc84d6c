"""Dies of a segmentation fault, as a broken extension module does."""

from __future__ import annotations

import ctypes

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Reads where nothing is."""
    ctypes.string_at(0)


serve(misbehave)
