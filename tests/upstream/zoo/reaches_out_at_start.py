"""Looks up another machine while it starts, as a library does that wants to know the newest prices."""

from __future__ import annotations

import contextlib
import socket

from _keeper import answer_well, serve

with contextlib.suppress(OSError):
    socket.getaddrinfo("prices.example.org", 443)

serve(answer_well)
