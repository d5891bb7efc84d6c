"""Reads the command's native JSON back into sightings: what a program that takes its output can know.

Rules:
1. Standard output is one text, standard error one reasoning: neither tells what stood between two of its pieces.
2. The line feed at the end of standard error is the command's, and that of standard output, too, if it did not fail.
3. A status other than 0 tells that it failed, and the last `Error: ` on standard error begins the reason.
4. On a terminal both are one stream, in which reasoning is dim, from `ESC [ 2 m` to `ESC [ 0 m`. There every change is
   another part, and a line feed right after dim text is the command's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import UNSET, Struct

from workbench.design import FramedEvent, Native
from workbench.transcript import (
    Failure,
    Json,
    Kind,
    Part,
    PartEnd,
    PartSnapshot,
    PartStart,
    Phase,
    ReasoningDelta,
    ReasoningPart,
    ResponseEnded,
    Sighting,
    StreamFailed,
    TextDelta,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

ERROR = "Error: "
DIM, PLAIN = "\x1b[2m", "\x1b[0m"


class _Piece(Struct):
    """A piece of output.

    Attributes:
        fresh: it begins a part, even where there is one of its kind.
    """

    frame: int
    kind: Kind
    text: str
    fresh: bool = False


def observe(phase: Phase, native: Native) -> Iterator[Sighting]:
    """Reads one phase; see `Design.observe`."""
    frame = native.last_frame
    match phase:
        case "live":
            failed = native.raised.message if native.raised is not None else None
            yield from _output(native.events, failed, frame)
        case "final":
            if native.message is not UNSET:
                status = native.message["exit"]
                yield from _output(_captured(native.message, frame), f"exit status {status}" if status else None, frame)
        case "resumed":
            if native.request is not UNSET:
                parts = [part for one in native.request if one["role"] == "assistant" for part in one["parts"]]
                for number, part in enumerate(parts):
                    yield PartSnapshot(frame, number, _part(part), part.get("arguments", UNSET))
        case _:
            return


def _captured(message: Json, frame: int) -> Iterator[FramedEvent]:
    """Gives captured output as if it had been written just now; reasoning first, since it mostly is."""
    yield from ((frame, {"terminal": character}) for character in message.get("terminal", ""))
    yield from ((frame, {name: message[name]}) for name in ("stderr", "stdout") if name in message)


def _output(events: Iterable[FramedEvent], failed: str | None, last_frame: int) -> Iterator[Sighting]:
    events = tuple(events)
    on_terminal = any("terminal" in event for _, event in events)
    pieces = list(_screen(events) if on_terminal else _channels(events))
    why = _take_error(pieces, "text" if on_terminal else "reasoning") if failed is not None else None
    _drop_line_feed(pieces, "reasoning")
    if failed is None:
        _drop_line_feed(pieces, "text")
    numbers: dict[Kind, int] = {}
    count = 0
    for piece in pieces:
        if not piece.text:
            continue
        if piece.fresh or piece.kind not in numbers:
            if on_terminal and count:
                yield PartEnd(piece.frame, count - 1)
            numbers[piece.kind] = count
            yield PartStart(piece.frame, count, piece.kind)
            count += 1
        delta = TextDelta if piece.kind == "text" else ReasoningDelta
        yield delta(piece.frame, numbers[piece.kind], piece.text)
    if failed is not None:
        yield StreamFailed(last_frame, Failure(why or failed))
        return
    yield from (PartEnd(last_frame, number) for number in range(count - 1 if on_terminal and count else 0, count))
    yield ResponseEnded(last_frame)


def _channels(events: Iterable[FramedEvent]) -> Iterator[_Piece]:
    for frame, event in events:
        if "stdout" in event:
            yield _Piece(frame, "text", event["stdout"])
        else:
            yield _Piece(frame, "reasoning", event["stderr"])


def _screen(events: Iterable[FramedEvent]) -> Iterator[_Piece]:
    """Reads the characters of a terminal."""
    kind: Kind = "text"
    before: Kind | None = None
    held = ""
    undimmed = False
    for frame, event in events:
        held += event["terminal"]
        if held in (DIM, PLAIN):
            kind = "reasoning" if held == DIM else "text"
            undimmed = held == PLAIN
            held = ""
        elif not (DIM.startswith(held) or PLAIN.startswith(held)):
            if not (undimmed and held == "\n"):
                yield _Piece(frame, kind, held, kind != before)
                before = kind
            undimmed = False
            held = ""


def _take_error(pieces: list[_Piece], kind: Kind) -> str | None:
    """Takes the error off the end of what is of a kind; returns its message."""
    of_kind = [piece for piece in pieces if piece.kind == kind]
    start = "".join(piece.text for piece in of_kind).rfind(ERROR)
    if start < 0:
        return None
    message = []
    offset = 0
    for piece in of_kind:
        cut = max(0, min(start - offset, len(piece.text)))
        offset += len(piece.text)
        message.append(piece.text[cut:])
        piece.text = piece.text[:cut]
    return "".join(message).removeprefix(ERROR).removesuffix("\n")


def _drop_line_feed(pieces: list[_Piece], kind: Kind) -> None:
    last = next((piece for piece in reversed(pieces) if piece.kind == kind), None)
    if last is not None:
        last.text = last.text.removesuffix("\n")


def _part(part: Json) -> Part:
    call, server = part.get("tool_call_id"), part.get("server_executed", False)
    match part["type"]:
        case "text":
            return TextPart(part["text"])
        case "tool_call":
            return ToolCallPart(call, part["name"], "", server)
        case "tool_result":
            return ToolResultPart(call, part["name"], part["output"], server)
    metadata = part.get("provider_metadata", {})
    anthropic = metadata.get("anthropic", {})
    data = anthropic.get("data", metadata.get("openai", {}).get("encrypted_content"))
    return ReasoningPart(part["text"], "raw", anthropic.get("signature"), part.get("redacted", False), data)
