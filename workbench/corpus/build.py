"""From a scenario that the schema has accepted to requests, transcripts and deltas.

Rules:
1. Nothing here judges: what a schema cannot say is checked in `workbench.corpus.checks`, before this runs.
2. A part starts with its first piece. A part without pieces starts where the next one does, or at the end.
3. A part ends with its last piece, after its signature and opaque payload. Where the stream breaks off, the part that
   was being sent stays open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from workbench.corpus.model import results_of
from workbench.transcript import (
    FRAGMENT_OF,
    Delta,
    Failure,
    Finished,
    FollowUp,
    Json,
    Kind,
    Message,
    OpaqueDelta,
    Outcome,
    Part,
    PartEnd,
    PartStart,
    ReasoningPart,
    RefusalPart,
    Request,
    ResponseEnded,
    ResponseInfo,
    SignatureDelta,
    StreamFailed,
    StreamTruncated,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
    Transcript,
    Usage,
    UsageReported,
    kind_of,
)

NO_FRAME = -1
"""Deltas that were never on a wire have no frame."""

STRUCTURED_RESULT = "Received."
"""What a caller answers to a call that only fills in the response schema."""

_PIECES: dict[Kind, str] = {
    "text": "text",
    "reasoning": "reasoning",
    "tool-call": "arguments",
    "tool-result": "result",
    "refusal": "refusal",
}


def kind_in(part: Mapping[str, Json]) -> Kind:
    """Tells the kind of a part as it is written; a result also has the key `call`, so it is asked for first."""
    if "result" in part:
        return "tool-result"
    if "call" in part:
        return "tool-call"
    return next(kind for kind in ("text", "reasoning", "refusal") if kind in part)


def pieces_of(written: str | Sequence[str] | None) -> tuple[str, ...]:
    """Reads a text with its cuts."""
    if written is None:
        return ()
    return (written,) if isinstance(written, str) else tuple(written)


def pieces_in(part: Mapping[str, Json]) -> tuple[str, ...]:
    """Reads the pieces of a part as it is written."""
    return pieces_of(part.get(_PIECES[kind_in(part)]))


def order_of(response: Mapping[str, Json]) -> list[int]:
    """Returns the part of each successive piece."""
    written: list[int] | None = response.get("order")
    if written is not None:
        return written
    return [index for index, part in enumerate(response["parts"]) for _ in pieces_in(part)]


def part_of(written: Mapping[str, Json]) -> Part:
    """Makes one part of the truth."""
    text = "".join(pieces_in(written))
    message: int = written.get("message", 0)
    match kind_in(written):
        case "text":
            return TextPart(text, message)
        case "reasoning":
            return ReasoningPart(
                text,
                written.get("form", "raw"),
                "".join(pieces_of(written["signature"])) if "signature" in written else None,
                written.get("redacted", False),
                written.get("data"),
                written.get("id"),
                message,
            )
        case "tool-call":
            return ToolCallPart(written.get("id"), written["call"], text, written.get("server", False), message)
        case "tool-result":
            return ToolResultPart(written["call"], written["name"], text, True, written.get("error", False), message)
        case "refusal":
            return RefusalPart(text, message)


def transcript_of_response(response: Mapping[str, Json]) -> Transcript:
    """Makes the written truth of one response."""
    ends = response["ends"]
    failed = ends["failed"] if isinstance(ends, dict) else None
    usage = response.get("usage")
    return Transcript(
        tuple(part_of(part) for part in response["parts"]),
        Outcome(
            completion="failed" if failed is not None else ends,
            finish=response.get("finish"),
            usage=None if usage is None else Usage(**usage),
            response_id=response.get("id"),
            model=response.get("model"),
            failure=None if failed is None else Failure(failed["message"], failed.get("type")),
        ),
    )


def deltas_of_response(response: Mapping[str, Json], truth: Transcript) -> tuple[Delta, ...]:
    """Cuts the written truth into deltas, in the order in which they are sent."""
    written = response["parts"]
    order = order_of(response)
    waiting = [list(reversed(pieces_in(part))) for part in written]
    broken = truth.outcome.completion != "complete" and truth.outcome.finish is None
    open_at_end = order[-1] if broken and order else None
    outcome = truth.outcome

    deltas: list[Delta] = []
    if outcome.response_id is not None or outcome.model is not None:
        deltas.append(ResponseInfo(NO_FRAME, outcome.response_id, outcome.model))
    started = 0
    for index in order:
        while started <= index:
            deltas.append(_start(started, truth.parts[started]))
            if not waiting[started]:
                deltas += _end(started, written[started])
            started += 1
        deltas.append(FRAGMENT_OF[kind_of(truth.parts[index])](NO_FRAME, index, waiting[index].pop()))
        if not waiting[index] and index != open_at_end:
            deltas += _end(index, written[index])
    for index in range(started, len(written)):
        deltas.append(_start(index, truth.parts[index]))
        deltas += _end(index, written[index])
    deltas += _outcome(outcome)
    return tuple(deltas)


def _start(index: int, part: Part) -> PartStart:
    kind = kind_of(part)
    match part:
        case ReasoningPart():
            return PartStart(
                NO_FRAME, index, kind, part.message, id=part.id, form=part.form, redacted=part.redacted, stated=True
            )
        case ToolCallPart():
            return PartStart(
                NO_FRAME, index, kind, part.message, id=part.id, name=part.name, server=part.server, stated=True
            )
        case ToolResultPart():
            return PartStart(
                NO_FRAME,
                index,
                kind,
                part.message,
                id=part.call,
                name=part.name,
                server=part.server,
                error=part.error,
                stated=True,
            )
        case _:
            return PartStart(NO_FRAME, index, kind, part.message, stated=True)


def _end(index: int, written: Mapping[str, Json]) -> Iterable[Delta]:
    for piece in pieces_of(written.get("signature")):
        yield SignatureDelta(NO_FRAME, index, piece)
    if "data" in written:
        yield OpaqueDelta(NO_FRAME, index, written["data"])
    yield PartEnd(NO_FRAME, index, stated=True)


def _outcome(outcome: Outcome) -> Iterable[Delta]:
    if outcome.finish is not None:
        yield Finished(NO_FRAME, outcome.finish)
    if outcome.usage is not None:
        yield UsageReported(NO_FRAME, outcome.usage)
    if outcome.failure is not None:
        yield StreamFailed(NO_FRAME, outcome.failure)
    elif outcome.completion == "complete":
        yield ResponseEnded(NO_FRAME)
    else:
        yield StreamTruncated(NO_FRAME)


def tools_of(request: Mapping[str, Json], earlier: tuple[Tool, ...]) -> tuple[Tool, ...]:
    """Makes the declared tools; those of the turn before where this one names none."""
    if "tools" not in request:
        return earlier
    return tuple(
        Tool(tool["name"], tool.get("description", ""), tool["parameters"], tool["result"]) for tool in request["tools"]
    )


def new_messages(request: Mapping[str, Json]) -> tuple[Message, ...]:
    """Makes the messages that a turn adds."""
    return tuple(
        Message("system" if role == "system" else "user", (TextPart(text),))
        for message in request.get("messages", ())
        for role, text in message.items()
    )


def follow_of(request: Request, following: Mapping[str, Json] | None) -> FollowUp:
    """Makes what the caller adds: canned results, and what the user says in the next turn where there is one."""
    results = {tool.name: tool.result for tool in request.tools}
    if request.response_schema is not None:
        results.setdefault(str(request.response_schema["title"]), STRUCTURED_RESULT)
    said = [message["user"] for message in (following or {}).get("messages", ()) if "user" in message]
    return FollowUp(results, said[-1]) if said else FollowUp(results)


def history_of(request: Request, answer: Transcript, follow: FollowUp) -> tuple[Message, ...]:
    """Makes the messages that stand before a next turn's own: the request, the answer, the caller's tool results."""
    answers = [Message("assistant", tuple(parts)) for _, parts in groupby(answer.parts, key=lambda part: part.message)]
    results = results_of(answer, follow)
    return (*request.messages, *answers, *((Message("tool", results),) if results else ()))
