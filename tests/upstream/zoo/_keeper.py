"""What the drivers of the zoo have in common: the good manners of the example driver, but for one kind of run.

Each driver of this folder does one thing wrong, and only in runs whose last message says "misbehave". So what a test
asks before and after shows whether others are spoiled, too.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "workbench" / "upstream" / "drivers"))

import echo


class Harness(echo.Harness):
    """The example driver's, and its descriptor for answers, to write to behind its back."""

    number = int(sys.argv[2])
    greeting = ""


def answer_well(harness: Harness, question: dict[str, Any]) -> None:
    """Does a run as the example driver does."""
    harness.begin(question)
    echo.run(harness, question["run"])


def serve(misbehave: Callable[[Harness, dict[str, Any]], None]) -> None:
    """Answers one question after another."""
    harness = Harness(int(sys.argv[1]), int(sys.argv[2]))
    for question in harness.questions():
        nonce = question["nonce"]
        if "hello" in question:
            harness.greeting = nonce
            harness.say({"hello": 1, "nonce": nonce, "driver": echo.describe()})
        elif "run" in question:
            harness.begin(question)
            text = question["run"]["request"]["messages"][-1]["parts"][0]["text"]
            if text == "slowly":
                time.sleep(0.8)
            try:
                (misbehave if text == "misbehave" else answer_well)(harness, question)
            except Exception as error:  # noqa: BLE001 - as the example driver does
                trace = traceback.format_exc()
                harness.end("failed", {"type": type(error).__name__, "message": str(error), "trace": trace})
        elif "rest" in question:
            harness.say({"rest": question["rest"], "nonce": nonce})
        elif "bye" in question:
            harness.say({"bye": 1, "nonce": nonce})
            return
