"""Prints lines that look like answers."""

from __future__ import annotations

import json
import sys

from _keeper import Harness, answer_well, serve


def misbehave(harness: Harness, question: dict) -> None:
    """What is printed is never read."""
    mark = {"seq": question["seq"], "nonce": question["nonce"]}
    for line in ({**mark, "event": "false", "frame": 0}, {**mark, "done": 1}):
        sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
    answer_well(harness, question)


serve(misbehave)
