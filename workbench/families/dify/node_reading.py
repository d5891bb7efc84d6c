"""Native JSON of graphon's LLM node to sightings, in both of its reasoning formats.

Rules:
1. An event's channel says what it holds: the selector's second word is `text` or `reasoning_content`. Tags that are
   left in a text are text.
2. The first piece of the other kind ends the part at hand, which is implied. `is_final` is said once for each channel,
   when all is over: it states the end of a part that is still open, and of no other.
3. The last event is the end, and it says so: the node succeeded or failed. A body that was cut makes it succeed, so
   nothing of that is sighted.
4. Usage that counts zeros was reported by nobody and is not sighted. The model that is named is the one that was asked
   for.
5. A result's outputs are fields, and sighted in their order; which came first, nobody said.

Source: graphon 0.8.0, graphon/engine_events/node.py and graphon/nodes/llm/node.py (`_build_run_outputs`).
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.design import Native
from workbench.families.dify.reading import FINISH_REASONS, Parts
from workbench.transcript import (
    Failure,
    Finished,
    Json,
    Kind,
    Phase,
    ResponseEnded,
    Sighting,
    StreamFailed,
    TextDelta,
    Usage,
    UsageReported,
)

CHANNELS: dict[str, Kind] = {"text": "text", "reasoning_content": "reasoning"}


def is_node(native: Native) -> bool:
    """Says whether a record, cut down to one phase, is one of a node rather than one of chunks and results."""
    first = next((seen for _, seen in (*native.events[:1], *native.legacy[:1])), native.message or native.restored)
    return isinstance(first, dict) and not {"node_run_result", "outputs", "chunk", "error"}.isdisjoint(first)


def read_node(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase of a record; nothing in the resumed phase, which the node does not have.

    Args:
        phase: which one.
        native: a record with that phase's fields.
    """
    match phase:
        case "live":
            yield from _events(native)
        case "final":
            yield from _result(native.message, native.last_frame)
        case "stored":
            yield from _result(native.restored, native.last_frame)
        case "legacy":
            yield from _legacy(native)
        case "resumed":
            pass


def _events(native: Native) -> Iterator[Sighting]:
    parts = Parts()
    for frame, event in native.events:
        if "selector" in event:
            kind = CHANNELS[event["selector"][1]]
            if event["chunk"]:
                yield from parts.grow(frame, kind, event["chunk"])
            if event["is_final"]:
                yield from parts.last(frame, kind)
            continue
        result = event["node_run_result"]
        if result["status"] == "succeeded":
            yield from parts.end(frame)
            yield from _told(result["outputs"], frame)
            yield ResponseEnded(frame)
        elif result["status"] == "failed":
            yield StreamFailed(frame, Failure(event["error"]))


def _legacy(native: Native) -> Iterator[Sighting]:
    for frame, seen in native.legacy:
        if "error" in seen:
            yield StreamFailed(frame, Failure(seen["error"]))
        else:
            yield TextDelta(frame, 0, seen["chunk"])


def _result(result: Json, frame: int) -> Iterator[Sighting]:
    parts = Parts()
    for name, value in result["outputs"].items():
        if name in CHANNELS and value:
            yield from parts.grow(frame, CHANNELS[name], value)
    yield from parts.end(frame)
    yield from _told(result["outputs"], frame)
    if result["status"] == "failed":
        yield StreamFailed(frame, Failure(result["error"]))


def _told(outputs: Json, frame: int) -> Iterator[Sighting]:
    """Yields usage and the reason for ending, as far as there was anything to tell."""
    usage = outputs.get("usage")
    if usage and (usage["prompt_tokens"] or usage["completion_tokens"]):
        yield UsageReported(frame, Usage(input=usage["prompt_tokens"], output=usage["completion_tokens"]))
    raw = outputs.get("finish_reason")
    if raw is not None:
        yield Finished(frame, FINISH_REASONS.get(raw.lower(), "other"), raw)
