"""What a replay server records: the requests that came in, in order, and how far each answer got.

Rules:
1. Every request is recorded, whatever was answered to it. What it was is its `kind`; nothing is an exception here.
2. Of the headers only those on a list are kept: they say what a library asked for. Keys, addresses and the names of
   machines and interpreters are not on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from workbench.jsontext import read_json
from workbench.transcript import Json

HEADERS = ("accept", "anthropic-beta", "anthropic-version", "content-type", "openai-beta")
"""The headers that are kept, in this order."""

Kind = Literal["expected", "table", "surprise", "too-many", "refused"]
"""expected: the script had an answer for it. table: answered from the script's table. surprise: nothing is served there
(404). too-many: it came after the last answer of the script (410). refused: it broke HTTP or a bound."""

End = Literal["running", "complete", "disconnected", "stalled", "client-left", "stopped"]
"""How an answer ended. client-left: the client closed before the end. stopped: the server was closed before it."""


class Received(Struct, frozen=True):
    """One request, and how far its answer got.

    Attributes:
        answer: index into the script's answers; -1 where none of them answered it.
        path: as sent, with its query.
        json: the body, where it was JSON.
        body_bytes: size of the request's body.
        note: why it was refused or a surprise, in words.
        sent_bytes: of the answer's body.
    """

    kind: Kind
    answer: int
    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    json: Json | UnsetType = UNSET
    body_bytes: int = 0
    status: int = 0
    note: str = ""
    sent_bytes: int = 0
    end: End = "running"


class Position(Struct, frozen=True):
    """How far a server is in its script.

    Attributes:
        answer: index of the answer that was begun last; -1 before the first.
        frame: index of the last frame of it whose bytes were given to the connection; -1 before the first.
    """

    answer: int = -1
    frame: int = -1


def listed(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Takes the headers that are kept, in the order of the list."""
    return tuple((name, headers[name]) for name in HEADERS if name in headers)


def json_of(body: bytes) -> Json | UnsetType:
    """Reads a request's body; UNSET where it is empty or not JSON."""
    try:
        return read_json(body) if body else UNSET
    except (ValueError, RecursionError):
        return UNSET
