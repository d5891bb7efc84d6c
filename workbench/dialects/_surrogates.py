r"""Joins surrogate pairs that a provider split over two frames.

A provider that cuts text by UTF-16 units sends `"\ud83d"` in one chunk and `"\ude00"` in the next. Each is a legal JSON
escape and no character. The first half is held back until the next piece of the same part.
Rules:
1. What is handed out never holds half a pair: it could not be written as UTF-8.
2. A half that stays alone becomes U+FFFD. It comes out before its part ends, and before the stream does.
3. Pieces of other parts do not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from workbench.dialects._json import clean, is_clean
from workbench.transcript import Delta, Finished, Fragment, PartEnd, ResponseEnded, StreamFailed, StreamTruncated
from workbench.transcript.deltas import FRAGMENTS

_LONE = "\ufffd"


class Mender:
    """Holds back halves of surrogate pairs, one for each part.

    Attributes:
        codes: what happened since the caller last emptied it.
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[type[Fragment], str]] = {}
        self.codes: list[str] = []

    @property
    def holding(self) -> bool:
        """Whether a half waits for the other."""
        return bool(self._held)

    def mend(self, deltas: Iterable[Delta]) -> list[Delta]:
        """Returns the deltas with pairs joined; what is held back comes with a later call."""
        out: list[Delta] = []
        for delta in deltas:
            if isinstance(delta, FRAGMENTS):
                self._take(delta, out)
                continue
            if isinstance(delta, PartEnd):
                self._give_up([delta.part], delta.frame, out)
            elif isinstance(delta, Finished | ResponseEnded | StreamFailed | StreamTruncated):
                self._give_up(list(self._held), delta.frame, out)
            out.append(delta)
        return out

    def _take(self, delta: Fragment, out: list[Delta]) -> None:
        kind, part = type(delta), delta.part
        _, held = self._held.pop(part, (kind, ""))
        text = held + delta.text
        if not text or is_clean(text):
            out.append(delta)
            return
        if held:
            self.codes.append("surrogate-pair-split" if "\udc00" <= delta.text[0] <= "\udfff" else "surrogate-lone")
        if "\ud800" <= text[-1] <= "\udbff":
            self._held[part] = (kind, text[-1])
            text = text[:-1]
        whole = clean(text)
        if _LONE in whole and whole.count(_LONE) > text.count(_LONE) and "surrogate-lone" not in self.codes:
            self.codes.append("surrogate-lone")
        if whole:
            out.append(kind(delta.frame, part, whole))

    def _give_up(self, parts: list[int], frame: int, out: list[Delta]) -> None:
        for part in parts:
            held = self._held.pop(part, None)
            if held is not None:
                self.codes.append("surrogate-lone")
                out.append(held[0](frame, part, _LONE))
