"""Looks up the name of another machine."""

from __future__ import annotations

import contextlib
import socket

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """The name is reserved and belongs to nobody."""
    with contextlib.suppress(OSError):
        socket.getaddrinfo("updates.example.org", 443)
    answer_well(harness, question)


serve(misbehave)
