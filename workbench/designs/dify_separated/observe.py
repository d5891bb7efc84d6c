"""What a user of `dify-separated` can know.

Rule: an event says on which channel its piece goes, so reasoning is told from the answer, as far as the node itself
told them apart. What the answer really said between think tags is reasoning here.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.design import Native
from workbench.families.dify.node_reading import read_node
from workbench.transcript import Phase, Sighting


def observe(phase: Phase, native: Native) -> Iterable[Sighting]:
    """Reads one phase of native JSON."""
    return read_node(phase, native)
