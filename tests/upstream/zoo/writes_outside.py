"""Writes a file outside its folder, and swallows what comes of it."""

from __future__ import annotations

import contextlib
import os
import pathlib

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """The test says where, and looks whether it is there."""
    with contextlib.suppress(OSError):
        pathlib.Path(os.environ["ZOO_OUTSIDE"]).write_text("I was here")
    answer_well(harness, question)


serve(misbehave)
