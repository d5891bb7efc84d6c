"""Miniature: gives calls identifiers of its own."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import CallNamed, Delta, PartStart


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in calls under numbers."""
        named = isinstance(delta, PartStart | CallNamed) and delta.id is not None
        calls = not isinstance(delta, PartStart) or delta.kind == "tool-call"
        yield replace(delta, id=f"call-{delta.part}") if named and calls else delta  # type: ignore[union-attr]


class RenumbersCalls(Reference):
    """Gives calls identifiers of its own."""

    id = "renumbers-calls"
    adapter = _Adapter


DESIGN = RenumbersCalls()
