"""What every fixture of the corpus promises: its bodies mean its truth, its dyes hold, and no two are alike."""

from __future__ import annotations

import json

import msgspec
import pytest

from workbench.corpus import Body, Fixture, Turn, find_twins, load_corpus, render_fixture
from workbench.dialects import all_dialects
from workbench.transcript import CONCEPTS, see, transcript_of

CORPUS = load_corpus()
DIALECTS = all_dialects()
BODIES = [
    pytest.param(fixture, turn, body, id=f"{fixture.slug}/{turn.number}@{body.dialect}")
    for fixture, turn, body in CORPUS.bodies()
]

LISTED = {
    "text only": "text-only",
    "reasoning then text": "reasoning-then-text",
    "reasoning, text, tool call, text": "reasoning-text-call-text",
    "one tool call with streamed arguments": "one-call-streamed",
    "two parallel calls in sequence": "parallel-calls-in-sequence",
    "two parallel calls interleaved": "parallel-calls-interleaved",
    "reasoning between two tool calls": "reasoning-between-calls",
    "two adjacent reasoning blocks with different signatures": "adjacent-reasoning-signed",
    "empty reasoning with a signature": "empty-reasoning-signed",
    "redacted reasoning": "redacted-reasoning",
    "text after a tool call": "text-after-call",
    "refusal": "refusal",
    "length limit inside tool arguments": "length-in-arguments",
    "truncated stream": "truncated-text",
    "error event mid-stream": "error-midstream",
    "usage-only last chunk": "usage-only-last-chunk",
    "literal <think> in answer text": "literal-think-tag",
    "emoji and combining characters cut between deltas": "emoji-cut-apart",
    "a structured object in tool arguments": "structured-call",
    "whitespace and newlines at part edges": "whitespace-at-edges",
    "a tool conversation of two turns": "two-turns-with-tool",
    "strings that are hostile to whoever shows them": "hostile-markup",
}
"""What the first corpus has to hold, and the fixture that is there for it."""


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_body_means_what_was_written(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Decoded, a body is the written truth less what its dialect cannot carry: content, order and outcome."""
    dialect = DIALECTS[body.dialect]
    assert dialect.project(turn.transcript) == transcript_of(see(dialect.decode(body.data).deltas()))


@pytest.mark.parametrize(("fixture", "turn", "body"), BODIES)
def test_dyes_come_through_whole(fixture: Fixture, turn: Turn, body: Body) -> None:
    """Each dye that the dialect carries stands undivided in some delta, so it can be looked for in a single event."""
    dialect = DIALECTS[body.dialect]
    carried = _text(dialect.project(turn.transcript))
    deltas = [_text(delta) for delta in dialect.decode(body.data).deltas()]
    wanted = {dye for dyes in fixture.dyes.values() for dye in dyes if dye in carried}
    assert wanted == {dye for dye in wanted if any(dye in delta for delta in deltas)}
    assert wanted


def _text(value: object) -> str:
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


@pytest.mark.parametrize("fixture", CORPUS.fixtures, ids=lambda fixture: fixture.slug)
def test_rendered_bodies_are_fresh(fixture: Fixture) -> None:
    """The committed bytes are what the encoder writes today; `workbench corpus render` renews them."""
    rendered = render_fixture(fixture, DIALECTS)
    assert rendered == {path: path.read_bytes() for path in rendered}


@pytest.mark.parametrize("fixture", CORPUS.fixtures, ids=lambda fixture: fixture.slug)
def test_fixture_has_a_body_somewhere(fixture: Fixture) -> None:
    """A scenario that no dialect can carry measures nothing; and each dialect has a body or a reason."""
    for turn in fixture.turns:
        assert turn.bodies
        assert set(DIALECTS) == set(turn.bodies) ^ set(turn.absent)


@pytest.mark.parametrize("turn", [turn for fixture in CORPUS.fixtures for turn in fixture.turns])
def test_deltas_amount_to_the_truth(turn: Turn) -> None:
    """The cuts join to the transcript that was written, before any dialect takes part."""
    assert turn.transcript == transcript_of(see(turn.deltas))


def test_no_two_fixtures_are_alike() -> None:
    """Two fixtures with the same features in a dialect count as one, unless a reason is written."""
    assert [] == find_twins(CORPUS, DIALECTS)


def test_every_concept_that_can_be_dyed_is() -> None:
    """A concept that no fixture dyes could be declared by a design and never proven."""
    dyed = {concept for fixture in CORPUS.fixtures for concept in fixture.dyes}
    assert {concept.id for concept in CONCEPTS.values() if concept.dyed} == dyed


def test_no_dye_is_used_twice() -> None:
    """Dyes are unique in the corpus, so what is found can only come from one place."""
    places: dict[str, set[str]] = {}
    for fixture in CORPUS.fixtures:
        for dyes in fixture.dyes.values():
            for dye in dyes:
                places.setdefault(dye, set()).add(fixture.slug)
    assert {} == {dye: slugs for dye, slugs in places.items() if len(slugs) > 1}


@pytest.mark.parametrize(("shape", "slug"), LISTED.items())
def test_listed_shape_has_its_fixture(shape: str, slug: str) -> None:
    """What the corpus must hold is there."""
    assert slug in {fixture.slug for fixture in CORPUS.fixtures}


def test_each_dialect_has_a_body_typed_by_hand() -> None:
    """Bytes that no encoder of ours wrote, from the provider's documentation."""
    typed = {body.dialect for _, _, body in CORPUS.bodies() if body.origin == "written"}
    assert set(DIALECTS) == typed


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "\n```",
        "--8<-- ",
        "\x1b[",
        "</pre>",
        "javascript:",
        "onerror=alert",
        "\u202e",
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_fixture_is_hostile(payload: str, dialect: str) -> None:
    """Each payload arrives as the text that it is, in answer, reasoning, arguments, ids or signature."""
    turn = CORPUS["hostile-markup"].turns[0]
    transcript = transcript_of(see(DIALECTS[dialect].decode(turn.bodies[dialect].data).deltas()))
    assert any(payload in str(value) for part in transcript.parts for value in msgspec.structs.asdict(part).values())


def test_corpus_is_read_once() -> None:
    """All who ask for the project's corpus share it."""
    assert CORPUS is load_corpus()
