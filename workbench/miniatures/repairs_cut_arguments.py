"""Miniature: closes arguments that were cut, so that they look complete."""

from __future__ import annotations

from collections.abc import Iterable

from workbench.miniatures.reference import Reference, ReferenceAdapter
from workbench.transcript import ArgumentsDelta, Delta, ResponseEnded


def _closing(text: str) -> str:
    """Says what closes the string and the brackets that a text leaves open."""
    open_ones: list[str] = []
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            quoted = True
        elif character in "{[":
            open_ones.append("}" if character == "{" else "]")
        elif character in "}]" and open_ones:
            open_ones.pop()
    return ('"' if quoted else "") + "".join(reversed(open_ones))


class _Adapter(ReferenceAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._pieces: dict[int, list[str]] = {}

    def hear(self, delta: Delta) -> Iterable[Delta]:
        """Takes in what is missing to make the text of each call JSON, when the response is over."""
        if isinstance(delta, ArgumentsDelta):
            self._pieces.setdefault(delta.part, []).append(delta.text)
        if isinstance(delta, ResponseEnded):
            for part, pieces in self._pieces.items():
                closing = _closing("".join(pieces))
                if closing:
                    yield ArgumentsDelta(delta.frame, part, closing)
        yield delta


class RepairsCutArguments(Reference):
    """Closes arguments that were cut, so that they look complete."""

    id = "repairs-cut-arguments"
    adapter = _Adapter


DESIGN = RepairsCutArguments()
