"""One body from anywhere, as each design shows it: what `workbench inspect` does.

Rules:
1. The dialect is found from the body itself; a body that no dialect recognises is named by its looks.
2. There is no truth here, so nothing is judged: what was decoded, what was remarked, what each design made of it.
3. Any bytes give an answer; only a file that cannot be read is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.design import Design
from workbench.dialect import Decoded, Dialect
from workbench.errors import UsageError
from workbench.harness.adapt import adapt
from workbench.harness.observe import trace_of
from workbench.trace import Address, Trace
from workbench.transcript import FollowUp, Message, Request, Seen, TextPart, see
from workbench.wire import FRAMINGS, framing_of, sniff

MOST_BYTES = 256 * 1024 * 1024
FRAMES_TO_RECOGNISE = 16


@dataclass(frozen=True)
class Inspected:
    """One body, read and shown.

    Attributes:
        wire: what the deltas amount to.
        traces: of the designs that can be used without knowing the request.
        inapplicable: design to the reason why it cannot.
    """

    path: Path
    decoded: Decoded
    wire: Seen
    traces: Mapping[str, Trace]
    inapplicable: Mapping[str, str]

    @property
    def diagnostics(self) -> Counter[str]:
        """Counts the remarks by code."""
        return Counter(remark.code for remark in self.decoded.diagnostics)


def read_body(path: Path) -> bytes:
    """Reads a body's file.

    Raises:
        UsageError: it is missing, a folder, cannot be read, or is too large to be one response.
    """
    try:
        if path.is_dir():
            raise UsageError(f"{path}: is a folder; name the files in it")
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: {path.stat().st_size:,} bytes; a body is at most {MOST_BYTES:,}")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file; name a body as a provider sent it") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def dialect_of(body: bytes, dialects: Mapping[str, Dialect], *, name: str) -> Dialect:
    """Finds the dialect of a body from what it holds.

    Raises:
        UsageError: no dialect recognises it; the message says what it looks like.
    """
    looks = sniff(body)
    framing = FRAMINGS[framing_of(body)]()
    frames = [*framing.receive(body), *framing.finish()][:FRAMES_TO_RECOGNISE]
    for dialect in dialects.values():
        if frames and dialect.recognises(frames):
            return dialect
    known = ", ".join(dialects)
    raise UsageError(
        f"{name}: no dialect recognises it (it looks like: {looks}); known are {known}; name one with --dialect"
    )


def inspect_body(
    path: Path, body: bytes, dialect: Dialect, designs: Mapping[str, Design], unders: Mapping[str, Design]
) -> Inspected:
    """Reads a body and runs designs over it, without a request to go by."""
    decoded = dialect.decode(body)
    request = Request((Message("user", (TextPart("(unknown)"),)),))
    address = Address(path.name, 0, dialect.id)
    traces: dict[str, Trace] = {}
    inapplicable: dict[str, str] = {}
    for identity, design in designs.items():
        reason = design.applies(request)
        if reason is not None:
            inapplicable[identity] = reason
            continue
        under = unders[design.over] if design.over else None
        native = adapt(design, decoded, request, FollowUp(), under=under, fixture=str(path))
        traces[identity] = trace_of(design, native, address)
    return Inspected(path, decoded, see(decoded.deltas()), traces, inapplicable)
