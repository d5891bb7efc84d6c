"""Prints a word where its answers belong."""

from __future__ import annotations

import os

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """A stray line of debugging."""
    os.write(harness.number, b"here!\n")
    answer_well(harness, question)


serve(misbehave)
