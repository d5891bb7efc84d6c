"""Miniature: takes every piece of arguments for the call that began last."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ArgumentsDelta, Delta, PartStart


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._latest = 0

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in arguments as those of the latest call."""
        if isinstance(delta, PartStart) and delta.kind == "tool-call":
            self._latest = delta.part
        yield replace(delta, part=self._latest) if isinstance(delta, ArgumentsDelta) else delta


class GivesArgumentsToLastCall(Reference):
    """Takes every piece of arguments for the call that began last."""

    id = "gives-arguments-to-last-call"
    adapter = _Adapter


DESIGN = GivesArgumentsToLastCall()
