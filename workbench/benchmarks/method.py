"""How the numbers were taken, in sentences: they stand in every report and on the page."""

from __future__ import annotations

from workbench.benchmarks.intervals import CONFIDENCE, RESAMPLES, SEED
from workbench.benchmarks.report import Sentence

METHOD = (
    Sentence(
        "timer",
        "CPU time of the process (time.process_time), through pytest-benchmark's runner and statistics; small bodies "
        "are run several times in a round.",
    ),
    Sentence(
        "order",
        "All cases of a workload in a dialect take turns, A B C A B C, in every round: what slows the machine for a "
        "while slows all of them.",
    ),
    Sentence(
        "garbage",
        "The garbage collector stays on, as in a user's program. What was there before the rounds is frozen, and "
        "before each round all garbage is collected outside the clock, so a round pays for its own only.",
    ),
    Sentence(
        "ratio",
        "The floor is orjson.loads on the JSON of each frame, frames cut out beforehand and values thrown away. A "
        "ratio is the median, over rounds, of a case's time divided by the floor's time in the same round.",
    ),
    Sentence(
        "interval",
        f"The middle {CONFIDENCE:.0%} of {RESAMPLES:,} bootstrap resamples of the rounds, with the fixed seed {SEED}.",
    ),
    Sentence(
        "growth",
        "The slope of the least-squares line through the logarithms of size and median time: 1 is linear, 2 quadratic.",
    ),
    Sentence(
        "memory",
        "The peak that tracemalloc sees in a pass of its own, which is not timed: what the case allocates, its result "
        "included, the body and what was made ready before excluded.",
    ),
    Sentence(
        "calls",
        "Calls of Python functions, resumed generators included, counted with sys.setprofile in a pass of its own; "
        "this number is the same on every run with one Python version.",
    ),
    Sentence(
        "digest",
        "Before a case is timed its result is held against what the generator of the workload knows, and against the "
        "digest on file; after the rounds it is computed again. A difference discards the time and is an error.",
    ),
    Sentence(
        "whose cost",
        "Times of designs are costs of our ports, which read bytes with our decoders. They say nothing about the speed "
        "of the libraries, and are not to be ranked.",
    ),
)
