"""HTTP/1.1, as far as a replay server needs it: one request off a connection within bounds, and the head of a response.

Rules:
1. Everything that a client may make large or slow has a bound: the head, the body, the time until both are there.
2. What breaks HTTP or a bound is a `BadRequestError` with the status to answer; nothing else is raised because of what
   was read.
3. A body is framed by one of `Content-Length` and `Transfer-Encoding: chunked`; both at once are refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from msgspec import Struct

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_HEADERS = 200
_CHUNK_LINE_BYTES = 1024


class BadRequestError(Exception):
    """What a client sent cannot be read as a request, or is too large or too slow.

    Attributes:
        status: what to answer.
    """

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status


class Heard(Struct, frozen=True):
    """One request as it stood on the connection.

    Attributes:
        headers: names in lower case; of repeated ones all values, joined by a comma.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    keep_alive: bool


async def read_request(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    patience_s: float,
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Heard | None:
    """Reads the next request of a connection.

    Args:
        reader: of the connection.
        writer: of the connection, for `100 Continue`.
        patience_s: seconds from the first byte of the request to its last.
        max_body_bytes: of the body.

    Returns:
        The request; None when the client closed between two requests.

    Raises:
        BadRequestError: it broke HTTP, a size or the time.
    """
    first = await reader.read(1)
    if not first:
        return None
    try:
        async with asyncio.timeout(patience_s):
            return await _read_rest(first, reader, writer, max_body_bytes)
    except TimeoutError:
        why = f"the request was not complete {patience_s} s after its first byte"
        raise BadRequestError(HTTPStatus.REQUEST_TIMEOUT, why) from None
    except asyncio.LimitOverrunError:
        why = f"a line or the head of the request is longer than {MAX_HEAD_BYTES} bytes"
        raise BadRequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, why) from None
    except asyncio.IncompleteReadError:
        raise BadRequestError(HTTPStatus.BAD_REQUEST, "the connection ended inside the request") from None


async def _read_rest(
    first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_body_bytes: int
) -> Heard:
    head = first + await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").strip("\r\n").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequestError(HTTPStatus.BAD_REQUEST, f"not a request line of HTTP/1: {lines[0][:200]!r}")
    headers = _headers(lines[1:])
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await _body(headers, reader, max_body_bytes)
    keep_alive = words[2] != "HTTP/1.0" and "close" not in headers.get("connection", "").lower()
    return Heard(words[0], words[1], headers, body, keep_alive)


def _headers(lines: Iterable[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for number, line in enumerate(lines):
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or number >= MAX_HEADERS:
            raise BadRequestError(HTTPStatus.BAD_REQUEST, f"not a header, or one too many: {line[:200]!r}")
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return headers


async def _body(headers: Mapping[str, str], reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    length, coding = headers.get("content-length"), headers.get("transfer-encoding")
    if coding is not None:
        if length is not None or coding.lower() != "chunked":
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "the body is framed in a way that is not read here")
        return await _chunked(reader, max_bytes)
    if length is None:
        return b""
    if not length.isascii() or not length.isdigit():
        raise BadRequestError(HTTPStatus.BAD_REQUEST, f"not a length: {length[:200]!r}")
    if int(length) > max_bytes:
        raise _too_large(max_bytes)
    return await reader.readexactly(int(length))


async def _chunked(reader: asyncio.StreamReader, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    total = 0
    while True:
        line = await reader.readuntil(b"\r\n")
        size = line.partition(b";")[0].strip()
        if len(line) > _CHUNK_LINE_BYTES or not size or size.strip(b"0123456789abcdefABCDEF"):
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "not the size of a chunk")
        count = int(size, 16)
        total += count
        if total > max_bytes:
            raise _too_large(max_bytes)
        if count == 0:
            break
        pieces.append(await reader.readexactly(count))
        if await reader.readexactly(2) != b"\r\n":
            raise BadRequestError(HTTPStatus.BAD_REQUEST, "a chunk is longer than it said")
    for _ in range(MAX_HEADERS):
        if await reader.readuntil(b"\r\n") == b"\r\n":  # trailers are read and dropped
            return b"".join(pieces)
    raise BadRequestError(HTTPStatus.BAD_REQUEST, "too many trailers")


def _too_large(max_bytes: int) -> BadRequestError:
    return BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {max_bytes} bytes")


def response_head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Writes status line and headers, up to and with the empty line."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Replayed"  # providers have statuses of their own, such as 529
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
