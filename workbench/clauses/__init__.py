"""Checks, one file per area; the folder is the registry."""

from __future__ import annotations

import sys
from functools import cache

from workbench.clause import Check
from workbench.discovery import iter_modules
from workbench.errors import PluginError


@cache
def all_checks() -> dict[str, Check]:
    """Finds all checks, by clause id.

    Raises:
        PluginError: a file defines no `CHECKS`, or two checks judge one clause.
    """
    found: dict[str, Check] = {}
    for module in iter_modules(sys.modules[__name__]):
        checks = getattr(module, "CHECKS", None)
        if not isinstance(checks, tuple) or not checks:
            raise PluginError(module.__name__, "must define CHECKS, a tuple of checks")
        for check in checks:
            if check.clause in found:
                raise PluginError(module.__name__, f"repeats the check of clause {check.clause}")
            found[check.clause] = check
    return dict(sorted(found.items()))
