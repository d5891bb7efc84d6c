"""Has a program that no guard is in hold a connection to another machine."""

from __future__ import annotations

import subprocess
import sys

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """A datagram socket is connected without a single packet; -I makes Python ignore its environment."""
    connect = "s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-I", "-c", f"import socket, time; {connect}; time.sleep(3600)"], check=False)


serve(misbehave)
