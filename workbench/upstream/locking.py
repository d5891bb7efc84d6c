"""What the package index knows: when a version came out, what it needed on that day, and what is newer by now.

Rules:
1. A lock is resolved as of the end of the day of its release, for the lowest Python that it runs on and up, for every
   platform, from built distributions, but for what the library's file names as `built`. Companions are taken at the
   newest version of that day that fits.
2. The index is asked through uv and pip as this machine has them set. No lock and no data file names an index.
3. A lock that exists and differs is not overwritten unless that was asked for; of an entry in the data nothing is
   changed, only added. Both files are written beside and then renamed, the entry first: without its lock it is
   listed as such, and the same call once more writes it.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from workbench.errors import UsageError
from workbench.files import write_whole
from workbench.upstream.interpreters import Interpreter, find_interpreter
from workbench.upstream.lockfile import Lock, parse_lock
from workbench.upstream.releases import LOCKS, Library, Missing
from workbench.upstream.tools import run_pip, run_uv, unreached

EPOCH = dt.date(2019, 1, 1)
"""No release is looked for before this day."""

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Versions of Python that a release is tried on, the lowest first."""


class Locked(Struct, frozen=True):
    """A lock that was written, or that was there and is the same.

    Attributes:
        name: address of the release.
        path: the lock.
        date: day of the release.
        python: range of Python.
        companions: pinned.
        digest: of the lock.
        packages: how many packages it pins.
        changed: the files that were written.
    """

    name: str
    path: Path
    date: dt.date
    python: str
    companions: tuple[str, ...]
    digest: str
    packages: int
    changed: tuple[Path, ...]


class Wanted(Struct, frozen=True):
    """What of a release's entry is asked for by name; None leaves it to the entry, the library or the index."""

    date: dt.date | None = None
    python: str | None = None
    companions: Sequence[str] | None = None
    roles: Sequence[str] | None = None


UNSAID = Wanted()


def cutoff(date: dt.date) -> str:
    """The moment as of which a release of this day is resolved: its end, in UTC."""
    return f"{date + dt.timedelta(days=1)}T00:00:00Z"


def find_date(index: str, version: str) -> dt.date | Missing:
    """Finds the day in UTC on which the first file of a version was uploaded.

    The index tells uv upload times, and uv does not pass them on; but it can be asked what there was at a moment.

    Args:
        index: name on the index.
        version: exact version.
    """
    today = dt.datetime.now(dt.UTC).date()
    if isinstance(tried := _lowest_python(index, version, today), Missing):
        return tried
    low, high = EPOCH, today  # at the end of `low` it was not there, at the end of `high` it is
    while (high - low).days > 1:
        middle = low + (high - low) // 2
        there = _compile([f"{index}=={version}"], tried, middle, "--no-deps")
        if isinstance(there, Missing) and "no solution found" not in there.output.lower():
            return there  # what failed says nothing about what there was
        low, high = (low, middle) if isinstance(there, str) else (middle, high)
    return high


def find_newer(library: Library) -> tuple[str, ...] | Missing:
    """Lists versions on the index that are newer than the newest one that is tracked, the newest first.

    Pre-releases count; what is withdrawn or only in development does not. A library without releases tracks none, and
    all versions are newer.
    """
    versions = find_versions(library.index)
    if isinstance(versions, Missing):
        return versions
    newest = max((Version(release.version) for release in library.releases), default=Version("0.dev0"))
    if versions and versions[0] < newest:
        return Missing(
            f"the index has no {library.index} {newest}, which we track; it seems to be a part of the real one"
        )
    return tuple(str(one) for one in versions if one > newest and not one.is_devrelease)


def find_versions(index: str) -> tuple[Version, ...] | Missing:
    """Lists the versions on the index, the newest first; what is withdrawn is left out."""
    arguments = ("index", "versions", index, "--pre", "--json", "--ignore-requires-python")
    ran = run_pip(*arguments, "--retries", "1", "--timeout", "20")
    if not ran.fine:
        return ran.missing(f"the versions of {index} are not known")
    try:
        return tuple(sorted(map(Version, json.loads(ran.stdout)["versions"]), reverse=True))
    except (ValueError, KeyError, TypeError):
        return Missing(f"pip told the versions of {index} in a way that is not known", ran.stdout)


def lock(library: Library, version: str, wanted: Wanted = UNSAID, *, force: bool = False) -> Locked | Missing:
    """Writes the lock of a release, and its entry when the data have none.

    Args:
        library: the library.
        version: exact version, in its normal form.
        wanted: what is not to be found out. For a release that the data have, their entry says it all.
        force: overwrite a lock that differs.

    Returns:
        What was written, or why the index or uv could not tell.

    Raises:
        UsageError: the index has no such version, a different lock is there already, or the entry says otherwise than
            what is wanted.
    """
    entry = next((one for one in library.releases if one.version == version), None)
    name = f"{library.name}@{version}"
    if entry is not None and wanted != UNSAID:
        raise UsageError(f"{name} is in {library.path.name}; change it there, then lock it without options")
    asked = _asked(library, version, wanted) if entry is None else (entry.date, entry.python, entry.companions)
    if isinstance(asked, Missing):
        if not unreached(asked):
            _refuse_unknown(library.index, version)
        return asked
    date, python, companions = asked
    extras = f"[{','.join(library.extras)}]" if library.extras else ""
    built = [f"--no-binary={name}" for name in library.built]
    text = _compile([f"{library.index}{extras}=={version}", *companions], _floor(python), date, *built)
    if isinstance(text, Missing):
        return Missing(f"{name} cannot be locked: {text.reason}", text.output)
    try:
        content = parse_lock(text)
    except ValueError as error:
        return Missing(f"{name} cannot be locked: {error}", text)
    path = library.path.parent.parent / LOCKS / f"{name}.txt"
    _refuse_other(path, content, force=force)
    pinned = tuple(_pinned(requirement, content) for requirement in companions)
    changed = []
    if entry is None:
        roles = wanted.roles or (library.releases[-1].roles if library.releases else ("subject",))
        block = _entry(version, date, python, pinned, roles)
        write_whole(library.path, (library.path.read_text(encoding="utf-8").rstrip("\n") + block).encode())
        changed.append(library.path)
    if not path.is_file() or _digest(path) != content.digest:
        head = f"# {name} as of {cutoff(date)} for Python {python}; written by `workbench upstream lock {name}`.\n"
        write_whole(path, (head + text).encode())
        changed.append(path)
    return Locked(name, path, date, python, pinned, content.digest, len(content.pins), tuple(changed))


def _asked(library: Library, version: str, wanted: Wanted) -> tuple[dt.date, str, tuple[str, ...]] | Missing:
    """Date, range of Python and companions of a release that has no entry."""
    date = wanted.date or find_date(library.index, version)
    if isinstance(date, Missing):
        return date
    lowest = wanted.python or _lowest_python(library.index, version, date)
    if isinstance(lowest, Missing):
        return lowest
    python = lowest if lowest.startswith(">") else f">={lowest}"
    return date, python, tuple(library.companions if wanted.companions is None else wanted.companions)


def _lowest_python(index: str, version: str, date: dt.date) -> str | Missing:
    first: Missing | None = None
    for python in PYTHONS:
        found = _compile([f"{index}=={version}"], python, date, "--no-deps")
        if isinstance(found, str):
            return python
        if unreached(found):
            return found
        first = first or found
    return first or Missing("no Python to try it on")


def _floor(python: str) -> str:
    """The lowest minor version in a range."""
    floors = [one.version for one in SpecifierSet(python) if one.operator in {">=", "=="}]
    return ".".join(max(floors, key=Version).split(".")[:2])


def _compile(requirements: Sequence[str], python: str, date: dt.date, *options: str) -> str | Missing:
    """Resolves requirements as of a day's end; the text of a lock without a head."""
    # What is built has to be asked for its needs, with a Python that it runs on.
    there = find_interpreter(f"=={python}.*")
    if isinstance(there, Interpreter):
        options = (*options, "--python", str(there.path))
    with tempfile.TemporaryDirectory(prefix="workbench-lock-") as folder:
        ran = run_uv(
            *("pip", "compile", "-", "--universal", "--generate-hashes", "--only-binary", ":all:", "--no-header"),
            *("--annotation-style", "line", "--python-version", python, "--exclude-newer", cutoff(date), *options),
            stdin="\n".join(requirements) + "\n",
            cwd=Path(folder),
        )
    if not ran.fine:
        return ran.missing(f"uv finds no set of packages for {' '.join(requirements)} on {date}, Python {python}")
    return ran.stdout


def _digest(path: Path) -> str | None:
    try:
        return parse_lock(path.read_text(encoding="utf-8")).digest
    except (OSError, ValueError):
        return None


def _refuse_unknown(index: str, version: str) -> None:
    """Raises when the index answers, and has no such version."""
    versions = find_versions(index)
    if isinstance(versions, tuple) and Version(version) not in versions:
        newest = ", ".join(map(str, versions[:3]))
        raise UsageError(f"the index has no version {version} of {index}; the newest there are {newest}")


def _refuse_other(path: Path, content: Lock, *, force: bool) -> None:
    """Raises when a lock with another content is there."""
    if force or not path.is_file() or _digest(path) == content.digest:
        return
    raise UsageError(
        f"{path.name} is there and pins something else than what is resolved now; --force overwrites it, and what was "
        "run with it is stale then"
    )


def _pinned(requirement: str, content: Lock) -> str:
    wanted = Requirement(requirement)
    found = content.versions(canonicalize_name(wanted.name))
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    return f"{wanted.name}{extras}=={found[0]}"


def _entry(version: str, date: dt.date, python: str, companions: Sequence[str], roles: Sequence[str]) -> str:
    """The text of a release's entry. JSON's strings and lists of strings are TOML's, too."""
    lines = [
        "",
        "[[release]]",
        f"version = {json.dumps(version)}",
        f"date = {date.isoformat()}",
        f"python = {json.dumps(python)}",
        f"roles = {json.dumps(list(roles))}",
    ]
    if companions:
        lines.insert(-1, f"with = {json.dumps(list(companions))}")
    return "\n" + "\n".join(lines) + "\n"
