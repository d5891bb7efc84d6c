"""A small set of results as shipped, made with the real classes, in which every text can be chosen.

One library `lib` with four releases and two ways of using it, and one release of `other`, of which the catalogue knows
nothing. `lib@1.2` could not be run. From 1.0 to 1.1 something is lost and something is kept again; from 1.1 to 2.0
another design reads it. Adapters are those of `tests.pages.sample`.
"""

from __future__ import annotations

from typing import Any

from tests.pages import sample
from workbench.results import ResultSet, pack
from workbench.trace import Address
from workbench.verdict import Cell, Evidence, Verdict

GONE = Address("vanished", 0, "openai-chat")
"""A body that the corpus no longer has."""

DESIGN_OF = {
    "lib@1.0/sync": "alpha",
    "lib@1.0/cli": "alpha",
    "lib@1.1/sync": "alpha",
    "lib@1.1/cli": "alpha",
    "lib@1.2": "alpha",
    "lib@2.0/sync": "beta",
    "lib@2.0/async": "beta",
    "other@0.1/only": "beyond",
}
"""Subject to the design that reads it; `beyond` is of nobody."""

VERDICTS: dict[tuple[str, str], Verdict] = {
    ("lib@1.0/sync", "REASONING-SEEN"): "pass",
    ("lib@1.1/sync", "REASONING-SEEN"): "fail",
    ("lib@1.0/cli", "REASONING-SEEN"): "inexpressible",
    ("lib@1.1/cli", "REASONING-SEEN"): "inexpressible",
    ("lib@1.0/sync", "TEXT-EXACT"): "fail",
    ("lib@1.1/sync", "TEXT-EXACT"): "pass",
    ("lib@1.0/sync", "STORE-IDENTITY"): "not-applicable",
    ("lib@1.0/cli", "STORE-IDENTITY"): "not-applicable",
    ("lib@1.1/cli", "STORE-IDENTITY"): "not-applicable",
    ("lib@1.0/sync", "CALL-ARGUMENTS"): "crash",
    ("lib@1.1/sync", "CALL-ARGUMENTS"): "fail",
    ("lib@1.1/cli", "CALL-ARGUMENTS"): "flaky",
    ("lib@2.0/sync", "CALL-ARGUMENTS"): "crash",
    ("other@0.1/only", "TEXT-EXACT"): "flaky",
}
"""What is no pass, on every body."""


def shipped_cell(subject: str, at: Address, clause: str, text: str) -> Cell:
    """Makes one cell; `text` stands wherever a text from outside can."""
    verdict: Verdict = "not-run" if subject == "lib@1.2" else VERDICTS.get((subject, clause), "pass")
    where = (subject, at.fixture, at.turn, at.dialect, clause, verdict)
    match verdict:
        case "fail":
            return Cell(*where, {"seen": text}, None, Evidence(f"part 1 {text}", f"sent {text}", f"seen {text}", 2))
        case "pass":
            return Cell(*where, "right" if subject != "lib@1.1/cli" else f"other {text}")
        case "inexpressible":
            return Cell(*where, {"instead": text}, f"no path: {text}")
        case _:
            return Cell(*where, reason=f"{verdict} since {text}")


def shipped(
    text: str = "Quillfeather", *, corpus: str = "c0ffee00c0ffee00", profile: str = "facade00facade00", extra: str = ""
) -> ResultSet:
    """Makes results as shipped.

    Args:
        text: stands in every text of the catalogue and of the cells.
        corpus: digest of the corpus; another one than that of the results as designed, if wanted.
        profile: digest of the profile, the same.
        extra: name of one more library, clause and way, where it is not empty.
    """
    subjects = {}
    shared: dict[str, Any] = {}
    design_of = {**DESIGN_OF, **({f"{extra}@1.0/{extra}": extra} if extra else {})}
    for subject, design in design_of.items():
        places = [*sample.BODIES[:2], *([GONE] if subject.startswith("lib@1.0") else [])]
        clauses = [*sample.CLAUSES, *([extra] if extra else [])]
        subjects[subject], values = pack(
            [shipped_cell(subject, at, clause, text) for at in places for clause in clauses],
            subject=subject,
            design=design,
            way="as shipped",
            release=subject.partition("/")[0].replace("@", " "),
            corpus=corpus,
            profile=profile,
        )
        shared |= values
    run = {"date": "2026-11-24", "platform": f"BSD {text}", "python": "3.12", "workbench": "0.1.0", "results": "1"}
    return ResultSet(subjects, shared, {}, shipped_catalogue(text), run)


def shipped_catalogue(text: str) -> Any:
    """Makes the catalogue."""
    return {
        "schema": 1,
        "releases": {f"lib@{version}": release(version, text) for version in ("1.0", "1.1", "1.2", "2.0")},
        "fidelity": [fidelity("alpha", "lib@1.0", text)],
    }


def release(version: str, text: str) -> Any:
    """Makes the facts of one release of `lib`."""
    facts = {"async": False, "mode": None, "store": None, "kinds": ["shipped"], "dialects": ["openai-chat"]}
    return {
        "library": "lib",
        "version": version,
        "date": "2026-08-04",
        "python": f">=3.11 {text}",
        "companions": [f"plug=={text}"],
        "design": "alpha",
        "lock": f"{text}0123456789abcdef",
        "note": f"note {text}",
        "packages": {f"package {text}": text},
        "ways": {
            "sync": {**facts, "title": f"call({text})", "design": "alpha"},
            "cli": {**facts, "title": "lib prompt", "mode": f"piped {text}", "store": text, "design": "alpha"},
        },
    }


def fidelity(design: str, of: str, text: str) -> Any:
    """Makes one adapter's fidelity: one difference explained, one not, one body left out."""
    first, second = (str(at) for at in sample.BODIES[:2])
    return {
        "design": design,
        "release": of,
        "variant": "sync",
        "phases": ["live", "final"],
        "bodies": 7,
        "equal": 5,
        "left_out": {f"left out since {text}": 1},
        "differences": [
            {
                "body": first,
                "phase": "live",
                "where": f"live.events[1] {text}",
                "adapter": {text: text},
                "framework": [text],
                "reason": f"as {text} says",
            },
            {
                "body": second,
                "phase": "final",
                "where": "final",
                "adapter": text,
                "framework": None,
                "reason": None,
            },
        ],
        "stale": [f"plain {text}, live"],
    }
