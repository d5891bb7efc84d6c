"""Prints bytes that are no text, and orders for a terminal."""

from __future__ import annotations

import os

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Writes to both streams, and answers well."""
    os.write(1, b"\x1b[31mred\x1b[0m\xff\xfe\x00\n")
    os.write(2, "\u202etxt.exe\x07\n".encode())
    answer_well(harness, question)


serve(misbehave)
