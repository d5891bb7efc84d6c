"""Fidelity as pages show it: our adapter beside the real framework, both fed with the same producer events.

Rules:
1. A number stands with what it was counted out of; what was left out and why stands beside it.
2. Each difference is shown with its reason; one without says that nobody has explained it.
3. What cannot be read from the catalogue is shown as not on file, and nothing is made up in its place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from msgspec import Struct

from workbench.errors import ResultError
from workbench.pages.shipped import Shipped
from workbench.results import parse_body_key
from workbench.trace import Address
from workbench.transcript import Json


class Difference(Struct, frozen=True):
    """Where adapter and framework part.

    Attributes:
        bodies: on which they part there.
        adapter: what our adapter has there, on the first of them; `framework` likewise.
        reason: why, as the design says; None where nobody has said.
    """

    bodies: tuple[Address, ...]
    phase: str
    where: str
    adapter: Json
    framework: Json
    reason: str | None


class FidelityView(Struct, frozen=True):
    """What became of one adapter.

    Attributes:
        release: address of the real one.
        words: its name in a sentence.
        left_out: reason and number of bodies.
        differences: those in one place for one reason together; the ones without a reason first.
        stale: deviations that nothing showed.
        ported: the release that the adapter ports by now, where that is another one; None otherwise.
        notes: see `Shipped.notes`.
    """

    design: str
    release: str
    words: str
    variant: str
    phases: tuple[str, ...]
    bodies: int
    equal: int
    left_out: tuple[tuple[str, int], ...]
    differences: tuple[Difference, ...]
    stale: tuple[str, ...]
    ported: str | None
    notes: tuple[str, ...]

    @property
    def out(self) -> int:
        """How many bodies were left out."""
        return sum(count for _, count in self.left_out)

    @property
    def unexplained(self) -> int:
        """How many differences nobody has explained."""
        return sum(len(one.bodies) for one in self.differences if one.reason is None)

    @property
    def parted(self) -> int:
        """How many differences there are: places on bodies."""
        return sum(len(one.bodies) for one in self.differences)

    @property
    def state(self) -> str:
        """`proven` where all bodies are equal, `unproven` where some are not, `nothing` where none was compared."""
        if not self.bodies:
            return "nothing"
        return "proven" if self.equal == self.bodies else "unproven"


def fidelities(shipped: Shipped, designs: dict[str, Json]) -> dict[str, FidelityView]:
    """Reads the fidelity of each design that has one."""
    found = (_view(shipped, raw, designs) for raw in shipped.catalogue.get("fidelity", ()))
    return {one.design: one for one in found}


def _view(shipped: Shipped, raw: Any, designs: dict[str, Json]) -> FidelityView:
    release = str(raw["release"])
    variant = str(raw["variant"])
    port = (designs.get(str(raw["design"])) or {}).get("port") or {}
    ported = f"{port.get('library')}@{port.get('release')}" if port else release
    subject = f"{release}/{variant}"
    return FidelityView(
        str(raw["design"]),
        release,
        release.replace("@", " "),
        variant,
        tuple(str(phase) for phase in raw["phases"]),
        int(raw["bodies"]),
        int(raw["equal"]),
        tuple((str(reason), int(count)) for reason, count in raw["left_out"].items()),
        _differences(raw["differences"]),
        tuple(str(one) for one in raw["stale"]),
        ported.replace("@", " ") if ported != release else None,
        tuple(shipped.notes([subject])) if subject in shipped.subjects else (),
    )


def _differences(raw: Any) -> tuple[Difference, ...]:
    groups: dict[tuple[str, str, str | None], list[Any]] = defaultdict(list)
    for one in raw:
        reason = one["reason"]
        groups[str(one["phase"]), str(one["where"]), None if reason is None else str(reason)].append(one)
    found = [
        Difference(
            tuple(parse_body_key(str(one["body"])) for one in group),
            phase,
            where,
            group[0]["adapter"],
            group[0]["framework"],
            reason,
        )
        for (phase, where, reason), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.reason is not None, -len(one.bodies), one.bodies)))


def checked(shipped: Shipped, designs: dict[str, Json]) -> dict[str, FidelityView]:
    """Reads the fidelity of each design; see `fidelities`.

    Raises:
        ResultError: an entry lacks a field, or holds something else there than it should.
    """
    try:
        return fidelities(shipped, designs)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultError(f"catalogue.json of the results as shipped: fidelity: {error!r}; run them again") from error
