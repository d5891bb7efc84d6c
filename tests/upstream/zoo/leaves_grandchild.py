"""Leaves a program running, in a session of its own, with the answers still open."""

from __future__ import annotations

import subprocess
import sys

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers well, and leaves a child behind."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True, close_fds=False)
    answer_well(harness, question)


serve(misbehave)
