"""What a user of `dify-delta` could know.

Rule: reasoning is what the delta's `reasoning_content` says while it streams. A block has no name, no end and no
neighbour: pieces that follow one another are one block.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.design import Native
from workbench.families.dify.reading import read
from workbench.transcript import Phase, Sighting


def observe(phase: Phase, native: Native) -> Iterable[Sighting]:
    """Reads one phase of native JSON."""
    return read(phase, native, reasoning="reasoning_content")
