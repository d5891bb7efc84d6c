"""`workbench upstream`: the releases of real libraries, each in an environment of its own.

Rules:
1. `list` looks at the disk; only `--newer` asks the index. When that does not answer, this is one line and exit code 3,
   and what the disk has is shown all the same.
2. `install` shows a bar while it works on a terminal, and a line per release as it is done where there is none.
3. A release that is installed and cannot be imported is a finding; one that could not be installed is the machine's.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from workbench.cli._names import FEW, near, unknown
from workbench.cli._upstream_run import run_command
from workbench.cli.console import (
    ENVIRONMENT,
    FORMAT,
    err,
    examples,
    out,
    print_json,
    progress,
    safe,
)
from workbench.errors import UsageError

if TYPE_CHECKING:
    from workbench.upstream.environments import Environment
    from workbench.upstream.releases import Library, Missing, Release

LISTED = "`workbench upstream list`"
MOST_JOBS = 16
JOBS = min(4, os.cpu_count() or 1)


@click.group(
    "upstream",
    short_help="Install, run, list and lock releases of real libraries.",
    invoke_without_command=True,
    epilog=examples(
        ("workbench upstream install", "make all environments"),
        ("workbench upstream list --newer", "what is there, and what is newer"),
        ("workbench upstream run llm", "judge the releases of one library"),
        ("workbench upstream lock llm@0.36", "add a release"),
    ),
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look after the releases of real libraries: each gets an environment of its own, from its hashed lock."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


command.add_command(run_command)

# -------------------------------------------------------------------------------------------------------------- install


@command.command(
    "install",
    short_help="Make the environments of releases.",
    epilog=examples(
        ("workbench upstream install", "all releases"),
        ("workbench upstream install llm", "all releases of one library"),
        ("workbench upstream install llm@0.36 openai", "these"),
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME[@VERSION]]...")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, MOST_JOBS), default=JOBS, show_default=True, help="How many at once."
)
def install_command(names: tuple[str, ...], jobs: int) -> None:
    """Make the environment of each release from its lock; of all releases by default.

    What is there is left alone, and what was broken off is begun anew with what was downloaded, so it may be called
    again at any time. WORKBENCH_CACHE names the folder in which environments lie.
    """
    from workbench.cli._upstream import exit_code, say_installed, sum_up
    from workbench.upstream.environments import cache_folder, iter_install

    releases = _chosen(names)
    if not releases:
        out().print("there are no releases")
        return
    on_terminal = sys.stderr.isatty()
    wide = max(len(one.name) for one in releases)
    outcomes: dict[str, Environment | Missing] = {}
    with progress("installing") as report:
        report(0, len(releases), "")
        for name, outcome in iter_install(releases, jobs=jobs):
            outcomes[name] = outcome
            report(len(outcomes), len(releases), name)
            if not on_terminal:
                say_installed(name, outcome, wide)
    if on_terminal:  # the bar is gone by now; what it hid is told in the order that was asked for
        for release in releases:
            say_installed(release.name, outcomes[release.name], wide)
    sum_up(outcomes.values())
    out().print(safe(f"environments lie in {cache_folder() / 'environments'}"), soft_wrap=True)
    if code := exit_code(outcomes.values()):
        raise click.exceptions.Exit(code)


# ----------------------------------------------------------------------------------------------------------------- list


@command.command(
    "list",
    short_help="List releases, and which of them are installed.",
    epilog=examples(
        ("workbench upstream list", "all releases, by library"),
        ("workbench upstream list --newer", "also what the index has that we do not"),
        ("workbench upstream list llm --format json", "one library, for a program"),
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME[@VERSION]]...")
@click.option("--newer", is_flag=True, help="Ask the index for versions newer than those here.")
@FORMAT
def list_command(names: tuple[str, ...], newer: bool, format_: str) -> None:
    """List the releases that are tracked, with the state of their environments."""
    from workbench.cli._upstream import count, library_row, print_newer, print_table, row
    from workbench.upstream.environments import cache_folder, find_environment
    from workbench.upstream.releases import Missing, all_libraries

    releases = _chosen(names)
    # A library without releases is asked for, too: everything on the index is newer there.
    wanted = {name.partition("@")[0].lower() for name in names}
    libraries = [one for one in all_libraries().values() if not names or one.name in wanted]
    found = [(release, find_environment(release)) for release in releases]
    known = _newer(libraries) if newer else {}
    if format_ == "json":
        print_json(
            {
                "cache": str(cache_folder()),
                "releases": [row(release, state) for release, state in found],
                "libraries": [library_row(one, known) for one in libraries],
            }
        )
    else:
        print_table(found)
        print_newer(libraries, known)
    silent = [one for one in known.values() if isinstance(one, Missing)]
    if silent:
        more = f"; nor is it told of {count(len(silent) - 1, 'library', 'libraries')} more" if len(silent) > 1 else ""
        err().print(safe(f"{silent[0].reason}{more}"), soft_wrap=True)
        raise click.exceptions.Exit(ENVIRONMENT)


def _newer(libraries: Sequence[Library]) -> Mapping[str, tuple[str, ...] | Missing]:
    """Asks the index for what is newer, of a few libraries at once."""
    from concurrent.futures import ThreadPoolExecutor

    from workbench.upstream.locking import find_newer

    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="newer") as pool:
        return dict(zip((one.name for one in libraries), pool.map(find_newer, libraries), strict=True))


# ----------------------------------------------------------------------------------------------------------------- lock


@command.command(
    "lock",
    short_help="Add a release, or write its lock.",
    epilog=examples(
        ("workbench upstream lock llm@0.36", "its entry and its lock, as of its day"),
        ("workbench upstream lock llm@0.36 --force", "resolve it again"),
    ),
)
@click.argument("name", metavar="NAME@VERSION")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the release; asked of the index by default.")
@click.option("--python", metavar="RANGE", help="Versions of Python, such as >=3.12; tried by default.")
@click.option(
    "--with", "companions", multiple=True, metavar="REQUIREMENT", help="Install it with this; may be repeated."
)
@click.option("--role", "roles", multiple=True, type=click.Choice(["subject", "oracle"]), help="May be repeated.")
@click.option("--force", is_flag=True, help="Overwrite a lock that pins something else.")
def lock_command(
    name: str,
    date: dt.datetime | None,
    python: str | None,
    companions: tuple[str, ...],
    roles: tuple[str, ...],
    force: bool,
) -> None:
    """Write the lock of a release as of the end of its day, and its entry where there is none.

    The library has to be there: a file in workbench/upstream/data.
    """
    from workbench.cli._upstream import count
    from workbench.upstream.locking import Wanted, cutoff, lock
    from workbench.upstream.releases import Missing

    library, version = _split(name)
    wanted = Wanted(
        date=date.date() if date else None,
        python=_checked_range(python),
        companions=_checked_requirements(companions),
        roles=roles or None,
    )
    locked = lock(library, version, wanted, force=force)
    if isinstance(locked, Missing):
        err().print(safe(locked.reason), soft_wrap=True)
        raise click.exceptions.Exit(ENVIRONMENT)
    beside = f", with {', '.join(locked.companions)}" if locked.companions else ""
    packages = count(locked.packages, "package")
    line = f"{locked.name}: {packages} as of {cutoff(locked.date)} for Python {locked.python}{beside}"
    out().print(safe(line), soft_wrap=True)
    for path in locked.changed:
        out().print(safe(f"written: {path.parent.name}/{path.name}"), soft_wrap=True)
    if not locked.changed:
        out().print("the lock was there and is the same")


def _split(name: str) -> tuple[Library, str]:
    """Library and version of an address; the version in its normal form."""
    from packaging.version import InvalidVersion, Version

    library, _, version = name.partition("@")
    if not version:
        raise UsageError(f"{name!r} names no version; write NAME@VERSION, as in llm@0.36")
    found = _library(library)
    try:
        return found, str(Version(version))
    except InvalidVersion:
        raise UsageError(f"{version!r} is no version; write NAME@VERSION, as in llm@0.36") from None


def _checked_range(python: str | None) -> str | None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    if python is None:
        return None
    wanted = python if python.startswith(">=") else f">={python}"
    try:
        SpecifierSet(wanted)
    except InvalidSpecifier:
        raise UsageError(f"--python {python!r} is no range of versions; write one such as >=3.12") from None
    return wanted


def _checked_requirements(requirements: tuple[str, ...]) -> tuple[str, ...] | None:
    from packaging.requirements import InvalidRequirement, Requirement

    for one in requirements:
        try:
            Requirement(one)
        except InvalidRequirement:
            raise UsageError(f"--with {one!r} is no requirement; write one such as llm-anthropic==0.29") from None
    return requirements or None


# ---------------------------------------------------------------------------------------------------------------- names


def _library(name: str) -> Library:
    from workbench.upstream.releases import all_libraries

    libraries = all_libraries()
    if name.lower() not in libraries:
        told = unknown(name, libraries, what="library", listed=LISTED)
        raise UsageError(f"{told}; a new one begins as a file in workbench/upstream/data")
    return libraries[name.lower()]


def _chosen(names: Sequence[str]) -> list[Release]:
    """The releases that names mean, each once and in the order of the data; all where there are no names.

    Raises:
        UsageError: there is no such library, or no such release of it.
    """
    from workbench.upstream.releases import all_releases

    releases = all_releases()
    chosen: set[str] = set()
    for name in names:
        library, at, version = name.partition("@")
        found = _library(library)
        of_it = {one.version: one.name for one in found.releases}
        if at and version not in of_it:
            close = near(version, of_it) if len(of_it) > FEW else list(of_it)
            there = f"there are {', '.join(close)}" if close else f"{LISTED} shows all"
            more = f"`workbench upstream lock {found.name}@{version}` adds one" if version else "name a version"
            raise UsageError(f"no release {version!r} of {found.name}; {there}; {more}")
        chosen.update([of_it[version]] if at else of_it.values())
    return [one for one in releases.values() if one.name in chosen or not names]
