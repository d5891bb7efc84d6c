"""Traces on file: JSON lines, one trace after another, and back.

Format, one object a line; `specs/schemas/trace.schema.json` holds it:

- `{"trace": 1, "subject", "design", "fixture", "turn", "dialect", "frames", "snapshots"}` opens a trace.
- `{"event": native, "frame": n}`; in a trace of snapshots `{"change": difference, "frame": n}` (`workbench.snapshots`).
- `{"legacy": native, "frame": n}`, `{"raised": {…}}`, `{"message" | "stored" | "restored" | "request": native}`.
- `{"end": n}` closes it; n counts its lines, so a trace that was broken off is told from a whole one.

What was seen is not stored: it is read again from the native JSON by the design's reader, which is a pure function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import UNSET

from workbench.errors import ResultError
from workbench.jsontext import read_json, write_json
from workbench.native import FramedEvent, Native
from workbench.snapshots import apply, diff
from workbench.trace import Address, Trace
from workbench.transcript import Json, Raised

VERSION = 1
_LATER = ("message", "stored", "restored", "request")


def write_trace(trace: Trace, *, snapshots: bool = False) -> bytes:
    """Writes one trace as JSON lines.

    Args:
        trace: what to write.
        snapshots: store each event as its difference from the one before.
    """
    native = trace.native
    lines: list[Json] = [
        {
            "trace": VERSION,
            "subject": trace.subject,
            "design": trace.design,
            "fixture": trace.address.fixture,
            "turn": trace.address.turn,
            "dialect": trace.address.dialect,
            "frames": trace.frames,
            "snapshots": snapshots,
        }
    ]
    before: Json = None
    for frame, event in native.events:
        if snapshots:
            lines.append({"change": diff(before, event), "frame": frame})
            before = event
        else:
            lines.append({"event": event, "frame": frame})
    lines.extend({"legacy": event, "frame": frame} for frame, event in native.legacy)
    if native.raised is not None:
        lines.append({"raised": msgspec.to_builtins(native.raised)})
    for key in _LATER:
        value = getattr(native, key)
        if value is not UNSET:
            lines.append({key: value})
    lines.append({"end": len(lines)})
    return b"".join(write_json(line) + b"\n" for line in lines)


def read_traces(lines: Iterable[bytes]) -> Iterator[tuple[dict[str, Json], Native]]:
    """Reads traces back.

    Args:
        lines: of one file, in order.

    Yields:
        Per trace its opening object and its native record.

    Raises:
        ResultError: a line is not of this format, or a trace was broken off; the line is named.
    """
    head: dict[str, Json] | None = None
    parts: dict[str, Any] = {}
    seen = 0
    number = 0
    for number, line in enumerate(lines, start=1):
        row = _row(line, number)
        if "trace" in row:
            if head is not None:
                raise ResultError(f"line {number}: a trace begins before the last one ended; run it again")
            if row["trace"] != VERSION:
                raise ResultError(f"line {number}: trace format {row['trace']!r}, this program reads {VERSION}")
            head, parts, seen = row, {"events": [], "legacy": []}, 1
            continue
        if head is None:
            raise ResultError(f"line {number}: stands outside a trace")
        if "end" in row:
            if row["end"] != seen:
                raise ResultError(f"line {number}: the trace has {seen} lines and says {row['end']}; run it again")
            yield head, _native(head, parts)
            head = None
            continue
        seen += 1
        _take(row, parts, number)
    if head is not None:
        raise ResultError(f"line {number}: the last trace was broken off; run it again")


def _row(line: bytes, number: int) -> dict[str, Json]:
    try:
        row = read_json(line)
    except ValueError as error:
        raise ResultError(f"line {number}: not JSON ({error}); run it again") from error
    if not isinstance(row, dict):
        raise ResultError(f"line {number}: not an object; run it again")
    return row


def _take(row: dict[str, Json], parts: dict[str, Any], number: int) -> None:
    if "change" in row:
        before = parts["events"][-1][1] if parts["events"] else None
        parts["events"].append((row["frame"], apply(before, row["change"])))
    elif "event" in row:
        parts["events"].append((row["frame"], row["event"]))
    elif "legacy" in row:
        parts["legacy"].append((row["frame"], row["legacy"]))
    elif "raised" in row:
        parts["raised"] = msgspec.convert(row["raised"], Raised)
    elif len(row) == 1 and (key := next(iter(row))) in _LATER:
        parts[key] = row[key]
    else:
        raise ResultError(f"line {number}: unknown keys {sorted(row)}")


def _native(head: dict[str, Json], parts: dict[str, Any]) -> Native:
    events: tuple[FramedEvent, ...] = tuple(parts.pop("events"))
    legacy: tuple[FramedEvent, ...] = tuple(parts.pop("legacy"))
    return Native(events=events, legacy=legacy, last_frame=head["frames"] - 1, **parts)


def address_of(head: dict[str, Json]) -> Address:
    """Reads the address off a trace's opening object."""
    return Address(head["fixture"], head["turn"], head["dialect"])
