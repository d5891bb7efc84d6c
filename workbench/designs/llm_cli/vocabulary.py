"""What the command gives: pieces of standard output and of standard error."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Channel: TypeAlias = Literal["stdout", "stderr"]


class Write(Struct, frozen=True):
    """One write of the command.

    Attributes:
        channel: where it went.
    """

    channel: Channel
    text: str
