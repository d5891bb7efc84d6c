"""Provider dialects, one file each; the folder is the registry."""

from __future__ import annotations

import sys
from functools import cache

from workbench.dialect import Dialect
from workbench.discovery import find_plugins


@cache
def all_dialects() -> dict[str, Dialect]:
    """Finds all dialects, by id."""
    return find_plugins(sys.modules[__name__], "DIALECT", Dialect)  # type: ignore[type-abstract]
