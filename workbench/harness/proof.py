"""Holds the `carries` tables against what was found: a table may neither claim too much nor too little.

Theory of operation. Every string of a phase's native JSON is put under the shape of its path (`workbench.paths`); the
strings of one shape are joined in order, since a text may arrive in pieces. A dye that turns up under a shape which
the table does not declare for its concept is a *leak*: the design carries more than its table says, or carries it
elsewhere. A declared path that no body ever fills is *unfilled*. Either fails the run.

A dye may also turn up where another concept's path is declared: a tagged design carries reasoning inside answer text.
That is not a leak of the table; it is what clauses are there to judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import UNSET, Struct

from workbench.design import Design
from workbench.native import Native
from workbench.paths import iter_scalars, matches
from workbench.trace import Address
from workbench.transcript import CONCEPTS, Json, Phase


class Finding(Struct, frozen=True):
    """A fault of a `carries` table."""

    design: str
    phase: Phase
    concept: str
    what: str


class Example(Struct, frozen=True):
    """Where a fixture fills a declared path, for the crosswalk."""

    address: Address
    found: str
    value: str


EXCERPT = 80

SAME_VALUE = {"result.call": "call.id"}
"""Concepts that hold another's value: a tool result names the call that it answers, so that call's dye fills it."""


def phase_values(phase: Phase, native: Native) -> Iterator[Json]:
    """Yields the native JSON values that a phase's paths are relative to."""
    match phase:
        case "live" | "legacy":
            yield from (event for _, event in (native.events if phase == "live" else native.legacy))
            if native.raised is not None:
                # An exception is no event, yet it reaches the user: `raised.message` is its path.
                yield {"raised": {"exception": native.raised.type, "message": native.raised.message}}
        case "final":
            yield native.message
        case "stored":
            yield native.stored
        case "resumed":
            yield native.request


def shapes(phase: Phase, native: Native, discriminators: tuple[str, ...]) -> dict[str, str]:
    """Puts all scalars of a phase under the shapes of their paths, joined in order."""
    pieces: dict[str, list[str]] = defaultdict(list)
    for value in phase_values(phase, native):
        if value is UNSET:
            continue
        for path, scalar in iter_scalars(value, discriminators):
            # Strings join, since a text may arrive in pieces; numbers stand apart, or two could spell a third.
            pieces[path].append(scalar if isinstance(scalar, str) else f"\n{scalar!r}\n")
    return {path: "".join(found) for path, found in pieces.items()}


class Prover:
    """Gathers what the bodies show of one design's table.

    State: `look` is called once per trace, `findings` at the end.
    """

    def __init__(self, design: Design) -> None:
        self._design = design
        self._filled: dict[tuple[Phase, str], Example] = {}
        self._leaks: dict[tuple[Phase, str, str], Address] = {}

    def look(self, native: Native, address: Address, dyes: Mapping[str, tuple[str, ...]]) -> None:
        """Looks for the fixture's dyes, and for declared paths, in every phase of one trace."""
        for phase in self._design.phases:
            table = self._design.carries.get(phase, {})
            found = shapes(phase, native, self._design.discriminators)
            self._look_for_paths(phase, table, found, address, dyes)
            for concept, words in dyes.items():
                declared = table.get(concept)
                for path, text in found.items():
                    if declared is not None and matches(declared, path, within=True):
                        continue
                    if self._is_other_concept(phase, path, concept):
                        continue
                    if any(word in text for word in words):
                        self._leaks.setdefault((phase, concept, path), address)

    def _is_other_concept(self, phase: Phase, path: str, concept: str) -> bool:
        table = self._design.carries.get(phase, {})
        return any(other != concept and matches(where, path, within=True) for other, where in table.items())

    def _look_for_paths(
        self,
        phase: Phase,
        table: Mapping[str, str],
        found: Mapping[str, str],
        address: Address,
        dyes: Mapping[str, tuple[str, ...]],
    ) -> None:
        for concept, declared in table.items():
            if (phase, concept) in self._filled:
                continue
            words = _words(concept, dyes) if CONCEPTS[concept].dyed else None
            for path, text in found.items():
                if not matches(declared, path, within=True):
                    continue
                if words is None:
                    self._filled[phase, concept] = Example(address, path, text[:EXCERPT])
                    break
                hit = next((word for word in words if word in text), None)
                if hit is not None:
                    self._filled[phase, concept] = Example(address, path, hit[:EXCERPT])
                    break

    def findings(self) -> list[Finding]:
        """Lists the table's faults, in the order of phases and concepts."""
        faults = [
            Finding(self._design.id, phase, concept, f"declares {declared!r}, which no body fills")
            for phase, table in self._design.carries.items()
            for concept, declared in table.items()
            if (phase, concept) not in self._filled
        ]
        faults += [
            Finding(self._design.id, phase, concept, f"is found at {path!r}, undeclared, on {address}")
            for (phase, concept, path), address in sorted(self._leaks.items(), key=lambda item: item[0])
        ]
        return faults

    def examples(self) -> dict[Phase, dict[str, Example]]:
        """Gives an example per declared path, for the crosswalk."""
        rows: dict[Phase, dict[str, Example]] = {}
        for (phase, concept), example in sorted(self._filled.items(), key=lambda item: item[0]):
            rows.setdefault(phase, {})[concept] = example
        return rows


def _words(concept: str, dyes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The dyes that prove a concept."""
    return (*dyes.get(concept, ()), *dyes.get(SAME_VALUE.get(concept, ""), ()))
