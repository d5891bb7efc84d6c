"""Workloads, one file each; the folder is the registry."""

from __future__ import annotations

import sys
from functools import cache

from workbench.benchmarks.model import Workload
from workbench.discovery import find_plugins


@cache
def all_workloads() -> dict[str, Workload]:
    """Finds all workloads, by id."""
    return find_plugins(sys.modules[__name__], "WORKLOAD", Workload)
