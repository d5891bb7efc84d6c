"""Where the corpus and the specifications lie: the one place that knows.

Rules:
1. An installed wheel carries both inside the package, under `_data`. In a checkout they lie beside the package.
2. Nothing else in the package asks for its own location.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import FixtureError

_PACKAGE = Path(__file__).resolve().parent


def find_fixtures_dir() -> Path:
    """Finds the folder that holds one folder per fixture.

    Raises:
        FixtureError: neither the package nor the checkout has it.
    """
    return _find("fixtures")


def find_specs_dir() -> Path:
    """Finds the folder that holds clauses, schemas and dialect documents.

    Raises:
        FixtureError: neither the package nor the checkout has it.
    """
    return _find("specs")


def _find(name: str, package: Path = _PACKAGE) -> Path:
    for folder in (package / "_data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise FixtureError(
        [f"{name}: no such folder in the package nor beside it; install the wheel or work in a checkout"]
    )
