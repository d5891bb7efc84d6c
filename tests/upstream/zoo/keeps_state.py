"""Carries much from one run to the next: lists, variables, patches, filters, settings, the folder it is in."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from _keeper import Harness, serve

RUNS: list[int] = []


def misbehave(harness: Harness, question: dict) -> None:
    """Answers with what it finds, and changes it."""
    patched = getattr(os, "zoo", None)
    found = [len(RUNS), os.environ.get("ZOO"), patched, len(warnings.filters), sys.getrecursionlimit(), Path.cwd().name]
    RUNS.append(1)
    os.environ["ZOO"] = os.zoo = "was here"
    warnings.simplefilter("ignore", RuntimeWarning, 9)
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)
    Path("deeper").mkdir()
    os.chdir("deeper")
    harness.answer("event", found, 0)
    harness.end("done")


serve(misbehave)
