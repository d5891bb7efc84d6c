"""A design for tests: the reference, except that it raises where a stream breaks off, and then gives no message."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.design import NativeRaise
from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Delta, Json, Sighting, StreamFailed, StreamTruncated


class _Adapter(ReferenceAdapter):
    _broken = False

    def tell(self, event: Delta) -> Iterable[Sighting]:
        """Raises for what breaks a stream off."""
        if isinstance(event, StreamFailed | StreamTruncated):
            self._broken = True
            message = event.failure.message if isinstance(event, StreamFailed) else "cut off"
            raise NativeRaise("APIError", f"Error: {message}")
        yield from super().tell(event)

    def message(self) -> Json:
        """Gives a message only where nothing broke off."""
        if self._broken:
            raise NativeRaise("NoMessage", "there is none")
        return super().message()


class Raising(Reference):
    """Raises where a stream breaks off."""

    id = "raising"
    adapter = _Adapter


DESIGN = Raising()
