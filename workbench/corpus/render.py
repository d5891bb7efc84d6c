"""Writes the bodies that are rendered: from the cuts that a person wrote, by the dialect's encoder.

Rules:
1. Written bodies are never touched.
2. A file is written beside its place and then renamed, so a run that is broken off leaves no half body.
3. Checking writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workbench.corpus.load import load_for_rendering
from workbench.corpus.model import Fixture
from workbench.dialect import Dialect
from workbench.dialects import all_dialects


def render_fixture(fixture: Fixture, dialects: Mapping[str, Dialect] | None = None) -> dict[Path, bytes]:
    """Encodes the rendered bodies of one fixture; writes nothing.

    Returns:
        Path of each body's file to the bytes that belong there.
    """
    known = all_dialects() if dialects is None else dialects
    return {
        body.path: known[body.dialect].encode(turn.deltas)
        for turn in fixture.turns
        for body in turn.bodies.values()
        if body.origin == "rendered"
    }


def render(
    folder: Path | None = None, *, check: bool = False, dialects: Mapping[str, Dialect] | None = None
) -> tuple[Path, ...]:
    """Brings all rendered bodies up to date.

    Args:
        folder: holds one folder per fixture; the project's own corpus where it is None.
        check: only say what is stale.
        dialects: by id; all that are installed where it is None.

    Returns:
        The files that were stale: missing, or other than the encoder writes them. Empty when all were fresh.

    Raises:
        FixtureError: a scenario cannot be loaded; nothing was written.
    """
    corpus = load_for_rendering(folder, dialects=dialects)
    stale: list[Path] = []
    for fixture in corpus.fixtures:
        for path, data in render_fixture(fixture, dialects).items():
            if path.is_file() and path.read_bytes() == data:
                continue
            stale.append(path)
            if not check:
                beside = path.with_name(f".{path.name}.new")
                beside.write_bytes(data)
                beside.replace(path)
    return tuple(stale)
