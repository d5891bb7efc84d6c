"""The lossless reference design, and one file per damage; the folder is the registry.

A miniature is the reference with one deliberate damage. It shows that a check can fail, and that the good trace passes.
"""

from __future__ import annotations

import sys
from functools import cache

from workbench.design import Design
from workbench.discovery import find_plugins


@cache
def all_miniatures() -> dict[str, Design]:
    """Finds the reference and all damaged ones, by id."""
    return find_plugins(sys.modules[__name__], "DESIGN", Design)  # type: ignore[type-abstract]
