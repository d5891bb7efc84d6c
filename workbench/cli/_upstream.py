"""How releases, their environments and what is newer on the index are told, to people and to programs.

Rules: what came from tools and from the index is made safe here; what is missing goes to standard error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rich import box
from rich.table import Table

from workbench.cli.console import ENVIRONMENT, FINDINGS, FINE, err, out, safe
from workbench.upstream.environments import Environment
from workbench.upstream.releases import Library, Missing, Release

MOST_NEWER = 6
"""Newer versions of a library that a line names."""

Newer = Mapping[str, tuple[str, ...] | Missing]
"""By library: versions that are newer than those that are tracked, the newest first, or why they are not known."""


def say_installed(name: str, outcome: Environment | Missing, wide: int) -> None:
    """Prints what became of a release; its name is padded to `wide` characters."""
    if isinstance(outcome, Missing):
        err().print(safe(outcome.reason), soft_wrap=True)
        return
    made = outcome.made
    what = f"installed in {made.seconds:.1f} s" if outcome.fresh else "was there"
    fault = f"; [red]cannot be imported: {safe(made.fault)}[/]" if made.fault else ""
    out().print(f"{safe(name):{wide}}  {what}, Python {made.python}, {_size(made.bytes)}{fault}", soft_wrap=True)


def sum_up(outcomes: Collection[Environment | Missing]) -> None:
    """Prints how many releases are there by now, and how much room they take."""
    there = [one for one in outcomes if not isinstance(one, Missing)]
    fresh = sum(one.fresh for one in there)
    counts = [(fresh, "installed now"), (len(there) - fresh, "there before"), (len(outcomes) - len(there), "missing")]
    told = ", ".join(f"{number} {what}" for number, what in counts if number)
    out().print(f"{count(len(outcomes), 'release')}: {told}; {_size(sum(one.made.bytes for one in there))}")


def exit_code(outcomes: Collection[Environment | Missing]) -> int:
    """What is missing is the machine's fault; what cannot be imported is a finding."""
    if any(isinstance(one, Missing) for one in outcomes):
        return ENVIRONMENT
    return FINDINGS if any(not isinstance(one, Missing) and one.made.fault for one in outcomes) else FINE


def row(release: Release, state: Environment | Missing) -> dict[str, object]:
    """What a program is told of a release."""
    told: dict[str, object] = {
        "release": release.name,
        "library": release.library,
        "version": release.version,
        "date": release.date.isoformat(),
        "python": release.python,
        "with": list(release.companions),
        "roles": list(release.roles),
        "design": release.design,
        "variants": dict(release.variants),
        "driver": release.driver,
        "lock": release.lock_digest,
        "state": _state(release, state),
    }
    if isinstance(state, Missing):
        return told | {"reason": state.reason}
    made = state.made
    facts = {"folder": str(state.folder), "runs_on": made.python, "bytes": made.bytes, "seconds": made.seconds}
    return told | facts | ({"fault": made.fault} if made.fault else {})


def _state(release: Release, state: Environment | Missing) -> str:
    if not isinstance(state, Missing):
        return "installed"
    return "unlocked" if release.lock_digest is None else "missing"


def library_row(library: Library, known: Newer) -> dict[str, object]:
    """What a program is told of a library; `newer` is there when the index was asked, and null when it did not tell."""
    newest = library.releases[-1].version if library.releases else None
    told: dict[str, object] = {"library": library.name, "index": library.index, "newest": newest}
    newer = known.get(library.name)
    if newer is None:
        return told
    return told | ({"newer": None, "reason": newer.reason} if isinstance(newer, Missing) else {"newer": list(newer)})


def print_table(found: Sequence[tuple[Release, Environment | Missing]]) -> None:
    """Prints releases, each with who reads it and whether it is there."""
    if not found:
        out().print("there are no releases")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("release", "date", "roles", "read by", "environment"):
        table.add_column(name, overflow="fold", no_wrap=name in {"release", "date"})
    for release, state in found:
        if isinstance(state, Missing):
            shown = f"[yellow]{safe(state.reason.removeprefix(release.name).strip())}[/]"
        else:
            fault = f"; [red]cannot be imported: {safe(state.made.fault)}[/]" if state.made.fault else ""
            shown = f"Python {state.made.python}, {_size(state.made.bytes)}{fault}"
        readers = [release.design, *(f"/{key}: {one}" for key, one in release.variants.items())]
        told = (release.name, release.date.isoformat(), ", ".join(release.roles))
        table.add_row(*map(safe, told), "\n".join(map(safe, readers)), shown)
    out().print(table)
    there = sum(not isinstance(state, Missing) for _, state in found)
    lacking = len(found) - there
    hint = f", {lacking} missing; `workbench upstream install` makes what is missing" if lacking else ""
    out().print(f"{count(len(found), 'release')}: {there} installed{hint}", soft_wrap=True)


def print_newer(libraries: Sequence[Library], known: Newer) -> None:
    """Prints what the index has that is newer; of a library of which that is not known, nothing."""
    current = []
    for library in libraries:
        newer = known.get(library.name)
        if newer is None or isinstance(newer, Missing):
            continue
        if not newer:
            current.append(library.name)
            continue
        rest = f" and {len(newer) - MOST_NEWER} more" if len(newer) > MOST_NEWER else ""
        shown = ", ".join(newer[:MOST_NEWER]) + rest
        tracked = f"newer than {library.releases[-1].version}" if library.releases else "and nothing is tracked"
        line = f"{library.name}: the index has {shown}, {tracked}; `workbench upstream lock {library.name}@{newer[0]}`"
        out().print(safe(line), soft_wrap=True)
    if current:
        out().print(safe(f"nothing newer on the index: {', '.join(current)}"), soft_wrap=True)


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB"


def count(number: int, one: str, many: str = "") -> str:
    """Words a number of things."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
