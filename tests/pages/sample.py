"""A small set of results, made with the real classes, in which every text can be chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench.results import ResultSet, pack
from workbench.trace import Address
from workbench.verdict import Cell, Evidence, Verdict

DESIGNS = ("alpha", "beta", "gamma")
CLAUSES = ("TEXT-EXACT", "REASONING-SEEN", "STORE-IDENTITY", "CALL-ARGUMENTS")
BODIES = (
    Address("plain", 0, "openai-chat"),
    Address("plain", 0, "anthropic-messages"),
    Address("turns", 1, "openai-chat"),
)
PHASE_OF = {"TEXT-EXACT": "live", "REASONING-SEEN": "live", "STORE-IDENTITY": "stored", "CALL-ARGUMENTS": "final"}

VERDICTS: dict[tuple[str, str], Verdict] = {
    ("alpha", "REASONING-SEEN"): "pass",
    ("beta", "REASONING-SEEN"): "fail",
    ("gamma", "REASONING-SEEN"): "inexpressible",
    ("gamma", "STORE-IDENTITY"): "not-applicable",
    ("gamma", "CALL-ARGUMENTS"): "crash",
}
"""What is no pass."""


def cell(design: str, at: Address, clause: str, text: str) -> Cell:
    """Makes one cell; `text` stands wherever a text from outside can."""
    verdict = VERDICTS.get((design, clause), "pass")
    where = (design, at.fixture, at.turn, at.dialect, clause, verdict)
    match verdict:
        case "fail":
            return Cell(*where, {"shown": text}, None, Evidence(f"part 0 {text}", text, None, 1))
        case "pass":
            return Cell(*where, "right" if design == "alpha" or clause != "TEXT-EXACT" else text)
        case "inexpressible":
            return Cell(*where, None, f"no path: {text}")
        case _:
            return Cell(*where, reason="no stored phase" if verdict == "not-applicable" else f"raised: {text}")


def results(
    text: str = "Quillfeather", *, extra: str = "", fixture: str = "plain", readme: str | None = None
) -> ResultSet:
    """Makes results.

    Args:
        text: stands in every text of the catalogue and of the cells.
        extra: id of one more design, clause, dialect and miniature each, where it is not empty.
        fixture: slug that takes the place of `plain`.
        readme: of every design, instead of one that holds the text.
    """
    designs = [*DESIGNS, *([extra] if extra else [])]
    clauses = [*CLAUSES, *([extra] if extra else [])]
    subjects = {}
    shared: dict[str, Any] = {}
    places = [Address(fixture, at.turn, at.dialect) if at.fixture == "plain" else at for at in BODIES]
    for design in designs:
        cells = [cell(design, at, clause, text) for at in places for clause in clauses]
        subjects[design], values = pack(
            cells,
            subject=design,
            design=design,
            way="as designed",
            release=f"lib {text}",
            corpus="c0ffee00c0ffee00",
            profile="facade00facade00",
        )
        shared |= values
    miniatures = {"checks": clauses, "rejections": {"loses": {"TEXT-EXACT": str(places[0])}, "reference": {}}}
    if extra:
        miniatures["rejections"][extra] = {"TEXT-EXACT": str(places[0])}  # type: ignore[index]
    return ResultSet(
        subjects,
        shared,
        miniatures,
        catalogue(text, designs, clauses, fixture, extra, readme),
        {"date": "2026-11-23", "platform": f"Linux {text}", "python": "3.11", "workbench": "0.1.0", "results": "0"},
    )


def catalogue(text: str, designs: list[str], clauses: list[str], fixture: str, extra: str, readme: str | None) -> Any:
    """Makes the catalogue."""
    dialects = ["openai-chat", "anthropic-messages", *([extra] if extra else [])]
    return {
        "schema": 1,
        "corpus": "c0ffee00c0ffee00",
        "concepts": {"text": {"meaning": f"answer {text}", "dyed": True}, "reasoning": {"meaning": "r", "dyed": True}},
        "clauses": {one: clause(one, text) for one in clauses},
        "designs": {one: design(one, text, readme) for one in designs},
        "dialects": {
            one: {
                "title": f"Dialect {text}",
                "framing": "sse",
                "path": f"/v1/{text}",
                "source": text,
                "cannot": {"reasoning": text},
                "history_cannot": {},
            }
            for one in dialects
        },
        "fixtures": {
            fixture: {"why": f"because {text}", "source": text, "dyes": {"text": [text]}, "turns": [turn(text)]},
            "turns": {
                "why": "two turns",
                "source": "https://example.org/",
                "dyes": {},
                "turns": [turn(text), turn(text)],
            },
        },
        "miniatures": {
            name: {"title": name, "summary": f"breaks {text}", "breaks": text} for name in ("loses", "reference")
        },
    }


def clause(identity: str, text: str) -> Any:
    """Makes one clause's texts."""
    return {
        "id": identity,
        "area": f"area {text[:20]}",
        "level": "must",
        "phase": PHASE_OF.get(identity, "live"),
        "statement": f"It must hold {text}",
        "rationale": f"since {text}",
        "sources": [{"title": f"source {text}", "url": text}, {"title": "good", "url": "https://example.org/a?b=c#d"}],
        "needs": ["reasoning"],
    }


def design(identity: str, text: str, readme: str | None = None) -> Any:
    """Makes one design's texts; `gamma` has no stored phase."""
    written = f"# Readme {text}\n\n{text}\n\n- item {text}\n\n[good](https://example.org/) [bad]({text})\n"
    phases = ("live", "final") if identity == "gamma" else ("live", "final", "stored")
    port = {"library": f"lib{text[:40]}", "release": "1.0", "proof": f"tests/{text}" if identity == "alpha" else None}
    return {
        "title": f"Design {text}",
        "summary": f"sum {text}",
        "status": {"state": "ships in", "where": f"lib {text}", "source": text},
        "port": None if identity == "beta" else port,
        "over": None,
        "snapshots": identity == "gamma",
        "discriminators": ["type"],
        "phases": {phase: {"api": f"call({text})", "source": text} for phase in phases},
        "carries": {
            "live": {
                "text": {"path": "[type=text].chunk", "example": {"address": {}, "found": text, "value": text}},
                "reasoning": {"path": f"[type=reasoning].{text}", "example": None},
            }
        },
        "deviations": [{"fixture": "plain", "phase": "live", "reason": text, "link": text}],
        "readme": written if readme is None else readme,
        "example": f"print('x')\n{text}\n",
    }


def turn(text: str) -> Any:
    """Makes one turn of a fixture."""
    message = {"role": f"user {text}", "parts": [{"type": "text", "text": text}]}
    tool = {"name": text, "description": text, "parameters": {text: text}, "result": text}
    parts = [
        {"type": "reasoning", "text": text, "signature": text},
        {"type": "text", "text": text},
        {"type": "tool-call", "id": text, "name": text, "arguments": text},
    ]
    outcome = {"completion": "complete", "finish": "stop", "response_id": text, "model": text}
    body = {"origin": "rendered", "bytes": 1234, "sha256": "0" * 64}
    return {
        "request": {"messages": [message], "tools": [tool], "response_schema": {"title": text}, "model": text},
        "transcript": {"parts": parts, "outcome": outcome},
        "bodies": {"openai-chat": body, "anthropic-messages": body},
        "absent": {f"gone {text}": f"reason {text}"},
    }


def lanes(text: str, designs: tuple[str, ...] = DESIGNS, frames: int = 4) -> Any:
    """Makes one body's lanes."""
    return {
        "fixture": "plain",
        "turn": 0,
        "dialect": "openai-chat",
        "wire": {
            "frames": [
                {"start": i * 10, "end": i * 10 + 9, "event": text[:200] or None, "data": f"{i} {text}"}
                for i in range(frames)
            ],
            "steps": [
                [0, [{"type": "part-start", "frame": 0, "part": 0, "kind": "text", "name": text}]],
                *[[i, [{"type": "text-delta", "frame": i, "part": 0, "text": f"{i}{text}"}]] for i in range(1, frames)],
            ],
            "diagnostics": [{"code": "odd", "start": 0, "end": 1, "detail": text, "frame": 0}],
        },
        "projected": {"parts": [{"type": "text", "text": text}], "outcome": {"completion": "complete"}},
        "subjects": {
            one: {
                "design": one,
                "events": [[i, {"type": text or "text", "chunk": text, text: [text]}] for i in range(frames)],
                "raised": {"type": text, "frame": 1, "message": text} if one == "beta" else None,
                "message": {"parts": [text], text: text},
            }
            for one in designs
        },
    }


def write_lanes(folder: Path, text: str, *, frames: int = 4) -> Path:
    """Writes lanes for the first body, and none for the others; returns the folder."""
    place = folder / "plain" / "1.openai-chat.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(lanes(text, frames=frames)), "utf-8")
    return folder
