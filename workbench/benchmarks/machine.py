"""Describes the machine and what is installed on it, for the report."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

import psutil
from msgspec import Struct

PACKAGES = ("orjson", "msgspec", "pydantic", "jiter", "pytest-benchmark")


class Machine(Struct, frozen=True):
    """Where the times were taken.

    Attributes:
        cpu: model, as the system names it.
        cores: logical ones that this process may use.
        load_before: average number of running processes over the last minute, as the run began.
    """

    cpu: str
    cores: int
    memory_bytes: int
    os: str
    python: str
    load_before: float | None = None
    load_after: float | None = None


def describe() -> Machine:
    """Describes this machine, without the loads."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_bytes=psutil.virtual_memory().total,
        os=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
    )


def load() -> float | None:
    """Returns the average load of the last minute; None where the system does not tell."""
    try:
        return round(psutil.getloadavg()[0], 2)
    except OSError:
        return None


def versions() -> dict[str, str]:
    """Returns the installed versions of what the times depend on."""
    return {name: metadata.version(name) for name in PACKAGES}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine() or "unknown")
