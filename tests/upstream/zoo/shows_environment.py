"""Shows what it was given: variables, folder, limits."""

from __future__ import annotations

import os
import pathlib
import resource

from _keeper import Harness, serve


def misbehave(harness: Harness, question: dict) -> None:
    """Answers with all of it."""
    kinds = ("CORE", "AS", "NOFILE", "FSIZE", "CPU")
    limits = [resource.getrlimit(getattr(resource, f"RLIMIT_{kind}"))[1] for kind in kinds]
    shown = {
        "variables": dict(os.environ),
        "folder": str(pathlib.Path.cwd()),
        "session": os.getsid(0),
        "limits": limits,
    }
    harness.answer("event", {**shown, "pid": os.getpid(), "empty": not any(pathlib.Path.cwd().iterdir())}, 0)
    harness.end("done")


serve(misbehave)
