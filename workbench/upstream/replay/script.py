"""What a replay server answers, as values: a script is the answers to the requests that are expected, in order.

Rules:
1. A body is played byte for byte. How it is cut and how it travels changes when bytes arrive, never which.
2. A chunk is one write and, in a chunked transfer, one HTTP chunk. TCP may still join what was written in two: a client
   sees no chunk later than it would have, and may see two at once.
3. In lockstep the chunks are the frames, and each is sent only when the harness says `next`.
4. `frame` counts as in `workbench.native`: a frame is sent when its last byte is; before the first that is -1.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from msgspec import Struct, field

from workbench.dialect import Dialect
from workbench.jsontext import write_json
from workbench.transcript import Json
from workbench.wire import FRAMINGS, MEDIA_TYPES, Framing, Partition, whole

Transfer = Literal["chunked", "close", "length"]
"""How a body's end is told: by a last empty chunk, by the end of the connection, or by a length given before."""

_LF = 0x0A
_CR = 0x0D


class Answer(Struct, frozen=True, kw_only=True):
    """One HTTP response, and the request that it answers.

    Attributes:
        body: the bytes to play.
        path: where it is served; `{name}` stands for any run of characters but `/` and `:`.
        headers: sent beside content type and transfer.
        chunks: the body, cut; empty means in one piece.
        frame_ends: offset after which each frame is complete, ascending; empty where the body has no frames.
        lockstep: wait for `next` before each chunk.
        delay_s: seconds of rest before each chunk.
        disconnect_after: end the connection once so many bytes of the body were sent.
        reset: end it with a reset instead of a regular end.
        stall_after: send nothing more once so many bytes of the body were sent, and keep the connection open.
    """

    body: bytes
    path: str
    method: str = "POST"
    media_type: str = "text/event-stream"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    chunks: tuple[bytes, ...] = ()
    frame_ends: tuple[int, ...] = ()
    transfer: Transfer = "chunked"
    lockstep: bool = False
    delay_s: float = 0.0
    disconnect_after: int | None = None
    reset: bool = False
    stall_after: int | None = None

    def __post_init__(self) -> None:
        """Holds chunks and body together.

        Raises:
            ValueError: the chunks joined are not the body, or one of them is empty.
        """
        if self.chunks and (b"".join(self.chunks) != self.body or b"" in self.chunks):
            raise ValueError("the chunks of an answer must join to its body, and none may be empty")

    @property
    def pieces(self) -> tuple[bytes, ...]:
        """The body as it is sent: its chunks, or all in one."""
        return self.chunks or ((self.body,) if self.body else ())

    @property
    def stop_after(self) -> int:
        """How many bytes of the body are sent at most."""
        stops = [stop for stop in (self.disconnect_after, self.stall_after) if stop is not None]
        return min([len(self.body), *stops])

    def frame_at(self, sent_bytes: int) -> int:
        """Gives the index of the last frame that is complete once so many bytes of the body were sent; -1 for none."""
        return bisect_right(self.frame_ends, sent_bytes) - 1

    def serves(self, method: str, path: str) -> bool:
        """Says whether a request is the one that this answers."""
        return method == self.method and _pattern(self.path).fullmatch(path) is not None


class Script(Struct, frozen=True):
    """What to answer.

    Attributes:
        answers: to the first expected request, the second, …
        table: what else may be asked, any number of times: `GET /v1/models` to the JSON that is answered.
    """

    answers: tuple[Answer, ...]
    table: Mapping[str, Json] = field(default_factory=dict)


def play(dialect: Dialect, body: bytes, *, partition: Partition = whole, lockstep: bool = False, **how: Any) -> Answer:
    """Makes the answer that plays a body of a dialect where the provider's API has it.

    Args:
        dialect: gives path, media type and framing.
        body: of a response; a body whose frames end nowhere is played in one piece.
        partition: how it is cut; in lockstep it is cut after each frame instead.
        lockstep: wait for `next` before each frame.
        how: further attributes of `Answer`.
    """
    framing = dialect.framing_of(body)
    ends = frame_ends(body, framing)
    chunks = cut_by_frame(body, ends) if lockstep else tuple(partition(body))
    facts = {"path": dialect.path, "media_type": MEDIA_TYPES[framing], "frame_ends": ends, "chunks": chunks, **how}
    return Answer(body=body, lockstep=lockstep, **facts)


def json_answer(path: str, document: bytes, **how: Any) -> Answer:
    """Makes the answer of a provider that was not asked for a stream: one JSON document, with its length.

    Args:
        path: where it is served.
        document: its bytes.
        how: further attributes of `Answer`.
    """
    facts = {"media_type": "application/json", "transfer": "length", **how}
    return Answer(body=document, path=path, **facts)


def error_answer(path: str, status: int, error: Json, **how: Any) -> Answer:
    """Makes the answer of a provider that refuses: a status and a JSON body.

    Args:
        path: where it is served.
        status: of the response, such as 529.
        error: the JSON body.
        how: further attributes of `Answer`.
    """
    return json_answer(path, write_json(error), status=status, **how)


def frame_ends(body: bytes, framing: Framing) -> tuple[int, ...]:
    """Finds the offset after which each frame of a body is complete."""
    decoder = FRAMINGS[framing]()
    return tuple(frame.end for frame in decoder.receive(body) + decoder.finish())


def cut_by_frame(body: bytes, ends: tuple[int, ...]) -> tuple[bytes, ...]:
    r"""Cuts a body after each frame; what follows the last one is a piece of its own.

    A frame is complete at a CR, by the letter of the standard, but a client that reads lines the common way waits for
    the LF of a CRLF. So that LF still goes with its frame.
    """
    cuts = [0]
    for end in ends:
        with_lf = end < len(body) and body[end] == _LF and body[end - 1] == _CR
        cuts.append(end + 1 if with_lf else end)
    cuts.append(len(body))
    return tuple(body[start:end] for start, end in pairwise(cuts) if end > start)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", path)
    return re.compile("[^/:]+".join(re.escape(part) for part in parts))
