"""What every dialect promises, whichever it is: a page about it, names that fit, and honest words on what it lacks.

What it does with bytes is held elsewhere: on the corpus in `test_fixtures`, on anything in `tests/properties`.
"""

from __future__ import annotations

import re

import pytest

from workbench.corpus import load_corpus
from workbench.data import find_specs_dir
from workbench.dialect import Dialect
from workbench.dialects import all_dialects
from workbench.transcript import CONCEPTS
from workbench.wire import EXTENSIONS, FRAMINGS

DIALECTS = all_dialects()
PAGES = find_specs_dir() / "dialects"

each_dialect = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)


def test_there_are_dialects() -> None:
    """Discovery finds files; an empty folder would make every test here pass."""
    assert DIALECTS


def test_every_page_is_about_a_dialect() -> None:
    """There is a page for each dialect, and none for what is not there."""
    assert set(DIALECTS) == {path.stem for path in PAGES.glob("*.md")} - {"README"}


@each_dialect
def test_id_is_that_of_its_file(dialect: Dialect) -> None:
    """A dialect is found under the name of its module."""
    module = type(dialect).__module__.removeprefix("workbench.dialects.").partition(".")[0]
    assert dialect.id == module.replace("_", "-")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", dialect.id)


@each_dialect
def test_page_names_it_and_its_sources(dialect: Dialect) -> None:
    """The page opens with the id, says where the API is served, and links to documentation."""
    text = (PAGES / f"{dialect.id}.md").read_text("utf-8")
    assert text.startswith(f"# {dialect.id}")
    assert dialect.path in text
    assert "https://" in text


@each_dialect
def test_words_about_itself(dialect: Dialect) -> None:
    """Title, path, framing and a source that can be looked up are there."""
    assert dialect.title
    assert dialect.path.startswith("/")
    assert set(dialect.framings) <= set(FRAMINGS)
    assert dialect.framings
    assert dialect.source.startswith("https://")


@each_dialect
@pytest.mark.parametrize("table", ["cannot", "history_cannot"])
def test_what_it_cannot_carry_has_a_name_and_a_reason(dialect: Dialect, table: str) -> None:
    """Each entry is a concept that there is, with a reason in words."""
    lacks = getattr(dialect, table)
    assert set(lacks) <= set(CONCEPTS)
    assert [] == [concept for concept, reason in lacks.items() if not reason.strip()]


@each_dialect
def test_it_recognises_its_own_bodies_and_no_other(dialect: Dialect) -> None:
    """Each body of the corpus is recognised by its own dialect; the empty one by none."""
    recognised: dict[str, set[str]] = {}
    for fixture, turn, body in load_corpus().bodies():
        frames = DIALECTS[body.dialect].decode(body.data).frames[:16]
        if frames and dialect.recognises(frames):
            recognised.setdefault(body.dialect, set()).add(f"{fixture.slug}/{turn.number}")
    assert {dialect.id} == set(recognised)
    filled = {
        f"{fixture.slug}/{turn.number}"
        for fixture, turn, body in load_corpus().bodies()
        if body.dialect == dialect.id and dialect.decode(body.data).frames
    }
    assert filled == recognised[dialect.id]


@each_dialect
def test_nothing_recognises_nothing(dialect: Dialect) -> None:
    """A body without frames is of no dialect."""
    assert not dialect.recognises([])


@each_dialect
def test_extension_is_that_of_its_bodies(dialect: Dialect) -> None:
    """Files of the corpus in this dialect end as their framing says."""
    found = [body for _, _, body in load_corpus().bodies() if body.dialect == dialect.id]
    assert found
    for body in found:
        assert body.path.name.partition(".")[2] == f"{dialect.id}{EXTENSIONS[dialect.framing_of(body.data)]}"
