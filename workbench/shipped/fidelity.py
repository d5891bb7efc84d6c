"""Fidelity: our adapter beside the real framework, both fed with the same producer events.

Theory of operation. The provider half of an adapter makes producer events of a body's deltas. The framework half of the
adapter takes them, and so does the real framework, in the environment of the release that the adapter ports. Both give
native JSON; it has to be equal, phase by phase, to the last field.

Rules:
1. A body whose provider half raises has no producer events for the rest of the stream: it is counted and left out.
2. Of an exception the type is compared; its words may tell of line numbers, attempts and versions.
3. A phase that the driver does not show is left out, and said so; live is never left out.
4. Each turn stands alone: both sides get the conversation so far from the neutral request.
5. A difference is explained by an entry in the design's `deviations`, for that fixture and phase, or it is a finding.
   An entry without a difference is a finding, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import UNSET, Struct

from workbench.design import Design
from workbench.harness.adapt import adapt
from workbench.harness.run import ReadBody
from workbench.native import Native
from workbench.shipped.asking import framework, produced
from workbench.shipped.playing import Player
from workbench.trace import Address
from workbench.transcript import Json, Phase
from workbench.upstream.limits import Failure
from workbench.upstream.protocol import Description, Variant
from workbench.verdict import Evidence, compare

RAISES = "its provider code raises, so there are no producer events to the end"
PHASES: tuple[Phase, ...] = ("live", "legacy", "final", "stored", "resumed")


class Difference(Struct, frozen=True):
    """Where adapter and framework part.

    Attributes:
        body: its address.
        where: path in the native JSON of the phase.
        adapter: what our adapter has there.
        framework: what the real framework has there.
        reason: why that is so, from the design's deviations; None where nobody has said.
    """

    body: str
    phase: Phase
    where: str
    adapter: Json
    framework: Json
    reason: str | None


class Fidelity(Struct, frozen=True):
    """What became of one adapter.

    Attributes:
        release: the real one, as `llm@0.32`.
        variant: in which way it was used.
        phases: that were compared.
        bodies: how many were compared.
        equal: how many of them without a difference.
        left_out: reason to the number of bodies that were not compared.
        stale: deviations, as `fixture, phase`, that nothing showed.
    """

    design: str
    release: str
    variant: str
    phases: tuple[Phase, ...]
    bodies: int
    equal: int
    left_out: Mapping[str, int]
    differences: tuple[Difference, ...]
    stale: tuple[str, ...]

    @property
    def findings(self) -> list[str]:
        """What fails a run: differences that nobody has explained, explanations that nothing shows."""
        unexplained = [
            f"{one.body}: {one.where} is {one.adapter!r:.60} in the adapter, {one.framework!r:.60} in {self.release}"
            for one in self.differences
            if one.reason is None
        ]
        return [*unexplained, *(f"the deviation for {one} shows nowhere" for one in self.stale)]


def framework_variant(description: Description, design: Design, designs: Mapping[str, str]) -> Variant | None:
    """Finds the way of using a library in which its framework takes our producer events; the first one counts.

    Args:
        description: of the driver.
        design: whose events they are.
        designs: id of the design that reads each variant.
    """
    for variant in description.variants:
        if "framework" in (variant.ways or description.ways) and designs[variant.id] == design.id:
            return variant
    return None


def fidelity(
    player: Player, variant: Variant, design: Design, bodies: Iterable[ReadBody], under: Design | None, release: str
) -> Fidelity:
    """Compares an adapter with the real framework on all bodies that it can be used on.

    Args:
        player: the driver of the release that the adapter ports.
        variant: how it is used.
        design: the adapter.
        bodies: of the corpus; turns of one fixture in one dialect in a row.
        under: the design whose events it consumes, where it stands over another.
        release: its address.
    """
    left_out: Counter[str] = Counter()
    pairs = list(_pairs(player, variant, design, bodies, under, left_out))
    phases = tuple(
        phase
        for phase in PHASES
        if phase in design.phases and any(_of(phase, real) is not None for _, _, real in pairs)
    )
    differences = [
        _difference(design, at, phase, evidence)
        for at, ours, real in pairs
        for phase in phases
        if (evidence := compare(_of(phase, ours), _of(phase, real), phase).evidence) is not None
    ]
    shown = {(one.body.split("/")[0], one.phase) for one in differences}
    return Fidelity(
        design=design.id,
        release=release,
        variant=variant.id,
        phases=phases,
        bodies=len(pairs),
        equal=len(pairs) - len({one.body for one in differences}),
        left_out=dict(sorted(left_out.items())),
        differences=tuple(differences),
        stale=tuple(
            f"{one.fixture}, {one.phase}" for one in design.deviations if (one.fixture, one.phase) not in shown
        ),
    )


def _pairs(
    player: Player,
    variant: Variant,
    design: Design,
    bodies: Iterable[ReadBody],
    under: Design | None,
    left_out: Counter[str],
) -> Iterator[tuple[Address, Native, Native]]:
    """Yields for each body what the adapter made, and what the real framework made of the same producer events."""
    for body in bodies:
        unfit = design.applies(body.turn.request)
        events = produced(design, body, under) if unfit is None else None
        if events is None:
            left_out[unfit or RAISES] += 1
            continue
        outcome = player.ask(framework(variant.id, body, events))
        if isinstance(outcome, Failure):
            left_out[f"{outcome.manner}: {outcome.detail}"] += 1
            continue
        if outcome.record.declined is not None:
            left_out[outcome.record.declined] += 1
            continue
        ours = adapt(design, body.decoded, body.turn.request, body.turn.follow, under=under)
        yield body.address, ours, outcome.record.native(body.decoded.last_frame)


def _of(phase: Phase, native: Native) -> Json:
    """What of a native record is compared in a phase; None where there is nothing."""
    match phase:
        case "live":
            raised = None if native.raised is None else native.raised.type
            return {"events": [list(one) for one in native.events], "raised": raised}
        case "legacy":
            return [list(one) for one in native.legacy] or None
        case "final":
            return None if native.message is UNSET else native.message
        case "stored":
            return None if native.restored is UNSET else {"stored": native.stored, "restored": native.restored}
        case "resumed":
            return None if native.request is UNSET else native.request


def _difference(design: Design, at: Address, phase: Phase, evidence: Evidence) -> Difference:
    known = {(one.fixture, one.phase): one.reason for one in design.deviations}
    return Difference(str(at), phase, evidence.where, evidence.sent, evidence.seen, known.get((at.fixture, phase)))


def fidelity_json(found: Fidelity) -> Json:
    """Writes what was found, for `catalogue.json`."""
    return msgspec.to_builtins(found)
