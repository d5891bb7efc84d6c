"""Checks of `specs/clauses/reasoning.md`: seen, told from the answer, exact, ended, signed, withheld."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from msgspec.structs import replace

from workbench.clause import Check
from workbench.clauses._finding import contained, each, frame_of
from workbench.clauses._reading import applies, has, is_kind, seen_in, texts, unbroken
from workbench.trace import Trace, Truth
from workbench.transcript import Json, Phase, Seen, SeenPart
from workbench.verdict import PASSED, Evidence, Judgement, compare

REASONING = has("reasoning text", is_kind("reasoning"))


def is_signed(part: SeenPart) -> bool:
    """Tests for a reasoning block with a signature."""
    return part.kind == "reasoning" and part.signature is not None


def has_data(part: SeenPart) -> bool:
    """Tests for a reasoning block with an opaque payload."""
    return part.kind == "reasoning" and part.data is not None


def is_redacted(part: SeenPart) -> bool:
    """Tests for reasoning that is withheld."""
    return part.kind == "reasoning" and part.redacted


def signatures(seen: Seen) -> list[Json]:
    """Shows each signed block as its text and its signature: one without the other proves nothing."""
    return [[part.text, part.signature] for part in seen.parts if is_signed(part)]


def payloads(seen: Seen) -> list[Json]:
    """Shows the opaque payloads in order."""
    return [part.data for part in seen.parts if has_data(part)]


def _prose(trace: Trace) -> Json:
    return "".join(part.text for part in seen_in(trace, "live").parts if part.kind in ("reasoning", "text", "refusal"))


def _blocks(trace: Trace) -> Json:
    return texts(seen_in(trace, "live").of("reasoning"))


def _text(phase: Phase) -> Callable[[Trace], Json]:
    return lambda trace: seen_in(trace, phase).text("reasoning")


def _judge_seen(shown: Json, truth: Truth) -> Judgement:
    # White space at the edges is REASONING-EXACT's business.
    at = 0
    for part in truth.wire.of("reasoning"):
        core = part.text.strip()
        start = shown.find(core, at)
        if start < 0:
            return contained([replace(part, text=core)], shown[at:], "reasoning")
        at = start + len(core)
    return PASSED


def _judge_apart(shown: Json, truth: Truth) -> Judgement:
    if not shown:
        first = next(part for part in truth.wire.of("reasoning") if part.text)
        return Judgement(False, Evidence("reasoning, told from text", first.text[:60], None, frame_of(first, 0)))
    for part in truth.wire.of("text"):
        core = part.text.strip()
        if core and any(core in block for block in shown) and core not in truth.wire.text("reasoning"):
            return Judgement(False, Evidence("reasoning, holds answer text", None, core[:60], frame_of(part, 0)))
    return PASSED


def _judge_exact(shown: Json, truth: Truth) -> Judgement:
    sent = truth.wire.text("reasoning")
    judged = compare(sent, shown, "reasoning")
    if judged.passed:
        return judged
    at = next((i for i, (a, b) in enumerate(zip(sent, shown, strict=False)) if a != b), min(len(sent), len(shown)))
    for part in truth.wire.of("reasoning"):
        if at < len(part.text):
            return compare(sent, shown, "reasoning", frame=frame_of(part, at))
        at -= len(part.text)
    return judged


def _ends(trace: Trace) -> Json:
    """Shows for each readable block how its end is known before anything of the next part is: stated, implied, open."""
    parts = seen_in(trace, "live").parts
    shown = []
    for part, later in pairwise([*parts, None]):
        if part is None or part.kind != "reasoning" or not part.text:
            continue
        deadline = later.arrivals[0][0] if later is not None and later.arrivals else None
        if part.ended is None or (deadline is not None and part.ended > deadline):
            shown.append("open")
        else:
            shown.append("stated" if part.end_stated else "implied")
    return shown


def _judge_ends(shown: Json, truth: Truth) -> Judgement:
    ended = [part for part in truth.wire.of("reasoning") if part.text and part.ended is not None]
    for index, part in enumerate(ended):
        seen = shown[index] if index < len(shown) else None
        if seen not in ("stated", "implied"):
            sent = "stated" if part.end_stated else "implied"
            return Judgement(False, Evidence(f"end of reasoning {index + 1}", sent, seen, part.ended))
    return PASSED


def _an_end(truth: Truth) -> str | None:
    if any(part.text and part.ended is not None for part in truth.wire.of("reasoning")):
        return None
    return "no reasoning ends in this stream"


def _redactions(trace: Trace) -> Json:
    return sum(map(is_redacted, seen_in(trace, "live").parts))


def _judge_redactions(shown: Json, truth: Truth) -> Judgement:
    withheld = [part for part in truth.wire.parts if is_redacted(part)]
    if shown == len(withheld):
        return PASSED
    return Judgement(False, Evidence("blocks of withheld reasoning", len(withheld), shown, withheld[0].started))


def _judge_signatures(shown: Json, truth: Truth) -> Judgement:
    frames = [part.started for part in truth.wire.parts if is_signed(part)]
    return each(signatures(truth.wire), shown, "signed block", frames)


def _judge_payloads(shown: Json, truth: Truth) -> Judgement:
    frames = [part.started for part in truth.wire.parts if has_data(part)]
    return each(payloads(truth.wire), shown, "opaque payload", frames)


CHECKS = (
    Check("REASONING-SEEN-LIVE", "live", ("text",), REASONING, _prose, _judge_seen),
    Check("REASONING-APART-LIVE", "live", ("reasoning",), REASONING, _blocks, _judge_apart),
    Check("REASONING-EXACT-LIVE", "live", ("reasoning",), applies(unbroken, REASONING), _text("live"), _judge_exact),
    Check("REASONING-EXACT-FINAL", "final", ("reasoning",), applies(unbroken, REASONING), _text("final"), _judge_exact),
    Check("REASONING-END-LIVE", "live", ("reasoning",), applies(REASONING, _an_end), _ends, _judge_ends, timed=True),
    Check(
        "REASONING-SIGNATURE-FINAL",
        "final",
        ("reasoning.signature",),
        applies(unbroken, has("signatures", is_signed)),
        lambda trace: signatures(seen_in(trace, "final")),
        _judge_signatures,
    ),
    Check(
        "REASONING-REDACTED-LIVE",
        "live",
        ("reasoning.redacted",),
        has("withheld reasoning", is_redacted),
        _redactions,
        _judge_redactions,
    ),
    Check(
        "REASONING-REDACTED-FINAL",
        "final",
        ("reasoning.data",),
        applies(unbroken, has("opaque payloads", has_data)),
        lambda trace: payloads(seen_in(trace, "final")),
        _judge_payloads,
    ),
)
