"""Makes the truth that a body is judged against: the written transcript, projected, and placed on the body's frames.

Rules:
1. Content comes from the fixture, which was written by hand. Decoding adds only *when*: the frames.
2. If what was decoded is not the projection of what was written, the fixture is at fault and nothing is judged on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from workbench.corpus import Turn
from workbench.corpus.model import results_of
from workbench.dialect import Decoded, Dialect
from workbench.errors import FixtureError
from workbench.trace import Truth
from workbench.transcript import FollowUp, Part, Transcript, see, transcript_of
from workbench.verdict import compare


def truth_of(turn: Turn, earlier: Iterable[Turn], dialect: Dialect, decoded: Decoded, where: str) -> Truth:
    """Makes the truth for one body.

    Args:
        turn: what was written.
        earlier: the turns before it, oldest first.
        dialect: of the body.
        decoded: the body, read once.
        where: the body's address, for the error message.

    Raises:
        FixtureError: the body does not say what was written.
    """
    projected = dialect.project(turn.transcript)
    wire = see(decoded.deltas())
    read = transcript_of(wire)
    if read != projected:
        difference = compare(msgspec.to_builtins(projected), msgspec.to_builtins(read), "transcript").evidence
        raise FixtureError([f"{where}: the body does not say what the fixture says: {difference}"])
    conversation = tuple(
        part for one in (*earlier, turn) for part in _with_results(dialect.project(one.transcript), one.follow)
    )
    return Truth(turn.transcript, projected, wire, conversation, turn.request)


def _with_results(projected: Transcript, follow: FollowUp) -> Iterator[Part]:
    """Yields the parts of a response and then the canned results of the calls that the caller has to answer."""
    yield from projected.parts
    yield from results_of(projected, follow)
