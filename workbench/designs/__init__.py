"""Designs, one folder each; the folder is the registry."""

from __future__ import annotations

import sys
from functools import cache

from workbench.design import Design
from workbench.discovery import find_plugins


@cache
def all_designs() -> dict[str, Design]:
    """Finds all designs, by id."""
    return find_plugins(sys.modules[__name__], "DESIGN", Design)  # type: ignore[type-abstract]
