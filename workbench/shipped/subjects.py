"""Subjects as shipped: a release, one way of using it, and the design that reads what it hands out.

Rules:
1. An address is permanent: `llm@0.36/sqlite`. What was run stays at its address when newer releases come.
2. The variants of a release are what its driver says of itself, asked in the release's own environment.
3. A design that is not there is a fault of the data, and is said before anything runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from workbench.design import Design
from workbench.errors import PluginError, UsageError
from workbench.upstream.protocol import Description, Variant
from workbench.upstream.releases import Release, home


class Subject(Struct, frozen=True):
    """A release, used in one way.

    Attributes:
        variant: how it is used; None where the release could not be asked for its variants.
        design: whose reader is used, and whose table says what can be expressed.
        dialects: that the library ships a provider for, and that can be used in this way.
    """

    release: Release
    variant: Variant | None
    design: Design
    dialects: tuple[str, ...]

    @property
    def address(self) -> str:
        """Its permanent name: `llm@0.36/sync`."""
        return self.release.name if self.variant is None else f"{self.release.name}/{self.variant.id}"


def chosen(releases: Mapping[str, Release], wanted: Sequence[str]) -> dict[str, Release]:
    """Takes the releases that are asked for: all that are subjects when nothing is.

    Args:
        releases: by address.
        wanted: names of libraries (`llm`) or of releases (`llm@0.36`).

    Raises:
        UsageError: a name is of neither; the message lists those that are known.
    """
    subjects = {name: one for name, one in releases.items() if "subject" in one.roles}
    for name in wanted:
        if name not in subjects and name not in {one.library for one in subjects.values()}:
            raise UsageError(f"no release {name!r}; there are {', '.join(subjects)}")
    return {name: one for name, one in subjects.items() if not wanted or name in wanted or one.library in wanted}


def design_of(release: Release, designs: Mapping[str, Design], variant: str | None = None) -> Design:
    """Finds the design that reads a release, used in one way.

    Raises:
        PluginError: the release's data name a design that is not there.
    """
    name = release.design_of(variant)
    if name not in designs:
        what = f"says that the design {name!r} reads {release.name}, and there is none; there are {', '.join(designs)}"
        raise PluginError(f"data/{release.library}.toml", what)
    return designs[name]


def subjects_of(
    release: Release, description: Description, designs: Mapping[str, Design], dialects: Iterable[str]
) -> Iterator[Subject]:
    """Yields the ways of using a release with its own provider code."""
    known = tuple(dialects)
    for variant in description.variants:
        if "shipped" in (variant.ways or description.ways):
            spoken = variant.dialects or description.dialects
            usable = tuple(name for name in known if name in spoken)
            yield Subject(release, variant, design_of(release, designs, variant.id), usable)


def driver_of(release: Release) -> Path:
    """Where the driver of a release lies: a file, or a folder that Python can run.

    Raises:
        PluginError: there is none.
    """
    folder = home() / "drivers"
    for path in (folder / f"{release.driver}.py", folder / release.driver):
        if path.exists():
            return path
    raise PluginError(f"data/{release.library}.toml", f"names the driver {release.driver!r}, and there is none")


def driver_bytes(path: Path) -> bytes:
    """Reads all that a driver is made of, so that a changed driver is another one."""
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return b"\0".join(file.relative_to(path.parent).as_posix().encode() + b"\0" + file.read_bytes() for file in files)
