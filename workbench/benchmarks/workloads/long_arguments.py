"""`long-arguments`: one tool call with up to 80 KB of streamed arguments, asked for by a response schema.

It is there for designs that hand out a snapshot with each piece: whoever reads or copies the whole again each time
takes a time that grows with the square of the length.
"""

from __future__ import annotations

import json

from workbench.benchmarks.model import Known, KnownPart, Made, Workload
from workbench.benchmarks.pieces import CHARACTERS, cut, prose
from workbench.transcript import (
    ArgumentsDelta,
    Delta,
    Finished,
    Json,
    Message,
    Outcome,
    PartEnd,
    PartStart,
    Request,
    ResponseEnded,
    ResponseInfo,
    TextPart,
    ToolCallPart,
    Transcript,
    Usage,
    UsageReported,
)

_CALL, _NAME, _RESPONSE, _MODEL = "call-long", "Report", "resp-bench-0002", "model-bench"

SCHEMA = {
    "title": _NAME,
    "type": "object",
    "required": ["title", "entries", "summary"],
    "properties": {
        "title": {"type": "string"},
        "entries": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "count", "sure", "note"],
                "properties": {
                    "name": {"type": "string"},
                    "count": {"type": "integer"},
                    "sure": {"type": "boolean"},
                    "note": {"type": "string"},
                },
            },
        },
        "summary": {"type": "string"},
    },
}


def make(n: int) -> Made:
    """Makes a call whose argument text has about `n` pieces, never more."""
    entries: list[Json] = []
    value: Json = {"title": "All that is known", "entries": entries, "summary": "That is all."}
    left = n * CHARACTERS - len(json.dumps(value))
    while left > 0:
        number = len(entries)
        entry = {"name": prose(3, number), "count": number, "sure": number % 3 == 0, "note": prose(25, number * 31)}
        left -= len(json.dumps(entry, ensure_ascii=False)) + 2
        if left > 0:
            entries.append(entry)
    text = json.dumps(value, ensure_ascii=False)
    usage = Usage(input=321, output=n)
    deltas: list[Delta] = [
        ResponseInfo(0, _RESPONSE, _MODEL),
        PartStart(0, 0, "tool-call", id=_CALL, name=_NAME),
        *(ArgumentsDelta(0, 0, piece) for piece in cut(text)),
        PartEnd(0, 0),
        Finished(0, "tool-calls"),
        UsageReported(0, usage),
        ResponseEnded(0),
    ]
    outcome = Outcome(finish="tool-calls", usage=usage, response_id=_RESPONSE, model=_MODEL)
    return Made(
        Known((KnownPart("tool-call", text, value),), Transcript((ToolCallPart(_CALL, _NAME, text),), outcome)),
        tuple(deltas),
        Request((Message("user", (TextPart("Write the report."),)),), response_schema=SCHEMA),
    )


WORKLOAD = Workload(
    id="long-arguments",
    title="Long arguments",
    explain=(
        "One tool call whose argument text, an object with a long list, comes in pieces of four characters; the "
        "largest has 80,000 characters. The request has a response schema, so designs that fill in an object take part."
    ),
    make=make,
    sizes=(200, 1_000, 5_000, 20_000),
    short_sizes=(1_000, 5_000, 20_000),
)
