"""Loading, versions, rendering and features, on miniature fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench import data
from workbench.corpus import features, find_twins, load_corpus, render
from workbench.corpus.model import digest_of
from workbench.dialect import Dialect
from workbench.errors import FixtureError

Write = Callable[..., Path]


@pytest.fixture
def rendered(write: Write, dialects: dict[str, Dialect]) -> Path:
    """A corpus of one fixture, rendered."""
    root = write(body=None)
    render(root, dialects=dialects)
    return root


# ------------------------------------------------------------------------------------------------------------ rendering


def test_rendered_body_is_what_the_encoder_writes(rendered: Path, dialects: dict[str, Dialect]) -> None:
    """The bytes are the dialect's, from the cuts of the scenario."""
    turn = load_corpus(rendered, dialects=dialects)["small-one"].turns[0]
    assert dialects["plain"].encode(turn.deltas) == turn.bodies["plain"].data


def test_fresh_corpus_is_left_alone(rendered: Path, dialects: dict[str, Dialect]) -> None:
    """What is up to date is not written again."""
    body = rendered / "small-one" / "1.plain.sse"
    before = body.stat().st_mtime_ns
    assert () == render(rendered, dialects=dialects)
    assert before == body.stat().st_mtime_ns


@pytest.mark.parametrize("old", [None, b"old"])
def test_check_names_stale_bodies_and_writes_nothing(
    rendered: Path, dialects: dict[str, Dialect], old: bytes | None
) -> None:
    """A body that is missing or other than the encoder writes it is stale."""
    body = rendered / "small-one" / "1.plain.sse"
    body.unlink()
    if old is not None:
        body.write_bytes(old)
    assert (body,) == render(rendered, check=True, dialects=dialects)
    assert old == (body.read_bytes() if body.exists() else None)


def test_written_body_is_never_rendered(write: Write, dialects: dict[str, Dialect], good: str) -> None:
    """What somebody typed stays."""
    root = write(good.replace("finish: stop", "bodies: {plain: written}"), body=b"typed")
    assert () == render(root, dialects=dialects)
    body = load_corpus(root, dialects=dialects)["small-one"].turns[0].bodies["plain"]
    assert ("written", b"typed") == (body.origin, body.data)


def test_faulty_corpus_is_not_rendered(write: Write, dialects: dict[str, Dialect], good: str) -> None:
    """One faulty scenario stops the rendering of all, before anything is written."""
    write(slug="good-one", body=None)
    root = write(good.replace("finish: stop", "finish: done"), slug="worse-one", body=None)
    with pytest.raises(FixtureError):
        render(root, dialects=dialects)
    assert ["fixture.yaml"] == [path.name for path in (root / "good-one").iterdir()]


# --------------------------------------------------------------------------------------------------------------- bodies


def test_dialect_that_lacks_what_a_fixture_needs_has_a_reason(
    write: Write, dialects: dict[str, Dialect], good: str
) -> None:
    """Nobody writes the reason down: it is the dialect's own."""
    root = write(good.replace("dyes:", "needs: [refusal]\ndyes:"), body=None)
    turn = load_corpus(root, dialects=dialects)["small-one"].turns[0]
    assert ({}, {"plain": "it never refuses"}) == (turn.bodies, turn.absent)


def test_written_reason_for_absence_is_kept(write: Write, dialects: dict[str, Dialect], good: str) -> None:
    """A reason in the scenario stands."""
    root = write(good.replace("finish: stop", "bodies: {plain: {absent: it cannot say so}}"), body=None)
    assert {"plain": "it cannot say so"} == load_corpus(root, dialects=dialects)["small-one"].turns[0].absent


# ------------------------------------------------------------------------------------------------------------- versions


def test_corpus_version_follows_every_byte(rendered: Path, dialects: dict[str, Dialect]) -> None:
    """A change in a body, a scenario or a name is another version; loading again is not."""
    versions = {load_corpus(rendered, dialects=dialects).digest for _ in range(2)}
    assert 1 == len(versions)
    folder = rendered / "small-one"
    with (folder / "1.plain.sse").open("ab") as file:
        file.write(b"\n")
    versions.add(load_corpus(rendered, dialects=dialects).digest)
    with (folder / "fixture.yaml").open("ab") as file:
        file.write(b"# remark\n")
    versions.add(load_corpus(rendered, dialects=dialects).digest)
    folder.rename(rendered / "small-two")
    versions.add(load_corpus(rendered, dialects=dialects).digest)
    assert 4 == len(versions)


def test_corpus_version_ignores_what_is_no_fixture(rendered: Path, dialects: dict[str, Dialect]) -> None:
    """The README may be mended without a new version."""
    before = load_corpus(rendered, dialects=dialects).digest
    (rendered / "README.md").write_text("words")
    assert before == load_corpus(rendered, dialects=dialects).digest


def test_digest_keeps_names_and_contents_apart() -> None:
    """Moving a byte from a name to a content changes the hash; the order in which they come does not."""
    assert digest_of({"ab": b"c"}) != digest_of({"a": b"bc"})
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})


def test_unknown_slug_is_a_key_error(rendered: Path, dialects: dict[str, Dialect]) -> None:
    """The corpus is looked up like a mapping."""
    with pytest.raises(KeyError, match="gone"):
        load_corpus(rendered, dialects=dialects)["gone"]


def test_bodies_are_walked_in_order(write: Write, rendered: Path, dialects: dict[str, Dialect], good: str) -> None:
    """By slug, turn and dialect, whatever the file system says."""
    write(good, slug="another-one", body=None)
    render(rendered, dialects=dialects)
    corpus = load_corpus(rendered, dialects=dialects)
    assert [("another-one", 1, "plain"), ("small-one", 1, "plain")] == [
        (fixture.slug, turn.number, body.dialect) for fixture, turn, body in corpus.bodies()
    ]


# ------------------------------------------------------------------------------------------------------------- features

CHANGES = {
    "another-kind": ("- text:", "- reasoning:", "parts=reasoning+few"),
    "more-pieces": ('"."]', '".", ".", "."]', "parts=text+pieces"),
    "one-piece": ('["It", " was ", "Quillfeather", "."]', "Quillfeather", "parts=text+whole"),
    "another-finish": ("finish: stop", "finish: length", "finish=length"),
    "cut-off": ("ends: complete", "ends: truncated", "completion=truncated"),
    "usage": ("finish: stop", "usage: {cached: 3, input: 4}\n      finish: stop", "usage=input,cached"),
    "astral": ('"."]', '"\U0001f600"]', "text:astral"),
    "cut-in-cluster": ('"."]', '"\u0301"]', "text:cut-in-cluster"),
    "blank-piece": ('"."]', '" ", "."]', "text:blank-piece"),
    "space-at-edge": ('"."]', '". "]', "text:space-at-edge"),
    "think-tag": ('"."]', '"<think>"]', "text:think-tag"),
    "control": ('"."]', '"\\e"]', "text:control"),
    "system": ("- user:", "- system: Be brief.\n        - user:", "request:system=True"),
    "schema": (
        "messages:",
        "response_schema: {title: T, type: object}\n      messages:",
        "text:json=none",
    ),
}


@pytest.mark.parametrize(("old", "new", "word"), CHANGES.values(), ids=CHANGES)
def test_change_of_structure_changes_features(
    write: Write, dialects: dict[str, Dialect], good: str, old: str, new: str, word: str
) -> None:
    """A fixture that differs in structure is no twin, and the feature has a name."""
    assert old in good
    write(slug="good-one", body=None)
    root = write(good.replace("  text: [Quillfeather]", "  {}").replace(old, new, 1), slug="other-one", body=None)
    render(root, dialects=dialects)
    corpus = load_corpus(root, dialects=dialects)
    plain, other = (features(fixture.turns[0], dialects["plain"]) for fixture in corpus.fixtures)
    assert word in other - plain
    assert [] == find_twins(corpus, dialects)


@pytest.fixture
def twins(write: Write, dialects: dict[str, Dialect], good: str) -> Callable[[str], list[str]]:
    """Finds the twins of two fixtures that differ in their words, the second with more in its scenario."""

    def twins(more: str) -> list[str]:
        write(slug="good-one", body=None)
        other = good.replace("dyes:", f"{more}dyes:").replace("Quillfeather", "Inkfeather")
        root = write(other, slug="other-one", body=None)
        render(root, dialects=dialects)
        return find_twins(load_corpus(root, dialects=dialects), dialects)

    return twins


def test_fixtures_that_differ_in_words_are_twins(twins: Callable[[str], list[str]]) -> None:
    """Other words are no other fixture."""
    assert ["good-one and other-one have the same features in plain; write the reason under `also`"] == twins("")


def test_twins_with_a_reason_are_both_kept(twins: Callable[[str], list[str]]) -> None:
    """One of the two says why."""
    assert [] == twins("also: {good-one: the words matter here}\n")


def test_reason_that_is_not_needed_is_a_finding(twins: Callable[[str], list[str]]) -> None:
    """A reason does not outlive the likeness."""
    more = "also: {good-one: the words matter here}\nneeds: [refusal]\n"
    assert ["other-one: also: good-one differs by now; delete the reason"] == twins(more)


# ------------------------------------------------------------------------------------------------------------- location


@pytest.mark.parametrize("place", ["package/_data/fixtures", "fixtures"])
def test_data_is_found_in_a_wheel_and_in_a_checkout(tmp_path: Path, place: str) -> None:
    """Inside the package, or else beside it."""
    (tmp_path / place).mkdir(parents=True)
    assert tmp_path / place == data._find("fixtures", tmp_path / "package")


def test_wheel_comes_first(tmp_path: Path) -> None:
    """An installed package does not read a folder that happens to lie beside it."""
    for place in ("package/_data/specs", "specs"):
        (tmp_path / place).mkdir(parents=True)
    assert tmp_path / "package/_data/specs" == data._find("specs", tmp_path / "package")


def test_data_that_is_nowhere_is_a_fault(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(FixtureError, match="install the wheel or work in a checkout"):
        data._find("specs", tmp_path / "package")
