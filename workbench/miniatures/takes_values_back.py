"""Miniature: shows a value that is wrong until more of the text has come."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ArgumentsDelta, PartSnapshot


class _Adapter(ReferenceAdapter):
    def value_of(self, event: ArgumentsDelta) -> Iterable[PartSnapshot]:
        """Shows a guess before each value."""
        for snapshot in super().value_of(event):
            yield PartSnapshot(event.frame, event.part, snapshot.seen, {"guess": event.frame}, partial=True)
            yield snapshot


class TakesValuesBack(Reference):
    """Shows a value that is wrong until more of the text has come."""

    id = "takes-values-back"
    adapter = _Adapter


DESIGN = TakesValuesBack()
