"""Reads what a driver answered: its record as native JSON, and the trace that is judged.

Rules:
1. The design's own reader reads events, message and stored form, as it does for its adapter.
2. The next request is the one that the library really sent: the dialect reads it, since it is in the provider's
   vocabulary and not in the design's.
3. Frames that are mere upper bounds are flattened: all come after the last frame, so that equal runs give equal traces.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET, UnsetType, structs

from workbench.design import Design
from workbench.dialect import Dialect
from workbench.errors import FixtureError, SubjectError
from workbench.harness.observe import trace_of
from workbench.native import Native
from workbench.trace import Address, Trace
from workbench.transcript import Json, Part, PartSnapshot, Phase, Request, ToolResultPart, see
from workbench.upstream.runner import Result


def native_of(result: Result, last_frame: int) -> Native:
    """Gives a result as native JSON."""
    return result.record.native(last_frame, request=sent_next(result), flat=not result.exact)


def sent_next(result: Result) -> Json | UnsetType:
    """Gives the next request as the library sent it; UNSET where it sent none that was expected."""
    return next((one.json for one in result.received if one.answer == 1), UNSET)


def tried(result: Result) -> set[Phase]:
    """Says which phases a result shows: what was answered, or was prevented by an exception."""
    record = result.record
    shown: set[Phase] = {"live"}
    if record.legacy:
        shown.add("legacy")
    if record.message is not UNSET or "message" in record.raised:
        shown.add("final")
    if record.restored is not UNSET or {"stored", "restored"} & set(record.raised):
        shown.add("stored")
    if sent_next(result) is not UNSET or record.request is not UNSET or "request" in record.raised:
        shown.add("resumed")
    return shown


def shipped_trace(design: Design, dialect: Dialect, native: Native, address: Address, subject: str) -> Trace:
    """Reads every phase of a release.

    Raises:
        SubjectError: a reader raised, or the next request is none of the dialect.
    """
    trace = trace_of(design, structs.replace(native, request=UNSET), address, subject=subject)
    seen = dict(trace.seen)
    if "resumed" in seen and native.request is not UNSET:
        try:
            request = dialect.read_request(native.request)
        except FixtureError as error:
            raise SubjectError(subject, str(address), f"sent a next request that is no request: {error}") from error
        parts = enumerate(conversation(request))
        seen["resumed"] = see(PartSnapshot(native.last_frame, index, part) for index, part in parts)
    return structs.replace(trace, native=native, seen=seen)


def conversation(request: Request) -> Iterator[Part]:
    """Yields the assistant's parts and the tool results of a request, in order."""
    for message in request.messages:
        for part in message.parts:
            if message.role == "assistant" or isinstance(part, ToolResultPart):
                yield part
