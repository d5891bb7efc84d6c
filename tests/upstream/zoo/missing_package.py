"""Imports a package that its environment does not have."""

from __future__ import annotations

import no_such_package_anywhere  # noqa: F401 - that is the fault
