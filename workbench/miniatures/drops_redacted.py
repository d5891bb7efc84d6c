"""Miniature: drops reasoning that is withheld."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._withheld: set[int] = set()

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in nothing of withheld parts."""
        if isinstance(delta, PartStart) and delta.redacted:
            self._withheld.add(delta.part)
        if getattr(delta, "part", None) not in self._withheld:
            yield delta


class DropsRedacted(Reference):
    """Drops reasoning that is withheld."""

    id = "drops-redacted"
    adapter = _Adapter


DESIGN = DropsRedacted()
