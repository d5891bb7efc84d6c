"""Miniature: stores reasoning without its signature."""

from __future__ import annotations

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import Json


def _without(part: Json) -> Json:
    return {key: value for key, value in part.items() if key != "signature"}


class _Adapter(ReferenceAdapter):
    def keep(self, message: Json) -> Json:
        """Keeps parts without the signature."""
        return {**message, "parts": [_without(part) for part in message["parts"]]}


class ForgetsSignatureWhenStored(Reference):
    """Stores reasoning without its signature."""

    id = "forgets-signature-when-stored"
    adapter = _Adapter


DESIGN = ForgetsSignatureWhenStored()
