"""Has a child program look up another machine."""

from __future__ import annotations

import subprocess
import sys

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """The guard is in the child, too."""
    program = "import socket; socket.getaddrinfo('updates.example.org', 443)"
    subprocess.run([sys.executable, "-c", program], check=False)
    answer_well(harness, question)


serve(misbehave)
