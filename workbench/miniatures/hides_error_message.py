"""Miniature: says that something failed and not what."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, Failure, StreamFailed


class _Adapter(ReferenceAdapter):
    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in a failure without its words."""
        yield StreamFailed(delta.frame, Failure("something went wrong")) if isinstance(delta, StreamFailed) else delta


class HidesErrorMessage(Reference):
    """Says that something failed and not what."""

    id = "hides-error-message"
    adapter = _Adapter


DESIGN = HidesErrorMessage()
