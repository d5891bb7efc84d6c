"""Logs 10 MB."""

from __future__ import annotations

import sys

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Writes line after line to standard error, and answers well."""
    for _ in range(10_000):
        sys.stderr.write("x" * 1023 + "\n")
    answer_well(harness, question)


serve(misbehave)
