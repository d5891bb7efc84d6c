"""Releases as data: which published versions of which library are run, on which Python, and which design reads them.

Rules:
1. One file per library, `data/<library>.toml`, described by `specs/schemas/releases.schema.json`. One lock per release,
   `locks/<library>@<version>.txt`. Both are found by looking into the folders.
2. Nothing is skipped in silence: a file that breaks the schema, a range that leaves out a release, a lock which nobody
   owns or which says otherwise than the data is a `PluginError` that lists all faults of that library.
3. A release without a lock is no fault: it is listed, and cannot be installed.
4. The design of a release is an id and nothing more: whether such a design exists is not known here.
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from msgspec import Struct
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from workbench.data import find_specs_dir
from workbench.errors import PluginError
from workbench.upstream.lockfile import parse_lock

DATA, LOCKS = "data", "locks"
"""Sub-folders of a folder with releases."""


class Missing(Struct, frozen=True):
    """Why something that is asked for is not there: the reason for *not-run*.

    Attributes:
        reason: one line that says what is lacking and what can be done.
        output: what the tool that was tried wrote, as it wrote it; empty where none was.
    """

    reason: str
    output: str = ""


class Reading(Struct, frozen=True):
    """The design that reads a range of versions.

    Attributes:
        versions: the range; the empty text is any version.
        design: id of the design.
        variants: variants that another design reads, with its id.
    """

    versions: str
    design: str
    variants: Mapping[str, str]


class Release(Struct, frozen=True):
    """One published version of a library.

    Attributes:
        library: its name in addresses.
        version: as on the index.
        date: day in UTC of its upload; its lock is resolved as of that day's end.
        python: versions of Python that it is run on.
        companions: pinned requirements that it is installed with.
        roles: `subject`, `oracle` or both.
        design: id of the design that reads it.
        variants: variants that another design reads, with its id.
        index: name on the package index.
        extras: extras of the package that are installed.
        imports: modules that show that an environment works.
        driver: name of the driver that runs it.
        lock: where its lock lies, or would lie.
        lock_digest: SHA-256 of what the lock pins, in hex; None when there is no lock.
        note: what a reader of the data should know.
        built: packages that are built from source, as the index has nothing else of them.
    """

    library: str
    version: str
    date: dt.date
    python: str
    companions: tuple[str, ...]
    roles: tuple[str, ...]
    design: str
    variants: Mapping[str, str]
    index: str
    extras: tuple[str, ...]
    imports: tuple[str, ...]
    driver: str
    lock: Path
    lock_digest: str | None
    note: str = ""
    built: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its address: `llm@0.36`."""
        return f"{self.library}@{self.version}"

    def design_of(self, variant: str | None = None) -> str:
        """Id of the design that reads a variant of it."""
        return self.variants.get(variant or "", self.design)


class Library(Struct, frozen=True):
    """A library as its file describes it; `Release` says what the fields mean that both have.

    Attributes:
        path: the file.
        source: where its code is kept.
        companions: requirements that every release is installed with, at the newest version of its day.
        reads: designs by range of versions.
        releases: in the order of versions.
    """

    name: str
    path: Path
    index: str
    extras: tuple[str, ...]
    companions: tuple[str, ...]
    built: tuple[str, ...]
    imports: tuple[str, ...]
    driver: str
    source: str
    reads: tuple[Reading, ...]
    releases: tuple[Release, ...]


def home() -> Path:
    """The folder with the project's own releases: it holds `data/` and `locks/`."""
    return Path(str(resources.files("workbench.upstream")))


def all_libraries(folder: Path | None = None) -> dict[str, Library]:
    """Reads all libraries.

    Args:
        folder: holds `data/` and `locks/`; the project's own by default.

    Returns:
        Libraries by name, in the order of names.

    Raises:
        PluginError: a file has faults, or a lock belongs to no release.
    """
    folder = folder or home()
    libraries = {path.stem: _library(path, folder / LOCKS) for path in sorted((folder / DATA).glob("*.toml"))}
    owned = {release.lock.name for library in libraries.values() for release in library.releases}
    stray = sorted(path.name for path in (folder / LOCKS).glob("*.txt") if path.name not in owned)
    if stray:
        raise PluginError(f"{LOCKS}/{stray[0]}", "is the lock of no release in the data; add the release or remove it")
    return libraries


def all_releases(folder: Path | None = None) -> dict[str, Release]:
    """Reads all releases; see `all_libraries`.

    Returns:
        Releases by address, in the order of libraries and versions.
    """
    return {release.name: release for one in all_libraries(folder).values() for release in one.releases}


def _library(path: Path, locks: Path) -> Library:
    try:
        raw = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=_plain))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PluginError(f"{DATA}/{path.name}", f"is no TOML: {error}") from error
    faults = [f"{one.json_path}: {one.message}" for one in _validator().iter_errors(raw)]
    if not faults:
        faults += _range_faults(path, raw)
    if not faults:
        library = _build(path, locks, raw, faults)
        if not faults:
            return library
    raise PluginError(f"{DATA}/{path.name}", "; ".join(faults))


def _plain(value: object) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"TOML has no {type(value).__name__}")


@cache
def _validator() -> Draft202012Validator:
    text = (find_specs_dir() / "schemas" / "releases.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text), format_checker=Draft202012Validator.FORMAT_CHECKER)


def _range_faults(path: Path, raw: dict[str, Any]) -> Iterator[str]:
    """What a schema cannot say of one file."""
    if raw["library"] != path.stem:
        yield f"$.library: is {raw['library']!r}, and the file is called {path.name}"
    for reading in raw["reads"]:
        yield from _specifier_fault("$.reads", reading["versions"])
    for requirement in raw.get("companions", ()):
        try:
            Requirement(requirement)
        except InvalidRequirement as error:
            yield f"$.companions: {requirement!r} is no requirement: {' '.join(str(error).split())}"
    seen: set[str] = set()
    for release in raw.get("release", ()):
        version = release["version"]
        yield from _specifier_fault(version, release["python"])
        try:
            normal = str(Version(version))
        except InvalidVersion:
            yield f"{version}: is no version"
            continue
        if normal != version:
            yield f"{version}: is written {normal} on the index"
        if version in seen:
            yield f"{version}: occurs twice"
        seen.add(version)
        readers = [one["design"] for one in raw["reads"] if _within(version, one["versions"])]
        if len(readers) != 1:
            yield f"{version}: is read by {' and '.join(readers) or 'no design'}; one range of `reads` has to hold it"


def _specifier_fault(where: str, text: str) -> Iterator[str]:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        yield f"{where}: {text!r} is no range of versions"


def _within(version: str, versions: str) -> bool:
    try:
        return SpecifierSet(versions).contains(version, prereleases=True)
    except InvalidSpecifier:  # reported where the range stands
        return False


def _read_lock(where: Path, index: str, version: str, companions: Sequence[str], faults: list[str]) -> str | None:
    """Digest of a lock; None where there is none. Adds to the faults what is wrong with it."""
    try:
        lock = parse_lock(where.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        faults.append(f"{LOCKS}/{where.name}: {error}")
        return None
    for requirement in (f"{index}=={version}", *companions):
        pin = Requirement(requirement)
        wanted = str(pin.specifier).removeprefix("==")
        found = lock.versions(canonicalize_name(pin.name))
        if wanted not in found:
            has = f"{pin.name} {' and '.join(found)}" if found else f"no {pin.name}"
            faults.append(f"{LOCKS}/{where.name}: has {has}, and {version} is to have {wanted}; lock it again")
    return lock.digest


def _build(path: Path, locks: Path, raw: dict[str, Any], faults: list[str]) -> Library:
    """Makes the values of a file that has no faults; adds to them those of its locks."""
    name, index = raw["library"], raw["index"]
    reads = tuple(Reading(one["versions"], one["design"], one.get("variants", {})) for one in raw["reads"])
    extras, built, imports = tuple(raw.get("extras", ())), tuple(raw.get("built", ())), tuple(raw["imports"])
    releases = []
    for one in raw.get("release", ()):
        version, companions = one["version"], tuple(one.get("with", ()))
        reading = next(reading for reading in reads if _within(version, reading.versions))
        where = locks / f"{name}@{version}.txt"
        releases.append(
            Release(
                library=name,
                version=version,
                date=dt.date.fromisoformat(one["date"]),
                python=one["python"],
                companions=companions,
                roles=tuple(one["roles"]),
                design=reading.design,
                variants=reading.variants,
                index=index,
                extras=extras,
                imports=imports,
                driver=raw["driver"],
                lock=where,
                lock_digest=_read_lock(where, index, version, companions, faults),
                note=one.get("note", ""),
                built=built,
            )
        )
    return Library(
        name=name,
        path=path,
        index=index,
        extras=extras,
        companions=tuple(raw.get("companions", ())),
        built=built,
        imports=imports,
        driver=raw["driver"],
        source=raw["source"],
        reads=reads,
        releases=tuple(sorted(releases, key=lambda release: Version(release.version))),
    )
