"""What Instructor reads of a streamed chunk in TOOLS mode: the argument text of the first call that it mentions.

Source: instructor 1.17.0, `instructor/v2/providers/openai/handlers.py` and `anthropic/handlers.py`
(`extract_streaming_json_async`).
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.design import NativeRaise
from workbench.transcript import ArgumentsDelta, CallNamed, Delta, PartStart, StreamFailed


def find_fragment(step: Sequence[Delta]) -> str | None:
    """Finds what Instructor's handler hands on of a chunk.

    The first call that a chunk mentions is the only one that is looked at. The start of a call is an empty fragment:
    with OpenAI its first piece has argument text, if only an empty one; with Anthropic an event of its own states the
    start, and an empty piece follows it, which is no delta. Where that event holds the whole input already, nothing is
    read.

    Args:
        step: all deltas of one frame.

    Returns:
        The fragment, which may be empty; None when the chunk has none.

    Raises:
        NativeRaise: `APIError`: the chunk reports a failure.
    """
    call: int | None = None
    fragment: str | None = None
    is_event = False
    for delta in step:
        if isinstance(delta, ArgumentsDelta):
            if is_event:
                return None
            if call in {None, delta.part} and not fragment:
                fragment = delta.text
                call = delta.part
        elif isinstance(delta, PartStart):
            if delta.kind == "tool-call" and call is None:
                call, fragment, is_event = delta.part, "", delta.stated
        elif isinstance(delta, CallNamed):
            call = delta.part if call is None else call
        elif isinstance(delta, StreamFailed):
            raise NativeRaise("APIError", delta.failure.message)
    return fragment
