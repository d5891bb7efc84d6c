"""The output file as values: what `build/bench/latest.json` holds. The package's docstring describes it in words.

Rules:
1. What is written is valid by `specs/schemas/bench.schema.json`, or nothing is written.
2. A run that was narrowed by a pattern is written beside the whole ones, never in their place.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from jsonschema import Draft202012Validator
from msgspec import Struct, field

from workbench.benchmarks.intervals import Interval
from workbench.benchmarks.machine import Machine
from workbench.benchmarks.model import Check, Group
from workbench.data import find_specs_dir
from workbench.errors import ResultError, UsageError
from workbench.files import write_whole
from workbench.transcript import Json

FORMAT = 1
SCHEMA = "bench.schema.json"

Mode = Literal["short", "full", "narrowed"]


class Sentence(Struct, frozen=True):
    """One point of the method."""

    what: str
    how: str


class WorkloadFacts(Struct, frozen=True):
    """A workload in words."""

    id: str
    title: str
    explain: str


class BodyFacts(Struct, frozen=True):
    """A body: a workload of one size in one dialect."""

    id: str
    workload: str
    dialect: str | None
    n: int
    bytes: int
    frames: int
    deltas: int
    digest: str


class BenchmarkFacts(Struct, frozen=True):
    """A benchmark in words."""

    id: str
    title: str
    explain: str
    outside: str
    group: Group


class Row(Struct, frozen=True):
    """One benchmark, one subject, one body."""

    benchmark: str
    subject: str | None
    body: str
    rounds: int
    iterations: int
    median_s: float
    min_s: float
    q1_s: float
    q3_s: float
    us_per_delta: float | None
    us_per_frame: float
    ratio: Interval | None
    digest: str
    checked: tuple[Check, ...]
    python_calls: int | None = None
    python_calls_per_frame: float | None = None
    events: int | None = None
    peak_bytes: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What names the row in every run."""
        return self.benchmark, self.subject or "", self.body


class Growth(Struct, frozen=True):
    """How the time of one benchmark and subject grows with the size of a workload."""

    benchmark: str
    subject: str | None
    workload: str
    dialect: str | None
    counts: tuple[int, ...]
    us_per_delta: tuple[float, ...]
    exponent: Interval


class AimFacts(Struct, frozen=True):
    """An aim and whether it was met."""

    id: str
    what: str
    limit: float
    unit: str
    value: float | None
    low: float | None
    high: float | None
    state: Literal["met", "missed", "undecided", "not measured"]


class LeftOut(Struct, frozen=True):
    """What was not timed, and why."""

    benchmark: str
    subject: str
    workload: str
    dialect: str | None
    reason: str


class Discarded(Struct, frozen=True):
    """A result that was wrong, so that its time does not count."""

    benchmark: str
    subject: str | None
    body: str
    why: str


class Report(Struct, frozen=True):
    """One run."""

    date: str
    mode: Mode
    command: str
    workbench: str
    seconds: float
    machine: Machine
    versions: dict[str, str]
    method: tuple[Sentence, ...]
    workloads: tuple[WorkloadFacts, ...]
    bodies: tuple[BodyFacts, ...]
    benchmarks: tuple[BenchmarkFacts, ...]
    rows: tuple[Row, ...]
    growth: tuple[Growth, ...]
    aims: tuple[AimFacts, ...]
    left_out: tuple[LeftOut, ...] = ()
    discarded: tuple[Discarded, ...] = ()
    format: int = field(default=FORMAT)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.decode((find_specs_dir() / "schemas" / SCHEMA).read_bytes()))


def fault_of(value: Json) -> str | None:
    """Says where a value is not valid by the schema; None when it is valid."""
    fault = min(_validator().iter_errors(value), key=lambda found: list(map(str, found.absolute_path)), default=None)
    return None if fault is None else f"{'/'.join(map(str, fault.absolute_path)) or 'the whole'}: {fault.message[:200]}"


def write(report: Report, folder: Path) -> list[Path]:
    """Writes a report: by its date and as `latest.json`, or as `narrowed.json` when it was narrowed.

    Returns:
        The files that now hold it.

    Raises:
        ResultError: it is not valid by the schema, which is a fault of ours.
        OSError: the folder cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
    fault = fault_of(msgspec.json.decode(text))
    if fault is not None:
        raise ResultError(f"{SCHEMA}: the report is not valid: {fault}")
    names = ["narrowed.json"] if report.mode == "narrowed" else [f"{report.date}.json", "latest.json"]
    for name in names:
        write_whole(folder / name, text)
    return [folder / name for name in names]


def read(path: Path) -> Report:
    """Reads a report.

    Raises:
        UsageError: there is no such file, or it is not a report of this format.
    """
    try:
        value = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a file that `bench` wrote") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: not JSON ({error}); give a file that `bench` wrote") from error
    fault = fault_of(value)
    if fault is not None:
        raise UsageError(f"{path}: not a report of format {FORMAT}: {fault}; give a file that this version wrote")
    return msgspec.convert(value, Report)
