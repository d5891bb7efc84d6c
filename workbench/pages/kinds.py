"""Names what an event is about: a letter and a colour class, from a delta's type or from a design's `carries` table.

Rules:
1. A design's own event is classified by its own table alone: the concept whose declared path it fills. What fills none
   is shown as it is, unclassified. Nothing is guessed from the look of a value.
2. A letter stands beside every colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from workbench.paths import iter_scalars, matches
from workbench.transcript import Json


class KindView(Struct, frozen=True):
    """A class of events.

    Attributes:
        css: suffix of the class name.
    """

    letter: str
    css: str
    meaning: str


TEXT = KindView("T", "text", "answer text")
REASONING = KindView("R", "reasoning", "reasoning")
SIGNATURE = KindView("S", "signature", "signature or opaque data of reasoning")
CALL = KindView("C", "call", "name or id of a tool call")
ARGUMENTS = KindView("A", "arguments", "arguments of a tool call")
RESULT = KindView("O", "result", "output of a tool")
REFUSAL = KindView("X", "refusal", "refusal")
FAULT = KindView("!", "fault", "failure or truncation")
END = KindView("F", "end", "finish, usage, end")
INFO = KindView("I", "info", "response id, model")
BOUND = KindView("B", "bound", "a part begins or ends")
OTHER = KindView("·", "other", "anything else")

ALL = (TEXT, REASONING, SIGNATURE, CALL, ARGUMENTS, RESULT, REFUSAL, FAULT, END, INFO, BOUND, OTHER)

OF_DELTA: Mapping[str, tuple[KindView, str]] = {
    "text-delta": (TEXT, "text"),
    "reasoning-delta": (REASONING, "text"),
    "signature-delta": (SIGNATURE, "text"),
    "opaque-delta": (SIGNATURE, "data"),
    "call-named": (CALL, "name"),
    "arguments-delta": (ARGUMENTS, "text"),
    "result-delta": (RESULT, "text"),
    "refusal-delta": (REFUSAL, "text"),
    "stream-failed": (FAULT, "failure"),
    "stream-truncated": (FAULT, ""),
    "finished": (END, "reason"),
    "usage-reported": (END, "usage"),
    "response-ended": (END, ""),
    "response-info": (INFO, "id"),
    "part-start": (BOUND, "kind"),
    "part-end": (BOUND, ""),
}
"""Type of a neutral delta to its kind and to the field that says most."""

_OF_CONCEPT: tuple[tuple[str, KindView], ...] = (
    ("failure", FAULT),
    ("truncation", FAULT),
    ("refusal", REFUSAL),
    ("reasoning.signature", SIGNATURE),
    ("reasoning.data", SIGNATURE),
    ("reasoning", REASONING),
    ("text", TEXT),
    ("call.arguments", ARGUMENTS),
    ("call.name", CALL),
    ("call.id", CALL),
    ("result.output", RESULT),
    ("finish", END),
    ("usage", END),
    ("response.id", INFO),
    ("response.model", INFO),
)
"""Concepts that name a kind, what is most particular first: an event that fills several is named by the first."""


def read_delta(delta: Mapping[str, Json]) -> tuple[KindView, Json]:
    """Tells the kind of a neutral delta, and what it says."""
    kind, field = OF_DELTA.get(str(delta.get("type")), (OTHER, ""))
    said = delta.get(field) if field else None
    if delta.get("type") == "part-start":
        said = " ".join(str(delta[key]) for key in ("kind", "name") if delta.get(key))
    return kind, said if said is not None else delta.get("type")


class Classifier:
    """Reads a design's own events by its `carries` table; remembers each shape of path that it met.

    Args:
        carries: concept to path, of one phase.
        discriminators: keys that name the kind of an object in the design's JSON.
    """

    def __init__(self, carries: Mapping[str, str], discriminators: Iterable[str]) -> None:
        # Where a design puts something into its text, its user sees text: that is what is drawn.
        self._carries = [
            (concept, carries[concept])
            for concept, _ in _OF_CONCEPT
            if concept in carries and (concept == "text" or carries[concept] != carries.get("text"))
        ]
        self._kinds = dict(_OF_CONCEPT)
        self._rank = {concept: index for index, (concept, _) in enumerate(_OF_CONCEPT)}
        self._discriminators = tuple(discriminators)
        self._known: dict[str, str | None] = {}

    def read(self, event: Json) -> tuple[KindView, str, str]:
        """Classifies one event.

        Returns:
            Its kind; what it says under the concept that named it; its own name for itself, or the empty string.
        """
        said: dict[str, list[str]] = {}
        for path, scalar in iter_scalars(event, self._discriminators):
            if scalar is None or scalar in ("", [], {}) or isinstance(scalar, bool):
                continue
            concept = self._concept(path)
            if concept is not None:
                said.setdefault(concept, []).append(str(scalar))
        name = self._name(event)
        if not said:
            return OTHER, "", name
        first = min(said, key=self._rank.__getitem__)
        return self._kinds[first], "".join(said[first]), name

    def _name(self, event: Json) -> str:
        if not isinstance(event, dict):
            return ""
        return next((str(event[key]) for key in self._discriminators if isinstance(event.get(key), str)), "")

    def _concept(self, path: str) -> str | None:
        if path not in self._known:
            declared = (concept for concept, where in self._carries if matches(where, path, within=True))
            self._known[path] = next(declared, None)
        return self._known[path]
