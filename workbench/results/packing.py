"""Packs cells into a subject's result: a letter and a number per cell, reasons and evidence only where needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from workbench.errors import ResultError
from workbench.jsontext import digest
from workbench.results.model import LETTERS, VERSION, BodyResult, SubjectResult
from workbench.trace import Address
from workbench.transcript import Json
from workbench.verdict import Cell

LONGEST_VALUE = 400
"""Characters of a shown string that are stored; a longer one is stored as its head, its length and its hash."""


def pack(
    cells: Iterable[Cell],
    *,
    subject: str,
    design: str,
    way: str,
    release: str | None,
    corpus: str,
    profile: str,
) -> tuple[SubjectResult, dict[str, Json]]:
    """Packs the cells of one subject.

    Args:
        cells: body by body, each body with all clauses.
        subject: its address.
        design: id of the design whose reader was used.
        way: `as designed` or `as shipped`.
        release: what was ported, or what was run.
        corpus: digest of the fixtures.
        profile: digest of the clauses.

    Returns:
        The packed result, and the shared values that it refers to.

    Raises:
        ResultError: a cell is there twice.
    """
    shared: dict[str, Json] = {}
    rows: dict[str, dict[str, Cell]] = {}
    for cell in cells:
        row = rows.setdefault(str(Address(cell.fixture, cell.turn, cell.dialect)), {})
        if cell.clause in row:
            raise ResultError(f"{subject}: clause {cell.clause} is judged twice on {cell.fixture}")
        row[cell.clause] = cell
    clauses = tuple(sorted({clause for row in rows.values() for clause in row}))
    reasons = sorted({cell.reason for row in rows.values() for cell in row.values() if cell.reason is not None})
    number = {reason: index for index, reason in enumerate(reasons)}
    values: dict[str, int] = {}
    bodies = {key: _pack_body(rows[key], clauses, number, values, shared) for key in sorted(rows)}
    packed = SubjectResult(
        VERSION, subject, design, way, release, corpus, profile, clauses, tuple(reasons), tuple(values), bodies
    )
    return packed, shared


def _pack_body(
    row: Mapping[str, Cell],
    clauses: tuple[str, ...],
    number: Mapping[str, int],
    values: dict[str, int],
    shared: dict[str, Json],
) -> BodyResult:
    shown: list[int] = []
    evidence: dict[str, str] = {}
    for clause in clauses:
        cell = row[clause]
        judged = cell.verdict in ("pass", "fail", "inexpressible")
        shown.append(values.setdefault(_share(shorten(cell.shown), shared), len(values)) if judged else -1)
        if cell.evidence is not None:
            evidence[clause] = _share(msgspec.to_builtins(cell.evidence), shared)
    reasons = tuple(-1 if (reason := row[clause].reason) is None else number[reason] for clause in clauses)
    letters = "".join(LETTERS[row[clause].verdict] for clause in clauses)
    return BodyResult(letters, tuple(shown), reasons, evidence)


def _share(value: Json, shared: dict[str, Json]) -> str:
    key = digest(value)
    shared[key] = value
    return key


def shorten(value: Json) -> Json:
    """Cuts long strings anywhere in a value, keeping their length and hash, so that equality survives."""
    if isinstance(value, str):
        if len(value) <= LONGEST_VALUE:
            return value
        return {"head": value[:LONGEST_VALUE], "characters": len(value), "digest": digest(value)}
    if isinstance(value, dict):
        return {key: shorten(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shorten(item) for item in value]
    return value
