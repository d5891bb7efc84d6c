"""The benchmark page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.pages.render import Page


def pages(benchmarks: Path | None) -> Iterator[Page]:
    """Yields the benchmark page."""
    yield Page("benchmarks", "Benchmarks", "benchmarks.html", {"runs": []})
