"""What can be counted instead of timed: calls of Python functions, and the peak of allocated memory.

Both passes run apart from the clock, since both slow down what they look at. Counts of calls hold exactly from run to
run on one Python version; peaks do nearly.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

R = TypeVar("R")


def count_calls(run: Callable[[], R]) -> tuple[R, int]:
    """Runs a function and counts the calls of Python functions in it, resumed generators included, itself not.

    Returns:
        What it returned, and the count.
    """
    calls = -1

    def on_event(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal calls
        if event == "call":
            calls += 1

    before = sys.getprofile()
    # A collection at a random moment could run a finaliser written in Python.
    gc.collect()
    gc.disable()
    sys.setprofile(on_event)
    try:
        result = run()
    finally:
        sys.setprofile(before)
        gc.enable()
    return result, calls


def peak_bytes(run: Callable[[], object]) -> int:
    """Runs a function and returns how many bytes it had allocated at most, its result included."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        held = run()
        _, peak = tracemalloc.get_traced_memory()
        del held
    finally:
        tracemalloc.stop()
    return peak - before
