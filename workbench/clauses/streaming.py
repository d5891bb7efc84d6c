"""Checks of `specs/clauses/streaming.md`: is what a frame brought to be seen as soon as the frame is fed."""

from __future__ import annotations

from itertools import pairwise

from workbench.clause import Check
from workbench.clauses._finding import Growth, contained, search
from workbench.clauses._reading import has, is_kind, seen_in
from workbench.trace import Trace, Truth
from workbench.transcript import Json, SeenPart
from workbench.verdict import PASSED, Evidence, Judgement


def _pieces(part: SeenPart) -> list[tuple[int, str]]:
    """Lists what of a part's text could first be read after which frame; what a snapshot took back is passed over."""
    pieces: list[tuple[int, str]] = []
    known = 0
    for frame, length in part.arrivals:
        if length > known:
            piece = part.text[known:length]
            if pieces and pieces[-1][0] == frame:
                pieces[-1] = (frame, pieces[-1][1] + piece)
            else:
                pieces.append((frame, piece))
            known = length
    return pieces


def _shows_pieces(trace: Trace) -> Json:
    return [list(piece) for part in seen_in(trace, "live").of("text") for piece in _pieces(part)]


def _judge_lag(shown: Json, truth: Truth) -> Judgement:
    """Judges the longest lag: frames between a piece's arrival and the moment when all of it could be read."""
    said = [part for part in truth.wire.of("text") if part.text]
    text = "".join(piece for _, piece in shown)
    found = search([part.text for part in said], text)
    if found.missing is not None:
        return contained(said, text, "answer text")
    growth = Growth([(frame, piece) for frame, piece in shown])
    worst, sent_at, where = 0, 0, 0
    for part, start in zip(said, found.starts, strict=True):
        for (_, before), (frame, length) in pairwise([(0, 0), *part.arrivals]):
            seen_at = growth.frame_at(start + length)
            lag = (seen_at if seen_at is not None else frame) - frame
            if lag > worst:
                worst, sent_at, where = lag, frame, start + before
    if worst == 0:
        return PASSED
    return Judgement(False, Evidence(f"frames of lag, longest from character {where}", 0, worst, sent_at))


CHECKS = (
    Check(
        "STREAM-TEXT-PROMPT-LIVE",
        "live",
        ("text",),
        has("answer text", is_kind("text")),
        _shows_pieces,
        _judge_lag,
        timed=True,
    ),
)
