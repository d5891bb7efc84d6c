"""Prints 10 MB."""

from __future__ import annotations

import sys

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Prints line after line, and answers well."""
    for _ in range(10_000):
        sys.stdout.write("x" * 1023 + "\n")
    sys.stdout.flush()
    answer_well(harness, question)


serve(misbehave)
