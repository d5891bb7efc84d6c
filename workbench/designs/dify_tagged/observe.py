"""What a user of `dify-tagged` can know.

Rule: the text of a chunk is answer text, tags included. dify_plugin 0.7.4 writes think tags and ships nothing that
reads them; the splitter in graphon's LLM node belongs to another design. See the README for how that was checked.

That node, left in its own format `tagged`, hands the same text on in events of its own. They are read here, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.design import Native
from workbench.families.dify.node_reading import is_node, read_node
from workbench.families.dify.reading import read
from workbench.transcript import Phase, Sighting


def observe(phase: Phase, native: Native) -> Iterable[Sighting]:
    """Reads one phase of native JSON; no field holds reasoning."""
    return read_node(phase, native) if is_node(native) else read(phase, native)
