"""What results as shipped say of an adapter and its design, as commands about designs tell it.

Rules:
1. These results lie in a folder of their own and may be absent; then a line says so, and what makes them.
2. Fidelity is read from the catalogue alone, so that `workbench run` does not pay for reading every release.
3. No number as shipped is added to one as designed: a distance is told per release and way of using it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from workbench.cli.console import safe
from workbench.errors import ResultError
from workbench.jsontext import read_json
from workbench.transcript import Json

if TYPE_CHECKING:
    from workbench.distance import Distance
    from workbench.results import SubjectResult

FOLDER = "shipped"
"""Of results as shipped, inside a folder of results as designed."""

MAKES_IT = "`workbench upstream run` makes it where the release's framework takes our events"


class Fidelity(Struct, frozen=True):
    """One entry of the catalogue; see `workbench.shipped.fidelity`, which needs more than these commands do."""

    design: str
    release: str
    variant: str
    phases: tuple[str, ...]
    bodies: int
    equal: int
    left_out: Mapping[str, int]
    differences: tuple[Mapping[str, Json], ...]
    stale: tuple[str, ...]


class _Catalogue(Struct, frozen=True):
    fidelity: tuple[Fidelity, ...] = ()


def read_fidelity(folder: Path) -> dict[str, Fidelity]:
    """Reads the fidelity of each adapter; nothing where there are no results as shipped.

    Args:
        folder: of results as shipped.

    Raises:
        ResultError: the catalogue is broken.
    """
    path = folder / "catalogue.json"
    if not path.is_file():
        return {}
    try:
        found = msgspec.convert(read_json(path.read_bytes()), _Catalogue)
    except (ValueError, msgspec.ValidationError) as error:
        raise ResultError(f"{path}: {error}; `workbench upstream run` makes it anew") from error
    return {one.design: one for one in found.fidelity}


def fidelity_line(found: Fidelity | None, port: str | None) -> str:
    """Says in one line how far an adapter was held against its release; safe for a console.

    Args:
        found: of this adapter; None where none is on file.
        port: the release that it ports, in words; None where it ports none.
    """
    if found is None:
        return f"fidelity not on file; {MAKES_IT}" if port else "ports no release, so there is no fidelity"
    release = safe(found.release.replace("@", " "))
    parts = [f"{found.equal} of {found.bodies} bodies equal to {release}"]
    if found.phases:
        parts[0] += f" in {', '.join(map(safe, found.phases))}"
    if port and port != found.release.replace("@", " "):
        parts.append(f"it ports {safe(port)} by now")
    if found.left_out:
        parts.append(f"{sum(found.left_out.values())} left out")
    if found.differences:
        open_ones = sum(one.get("reason") is None for one in found.differences)
        said = f"{open_ones} without an explanation" if open_ones else "each with its reason"
        count = len(found.differences)
        parts.append(f"{count} {'difference' if count == 1 else 'differences'}, {said}")
    if found.stale:
        parts.append(f"{len(found.stale)} stated {'deviation' if len(found.stale) == 1 else 'deviations'} not seen")
    return "; ".join(parts)


def fidelity_details(found: Fidelity) -> Iterator[str]:
    """Yields a line for each reason why bodies were left out, and for each difference; safe for a console."""
    for reason, count in found.left_out.items():
        yield f"{count:5} left out: {safe(reason)}"
    for one in found.differences:
        why = "nobody has explained it" if one.get("reason") is None else safe(one["reason"])
        yield f"      {safe(one.get('body'))} {safe(one.get('where'))}: {why}"


def distances(
    designed: SubjectResult | None, shipped: Mapping[str, SubjectResult], design: str
) -> Iterator[tuple[SubjectResult, Distance]]:
    """Yields the releases that are read as a design, each with its distance from it, in the order of addresses."""
    from workbench.distance import distance

    for _, result in sorted(shipped.items()):
        if designed is not None and result.way == "as shipped" and result.design == design:
            yield result, distance(designed, result)


def distance_line(found: Distance) -> str:
    """Says in one line how far a release lies from its design; safe for a console."""
    same, cells = found.agreement.same, found.agreement.cells
    parted = cells - same - found.alike
    left = sum(one.count for one in found.unheld)
    if found.agreement.share is None:
        why = f", most often since {safe(found.unheld[0].reason)}" if found.unheld else ""
        return f"{safe(found.shipped)} has no comparable cell: {left:,} are not{why}"
    share = f" ({_percent(found.agreement.share)})"
    return (
        f"{safe(found.shipped)} shows the same in {same:,} of {cells:,} comparable cells{share}; "
        f"{parted:,} judged differently, {left:,} not comparable"
    )


def _percent(share: float) -> str:
    """A share in whole per cent; never 0 or 100 for what is not quite that."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    return "under 1 %" if whole == 0 and share > 0 else f"{whole} %"
