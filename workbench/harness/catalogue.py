"""The catalogue: the texts of everything that a run names, so that pages are made from results alone.

`catalogue.json` holds, by id and in the order of ids:

- `concepts`: meaning, whether dyed;
- `clauses`: area, level, phase, statement, rationale, sources, needed concepts;
- `designs`: title, summary, status, port, phases, carries with examples, deviations, README, consumer example;
- `dialects`: title, framing, source, what a response and a request cannot carry;
- `fixtures`: why, source, dyes, and per turn the request, the transcript and the bodies;
- `miniatures`: what each one breaks.

Rules: only texts and facts, no verdicts; deterministic; everything from a stream is data for the pages to escape.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Mapping

import msgspec

from workbench.clause import Check
from workbench.corpus import Corpus, Fixture, Turn
from workbench.design import Design
from workbench.dialect import Dialect
from workbench.harness.proof import Prover
from workbench.profile import Clause
from workbench.transcript import CONCEPTS, Json

VERSION = 1


def catalogue(
    corpus: Corpus,
    dialects: Mapping[str, Dialect],
    clauses: Mapping[str, Clause],
    checks: Mapping[str, Check],
    designs: Iterable[tuple[Design, Prover]],
    miniatures: Mapping[str, Design],
) -> Json:
    """Gathers all texts of a run."""
    return {
        "schema": VERSION,
        "corpus": corpus.digest,
        "concepts": {one.id: {"meaning": one.meaning, "dyed": one.dyed} for one in CONCEPTS.values()},
        "clauses": {
            identity: {**msgspec.to_builtins(clause), "needs": list(checks[identity].needs)}
            for identity, clause in clauses.items()
        },
        "designs": {design.id: _design(design, prover) for design, prover in designs},
        "dialects": {identity: _dialect(dialect) for identity, dialect in dialects.items()},
        "fixtures": {fixture.slug: _fixture(fixture) for fixture in corpus.fixtures},
        "miniatures": {identity: _summary(design) for identity, design in miniatures.items()},
    }


def _summary(design: Design) -> Json:
    return {"title": design.title, "summary": design.summary, "breaks": inspect.getdoc(type(design)) or ""}


def _design(design: Design, prover: Prover) -> Json:
    examples = prover.examples()
    return {
        "title": design.title,
        "summary": design.summary,
        "status": msgspec.to_builtins(design.status),
        "port": msgspec.to_builtins(design.port),
        "over": design.over,
        "snapshots": design.snapshots,
        "discriminators": list(design.discriminators),
        "phases": {phase: msgspec.to_builtins(note) for phase, note in design.phases.items()},
        "carries": {
            phase: {
                concept: {"path": path, "example": msgspec.to_builtins(examples.get(phase, {}).get(concept))}
                for concept, path in table.items()
            }
            for phase, table in design.carries.items()
        },
        "deviations": [msgspec.to_builtins(one) for one in design.deviations],
        "readme": _text(design, "README.md"),
        "example": _text(design, "example.py"),
    }


def _text(design: Design, name: str) -> str:
    path = design.folder / name
    return path.read_text("utf-8") if path.is_file() else ""


def _dialect(dialect: Dialect) -> Json:
    return {
        "title": dialect.title,
        "framing": dialect.framings[0],
        "path": dialect.path,
        "source": dialect.source,
        "cannot": dict(dialect.cannot),
        "history_cannot": dict(dialect.history_cannot),
    }


def _fixture(fixture: Fixture) -> Json:
    return {
        "why": fixture.why,
        "source": fixture.source,
        "dyes": {concept: list(words) for concept, words in fixture.dyes.items()},
        "turns": [_turn(turn) for turn in fixture.turns],
    }


def _turn(turn: Turn) -> Json:
    return {
        "request": msgspec.to_builtins(turn.request),
        "transcript": msgspec.to_builtins(turn.transcript),
        "bodies": {
            name: {
                "origin": body.origin,
                "bytes": len(body.data),
                "sha256": hashlib.sha256(body.data).hexdigest(),
            }
            for name, body in turn.bodies.items()
        },
        "absent": dict(turn.absent),
    }
