"""Digests on file: what each result was when somebody last looked, so that a change of a result cannot pass unseen.

They stand in `expected.json`, one for each frames, deltas and message of each body. What depends on which designs and
clauses there are has none. A result that has none on file is held against the generator alone, so that a new design is
one folder; `workbench bench --renew-digests` writes the file anew, from results that the generator agrees with.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from workbench.errors import ResultError
from workbench.files import write_whole

FILE = Path(__file__).with_name("expected.json")


def load_expected(path: Path = FILE) -> dict[str, str]:
    """Reads the digests, by the name of the result.

    Raises:
        ResultError: the file is missing or is not an object of strings.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError) as error:
        raise ResultError(f"{path.name}: {error}; `workbench bench --renew-digests` writes it") from error


def write_expected(digests: Mapping[str, str], path: Path = FILE) -> None:
    """Writes the digests, sorted by name."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(dict(sorted(digests.items()))), indent=1) + b"\n")
