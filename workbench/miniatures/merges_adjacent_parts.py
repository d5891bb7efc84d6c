"""Miniature: takes two parts of one kind in a row for one."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, PartStart


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._last: PartStart | None = None
        self._merged: dict[int, int] = {}

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in the deltas of a second part in a row as deltas of the first."""
        if isinstance(delta, PartStart):
            last = self._last
            self._last = delta
            if last is not None and last.kind == delta.kind in ("text", "reasoning"):
                self._merged[delta.part] = self._merged.get(last.part, last.part)
                return
            self._merged[delta.part] = delta.part
            yield delta
        elif hasattr(delta, "part"):
            yield replace(delta, part=self._merged[delta.part])
        else:
            yield delta


class MergesAdjacentParts(Reference):
    """Takes two parts of one kind in a row for one."""

    id = "merges-adjacent-parts"
    adapter = _Adapter


DESIGN = MergesAdjacentParts()
