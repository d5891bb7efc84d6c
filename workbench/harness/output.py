"""Writes what a run made: committed results below one folder, traces and lanes below another.

- results: see `workbench.results`;
- `traces/<subject>.jsonl`: see `workbench.trace_file`;
- `lanes/<fixture>/<turn>.<dialect>.json`: the wire on top, each design's own events below it.

Rules: every file is written beside and then renamed; a file that is already there with the same bytes is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import UNSET

from workbench.dialect import Decoded
from workbench.files import write_whole
from workbench.harness.run import Ran, ReadBody
from workbench.jsontext import write_json
from workbench.trace import Address, Trace
from workbench.trace_file import write_trace
from workbench.transcript import Json, Transcript


def wire_lane(decoded: Decoded) -> Json:
    """The top lane: each frame with its bytes' range and what it means.

    Returns:
        `{"frames": [{"start", "end", "event", "data"}], "steps": [[frame, [delta, …]]], "diagnostics": […]}`.
    """
    return {
        "frames": [
            {"start": frame.start, "end": frame.end, "event": frame.event, "data": frame.data}
            for frame in decoded.frames
        ],
        "steps": [[frame, [msgspec.to_builtins(delta) for delta in step]] for frame, step in decoded.steps],
        "diagnostics": [msgspec.to_builtins(remark) for remark in decoded.diagnostics],
    }


def design_lane(trace: Trace) -> Json:
    """One lane below: a design's own events and message as JSON.

    Returns:
        `{"events": [[frame, native]], "raised": …, "message": native or null, "design": id}`.
    """
    native = trace.native
    return {
        "design": trace.design,
        "events": [[frame, event] for frame, event in native.events],
        "raised": msgspec.to_builtins(native.raised),
        "message": None if native.message is UNSET else native.message,
    }


def lane(address: Address, decoded: Decoded, projected: Transcript, traces: Iterable[Trace]) -> Json:
    """All lanes of one body."""
    return {
        "fixture": address.fixture,
        "turn": address.turn,
        "dialect": address.dialect,
        "wire": wire_lane(decoded),
        "projected": msgspec.to_builtins(projected),
        "subjects": {trace.subject: design_lane(trace) for trace in traces},
    }


def lane_path(address: Address) -> str:
    """Where the lanes of a body lie below the folder `lanes`."""
    return f"{address.fixture}/{address.turn + 1}.{address.dialect}.json"


def write_lanes(folder: Path, bodies: Iterable[ReadBody], gathered: Mapping[str, Ran]) -> None:
    """Writes the lanes of all bodies."""
    by_body: dict[Address, list[Trace]] = defaultdict(list)
    for ran in gathered.values():
        for trace in ran.traces:
            by_body[trace.address].append(trace)
    for body in bodies:
        made = lane(body.address, body.decoded, body.truth.projected, by_body[body.address])
        write_whole(folder / lane_path(body.address), write_json(made))


def write_traces(folder: Path, gathered: Mapping[str, Ran]) -> None:
    """Writes one trace file per subject."""
    for identity, ran in gathered.items():
        lines = [write_trace(trace, snapshots=ran.design.snapshots) for trace in ran.traces]
        write_whole(folder / f"{identity}.jsonl", b"".join(lines))
