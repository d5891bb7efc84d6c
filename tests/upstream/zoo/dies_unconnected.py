"""Cannot do without another machine: it dies when it is refused."""

from __future__ import annotations

import os
import socket

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Tries, fails, and leaves."""
    try:
        socket.create_connection(("192.0.2.1", 80))
    except OSError:
        os._exit(7)


serve(misbehave)
