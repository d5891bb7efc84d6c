"""Opens a port to everybody."""

from __future__ import annotations

import contextlib
import socket

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Binds to all addresses."""
    with contextlib.suppress(OSError), socket.socket() as server:
        server.bind(("0.0.0.0", 0))  # noqa: S104 - that is the fault
    answer_well(harness, question)


serve(misbehave)
