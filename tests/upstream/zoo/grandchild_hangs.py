"""Hangs together with a grandchild that left the group, holds the pipes, and ignores SIGTERM."""

from __future__ import annotations

import subprocess
import sys
import time

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Starts a program in a session of its own, and sleeps."""
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
    subprocess.Popen([sys.executable, "-c", program], start_new_session=True, close_fds=False)
    time.sleep(3600)


serve(misbehave)
