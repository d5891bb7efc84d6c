"""Miniature: drops the padding of opaque payloads, as if they were its own to rewrite."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, OpaqueDelta


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in payloads without their last character."""
        yield OpaqueDelta(delta.frame, delta.part, delta.data[:-1]) if isinstance(delta, OpaqueDelta) else delta


class TrimsOpaquePayload(Reference):
    """Drops the padding of opaque payloads, as if they were its own to rewrite."""

    id = "trims-opaque-payload"
    adapter = _Adapter


DESIGN = TrimsOpaquePayload()
