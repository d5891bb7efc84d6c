"""A folder of results: written whole, read with every reference checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from workbench.errors import ResultError
from workbench.files import write_whole
from workbench.jsontext import read_json
from workbench.results.model import VERDICT_OF, VERSION, ResultSet, SubjectResult, parse_body_key
from workbench.transcript import Json


def write(results: ResultSet, folder: Path) -> None:
    """Writes a folder of results, each file beside and then renamed; subjects that are gone are removed.

    `run.json` stays as it is while the results that it speaks of are the same.
    """
    wanted = {f"{subject}.json" for subject in results.subjects}
    subjects = folder / "subjects"
    for subject, result in sorted(results.subjects.items()):
        write_whole(subjects / f"{subject}.json", _lines(msgspec.to_builtins(result), 2))
    write_whole(folder / "shared.json", _lines(dict(sorted(results.shared.items())), 1))
    write_whole(folder / "miniatures.json", _lines(results.miniatures, 2))
    write_whole(folder / "catalogue.json", _lines(results.catalogue, 3))
    if _load(folder / "run.json", {}).get("results") != results.run.get("results"):
        write_whole(folder / "run.json", _lines(results.run, 1))
    for stale in subjects.rglob("*.json"):
        if stale.relative_to(subjects).as_posix() not in wanted:
            stale.unlink()


def _lines(value: Json, depth: int, indent: str = "") -> bytes:
    """Writes JSON with one entry a line down to a depth, so that a difference in version control is readable."""
    return (_layout(value, depth, indent) + "\n").encode("utf-8", "surrogatepass")


def _layout(value: Json, depth: int, indent: str) -> str:
    if depth == 0 or not isinstance(value, dict | list | tuple) or not value:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    inner = indent + " "
    if isinstance(value, dict):
        rows = [
            f"{json.dumps(key, ensure_ascii=False)}: {_layout(one, depth - 1, inner)}" for key, one in value.items()
        ]
        opening, closing = "{", "}"
    else:
        rows = [_layout(one, depth - 1, inner) for one in value]
        opening, closing = "[", "]"
    return opening + "\n" + ",\n".join(inner + row for row in rows) + f"\n{indent}{closing}"


def read(folder: Path) -> ResultSet:
    """Reads a folder of results.

    Raises:
        ResultError: there are none, or a file is broken, of another version, or refers to what is not there.
    """
    if not (folder / "subjects").is_dir():
        raise ResultError(f"{folder}: no results there; `workbench run` makes them")
    shared = _load(folder / "shared.json")
    subjects: dict[str, SubjectResult] = {}
    for path in sorted((folder / "subjects").rglob("*.json")):
        result = _read_subject(path, shared)
        if result.subject in subjects:
            raise ResultError(f"{path}: repeats the subject {result.subject}")
        subjects[result.subject] = result
    return ResultSet(
        dict(sorted(subjects.items())),
        shared,
        _load(folder / "miniatures.json", {}),
        _load(folder / "catalogue.json", {}),
        _load(folder / "run.json", {}),
    )


def _load(path: Path, default: Any = None) -> Any:
    if not path.exists():
        if default is not None:
            return default
        raise ResultError(f"{path}: missing; `workbench run` makes it")
    try:
        return read_json(path.read_bytes())
    except ValueError as error:
        raise ResultError(f"{path}: not JSON ({error}); `workbench run` makes it anew") from error


def _read_subject(path: Path, shared: Mapping[str, Json]) -> SubjectResult:
    raw = _load(path)
    version = raw.get("schema") if isinstance(raw, dict) else None
    if version != VERSION:
        raise ResultError(f"{path}: schema version {version!r}, this program reads {VERSION}; run again to renew it")
    try:
        result = msgspec.convert(raw, SubjectResult)
    except msgspec.ValidationError as error:
        raise ResultError(f"{path}: {error}; run again to renew it") from error
    for key, body in result.bodies.items():
        parse_body_key(key)
        if len(body.verdicts) != len(result.clauses) or not set(body.verdicts) <= set(VERDICT_OF):
            raise ResultError(f"{path}: {key}: {len(body.verdicts)} verdicts for {len(result.clauses)} clauses")
        outside = any(not -1 <= index < len(result.reasons) for index in body.reasons)
        outside = outside or any(not -1 <= index < len(result.values) for index in body.shown)
        if outside or {len(body.shown), len(body.reasons)} != {len(result.clauses)}:
            raise ResultError(f"{path}: {key}: refers to a reason or value that the file does not hold")
        _check_shared(path, key, body.evidence.values(), shared)
    _check_shared(path, "values", result.values, shared)
    return result


def _check_shared(path: Path, where: str, hashes: Iterable[str], shared: Mapping[str, Json]) -> None:
    lost = next((one for one in hashes if one not in shared), None)
    if lost is not None:
        raise ResultError(
            f"{path}: {where}: refers to {lost}, which shared.json does not hold; run again to renew both"
        )
