"""Begins a new line inside another, as two threads do that write at once."""

from __future__ import annotations

import os

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Half a line, and then whole ones."""
    os.write(harness.number, b'{"seq": 2, "no')
    answer_well(harness, question)


serve(misbehave)
