"""Connects to another machine, and swallows what comes of it."""

from __future__ import annotations

import contextlib
import socket

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """A library that phones home."""
    with socket.socket() as client, contextlib.suppress(OSError):
        client.connect(("192.0.2.1", 80))
    answer_well(harness, question)


serve(misbehave)
