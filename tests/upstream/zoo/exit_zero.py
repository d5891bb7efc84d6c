"""Ends at once, and says that all is well."""

from __future__ import annotations

import os

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Leaves by the back door."""
    os._exit(0)


serve(misbehave)
