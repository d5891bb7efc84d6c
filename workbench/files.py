"""Writes files whole: beside first, then renamed, so that a run that is broken off leaves no half file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file beside its place and then renames it there; makes the folder when it is missing.

    A file that already holds these bytes is left untouched, so its time stands.

    Raises:
        OSError: the disk is full or the folder cannot be written; what was there before is intact.
    """
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
