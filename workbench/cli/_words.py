"""What a step of the wire, or an event of a design, says in few words: its name, its text, its facts.

A design's own events are read with its own `carries` table, so no design is named here: what lies at the path of answer
text is text, what lies at the path of a call's id is a fact. What a table does not name (counters, prices, empty lists)
is left out; `--format json` has it.

Rules:
1. Events are named as the design names them: by their `type` where they have one, else by the field that is filled.
2. Nothing here makes text safe; the caller does, when it shows it.
3. Work grows with the events that are asked for; which paths matter is worked out once per shape.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import msgspec

from workbench.design import Design
from workbench.jsontext import write_json
from workbench.paths import iter_scalars, matches
from workbench.snapshots import diff
from workbench.transcript import Delta, Json, Raised, UsageReported

JOINED: Final = ("text", "reasoning", "call.arguments", "result.output", "refusal", "reasoning.signature")
"""Concepts whose strings come in pieces."""

PLACES: Final = ("part.boundary", "message.index")
"""Concepts that say where a piece belongs: they keep pieces of different parts apart."""

UNNAMED: Final = ("part.order", "response.id", "response.model")
"""Concepts that stand in every event of some designs, and would bury the rest."""

GROWING: Final = ("usage", "usage.reasoning", "usage.cached")
"""Concepts that are reported again and again; the last report is what counts."""


@dataclass(frozen=True)
class Said:
    """One event in few words.

    Attributes:
        name: what it is called; empty where it is a bare value.
        text: a piece of its text; None where it has none.
        facts: names and values that tell it from others: a run of events has the same facts throughout.
        latest: names and values of which, in a run, the last one counts.
    """

    name: str
    text: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    latest: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys say the same kind of thing, so a run of them can be told in one row."""
        return (self.name, self.text is None, self.facts, tuple(name for name, _ in self.latest))


def say_delta(delta: Delta) -> Said:
    """Puts a neutral step into words."""
    fields = msgspec.to_builtins(delta)
    name = fields.pop("type")
    del fields["frame"]
    part = fields.pop("part", None)
    text = fields.pop("text", None)
    for inner in ("usage", "failure"):
        fields |= fields.pop(inner, {})
    fields.pop("stated", None)
    kind = fields.pop("kind", None)
    facts = tuple((key, _scalar(value)) for key, value in fields.items() if value is not None)
    if kind is not None:
        facts = ((kind, ""), *facts)
    heading = name.removesuffix("-delta") + ("" if part is None else f"[{part}]")
    return Said(heading, latest=facts) if isinstance(delta, UsageReported) else Said(heading, text, facts)


def say_raised(raised: Raised) -> Said:
    """Puts an exception into words."""
    return Said(f"raises {raised.type}", raised.message)


class Speaker:
    """Puts the events of one design into words, one after another.

    State: a design of snapshots is told by what changed since the one before. Of other designs it is known what text
    stood at a path last: text that begins with it is told as grown, not as one more piece.
    """

    def __init__(self, design: Design) -> None:
        self._discriminators = design.discriminators
        self._snapshots = design.snapshots
        self._table = design.carries.get("live", {})
        self._roles: dict[str, str | None] = {}
        self._before: Json = None
        self._stood: dict[tuple[str, int], str] = {}

    def say(self, event: Json) -> Said:
        """Puts one native event into words."""
        if self._snapshots:
            return self._say_snapshot(event)
        kind = ""
        if isinstance(event, dict):
            kind = next((event[key] for key in self._discriminators if isinstance(event.get(key), str)), "")
        found = [
            (role, path, value)
            for path, value in iter_scalars(event, self._discriminators)
            if value is not None and value is not False and value not in ("", [], {})
            if (role := self._role(path)) is not None
        ]
        place = "".join(f"[{value}]" for role, _, value in found if role == "part.boundary")
        place += "".join(f" of message {value}" for role, _, value in found if role == "message.index" and value)
        found = [one for one in found if one[0] not in PLACES]
        main = next((one for one in found if one[0] in JOINED), None)
        if main is None and kind:
            main = next((one for one in found if one[0] == "call.name"), None)
        facts: list[tuple[str, str]] = []
        latest: list[tuple[str, str]] = []
        met: Counter[str] = Counter()  # a list holds several values at one path
        for role, path, value in (one for one in found if one is not main):
            into = latest if self._grows(role, (path, met[path]), value) else facts
            met[path] += 1
            into.append((path.rpartition(".")[2], _scalar(value)))
        return Said(
            (kind or (main[1].rpartition(".")[2] if main else "")) + place,
            str(main[2]) if main else None,
            tuple(facts),
            tuple(latest),
        )

    def _grows(self, role: str, place: tuple[str, int], value: Json) -> bool:
        """Says whether a value is one of which the last counts: a counter, or text with all that stood there before."""
        if role not in JOINED or not isinstance(value, str):
            return role in GROWING
        before, self._stood[place] = self._stood.get(place, ""), value
        return value.startswith(before)

    def _say_snapshot(self, event: Json) -> Said:
        before, self._before = self._before, event
        if not isinstance(event, dict):
            return Said("snapshot", latest=(("", _scalar(event)),))
        known = before if isinstance(before, dict) else {}
        changed = [key for key, value in event.items() if key not in known or diff(known[key], value) is not None]
        if not changed:
            return Said("snapshot", facts=(("unchanged", ""),))
        return Said("snapshot", latest=tuple((key, _scalar(event[key])) for key in changed))

    def _role(self, path: str) -> str | None:
        """The concept that lies at a path, of those that are worth a word; None where there is none."""
        if path not in self._roles:
            wanted = [*PLACES, *(concept for concept in self._table if concept not in (*PLACES, *UNNAMED))]
            self._roles[path] = next(
                (one for one in wanted if one in self._table and matches(self._table[one], path, within=True)), None
            )
        return self._roles[path]


def _scalar(value: Json) -> str:
    """A value in the form in which it stands behind an equals sign: a bare word as it is, anything else as JSON."""
    if isinstance(value, str) and value and not any(one.isspace() for one in value):
        return value
    return write_json(value).decode("utf-8", "replace")
