"""What the tests of releases share: a small corpus, and a memory of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shipped.support import bodies_of, small_corpus
from workbench.harness.run import ReadBody
from workbench.upstream.cache import Cache


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a few fixtures."""
    return small_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def bodies(small: Path) -> list[ReadBody]:
    """Its bodies."""
    return bodies_of(small)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    """An empty memory."""
    with Cache(tmp_path / "runs") as kept:
        yield kept
