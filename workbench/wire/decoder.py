"""What the decoders of this package share: one contract, the byte order mark, and lossy text.

The contract:
1. `receive` takes the next bytes and returns every frame that they complete, no later; `finish` says that the body has
   ended and returns what only the end completes. Nothing else changes a decoder.
2. Any partition of a body gives the same frames, diagnostics and tail (`tests/properties/test_wire.py`).
3. A decoder does no I/O, knows no clock and never raises because of the bytes it reads.
4. Each byte is looked at a bounded number of times, however the body was cut. Buffers grow in place; strings are joined
   once.
5. Text is UTF-8 whatever a header says. Bytes that are not become U+FFFD, one for each maximal subpart, with a
   diagnostic. Decoding line by line equals decoding the whole: no line end can stand inside a multibyte character.
"""

from __future__ import annotations

import abc
from typing import Final

from workbench.errors import WireError
from workbench.wire.frames import Diagnostic, Frame, Tail

BOM: Final = b"\xef\xbb\xbf"
DEFAULT_LIMIT_BYTES: Final = 64 * 1024 * 1024


class Decoder(abc.ABC):
    """Turns the bytes of one body into frames.

    Attributes:
        diagnostics: what was remarked so far, in the order of `start`; an enclosing range comes before those inside it,
            and `wrong-framing` last. What lies inside a block appears once the block has ended.
        tail: what the body ended in; None before `finish`, and where the body ended cleanly.
        limit_bytes: the most bytes that one block or line may have.
    """

    def __init__(self, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Starts a body.

        Args:
            limit_bytes: the most bytes that one block (SSE) or line (NDJSON) may have, its line end included.

        Raises:
            ValueError: if the limit is below 1.
        """
        if limit_bytes < 1:
            raise ValueError(f"limit_bytes is {limit_bytes}: give at least 1")
        self.diagnostics: list[Diagnostic] = []
        self.tail: Tail | None = None
        self.limit_bytes: Final = limit_bytes
        self._opening: bytes | None = b""  # bytes that may yet become a BOM; None once that is settled
        self._finished = False
        self._at = 0  # offset of the next byte that _feed is given
        self._index = 0  # index of the next frame

    @property
    def offset(self) -> int:
        """Number of bytes received so far."""
        return self._at + len(self._opening or b"")

    @property
    def tail_data(self) -> str | None:
        """Data of the frame that the body left unterminated and that was not handed out, or None; see `Tail.frame`."""
        return None if self.tail is None or self.tail.frame is None else self.tail.frame.data

    def receive(self, chunk: bytes) -> list[Frame]:
        """Takes the next bytes of the body.

        Args:
            chunk: any number of bytes, cut anywhere.

        Returns:
            The frames that these bytes complete, in order; empty when they complete none.

        Raises:
            WireError: if `finish` has been called. Nothing else raises; no state changes.
        """
        if self._opening is None:
            return self._feed(chunk)
        if self._finished:
            raise WireError("bytes after the end: start a new decoder for a new body", offset=self._at)
        opening = self._opening + chunk
        if len(opening) < len(BOM) and BOM.startswith(opening):
            self._opening = opening
            return []
        self._opening = None
        if not opening.startswith(BOM):
            return self._feed(opening)
        self.diagnostics.append(Diagnostic("bom", 0, len(BOM)))
        self._at = len(BOM)
        return self._feed(opening[len(BOM) :])

    def finish(self) -> list[Frame]:
        """Says that the body has ended.

        Returns:
            The frames that only the end completes: for NDJSON a last line without LF, for SSE none. Empty when called
            again.

        State: sets `tail`, and adds the diagnostics that only the end can show.
        """
        if self._finished:
            return []
        frames = self._feed(self._opening) if self._opening else []
        self._finished = True
        self._opening = b""
        return frames + self._end()

    @abc.abstractmethod
    def _feed(self, chunk: bytes) -> list[Frame]:
        """Takes bytes that come after the byte order mark, if there was one."""

    @abc.abstractmethod
    def _end(self) -> list[Frame]:
        """Deals with what is left when the body has ended."""


def lossy_text(raw: bytes, offset: int) -> tuple[str, Diagnostic | None]:
    """Decodes UTF-8, putting U+FFFD for what is not.

    Args:
        raw: bytes that neither start nor end inside a line's character.
        offset: where they start in the body.

    Returns:
        The text, and the `invalid-utf8` diagnostic if it is not a faithful one.
    """
    try:
        return raw.decode(), None
    except UnicodeDecodeError as flaw:
        text = raw.decode(errors="replace")
        # The three bytes of a genuine U+FFFD are never part of another sequence, so they can be counted apart.
        count = text.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
        detail = f"{raw[flaw.start : flaw.end].hex(' ')}; sequences in the line: {count}"
        return text, Diagnostic("invalid-utf8", offset + flaw.start, offset + flaw.end, detail)
