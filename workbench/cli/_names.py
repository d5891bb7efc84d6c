"""Names that a person types: found whatever their case, and near ones offered where there is none.

Rules:
1. The message is one line: what was asked for, what comes near, where all are listed.
2. Few names are listed in the message itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from workbench.errors import UsageError

FEW = 8
"""Names that fit into a message."""

CLOSE = 0.6
"""How alike two names have to be, from 0 to 1, to be offered for one another."""


def near(name: str, known: Iterable[str]) -> list[str]:
    """Lists up to three known names that look like another or hold it, the nearest first."""
    by_key = {one.lower(): one for one in known}
    wanted = name.lower()
    found = difflib.get_close_matches(wanted, by_key, n=3, cutoff=CLOSE)
    if len(wanted) > 2:
        found += sorted(key for key in by_key if wanted in key and key not in found)
    return [by_key[key] for key in found[:3]]


def pick(name: str, known: Iterable[str], *, what: str, listed: str) -> str:
    """Finds the known name that was meant.

    Args:
        name: as typed.
        known: all names of that kind.
        what: the kind, in words: `design`.
        listed: the command that lists them all, or the place.

    Raises:
        UsageError: there is none; the message offers near ones.
    """
    names = list(known)
    by_key = {one.lower(): one for one in names}
    found = by_key.get(name.lower())
    if found is not None:
        return found
    raise UsageError(unknown(name, names, what=what, listed=listed))


def pick_all(names: Iterable[str], known: Iterable[str], *, what: str, listed: str) -> tuple[str, ...]:
    """Finds each of several names, in their order; see `pick`."""
    every = list(known)
    return tuple(pick(name, every, what=what, listed=listed) for name in names)


def unknown(name: str, known: Iterable[str], *, what: str, listed: str) -> str:
    """Words the message for a name that is not known; see `pick`."""
    names = list(known)
    close = " or ".join(near(name, names))
    offer = f", did you mean {close}?" if close else ";"
    return f"no {what} {name!r}{offer} " + (
        f"there are {', '.join(names)}" if len(names) <= FEW else f"{listed} shows all"
    )
