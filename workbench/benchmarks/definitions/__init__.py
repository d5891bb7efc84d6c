"""Benchmarks, one file each; the folder is the registry."""

from __future__ import annotations

import sys
from functools import cache

from workbench.benchmarks.model import Benchmark
from workbench.discovery import find_plugins


@cache
def all_benchmarks() -> dict[str, Benchmark]:
    """Finds all benchmarks, by id."""
    return find_plugins(sys.modules[__name__], "BENCHMARK", Benchmark)  # type: ignore[type-abstract]
