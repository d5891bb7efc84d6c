"""Whatever a stream, a fixture or a plug-in holds, a page keeps its structure.

The page that is made from a payload must have, after Markdown ran over it, the same tags with the same attributes in
the same order as the page that is made from plain words. So a payload has opened, closed and added nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
import yaml
from mkdocs.utils.meta import get_data

from tests.pages import sample
from tests.pages.payloads import PAYLOADS, marked
from tests.pages.shipped_sample import shipped
from workbench.pages.book import Book
from workbench.pages.render import FOLDER, Renderer
from workbench.pages.write import _pages
from workbench.visible import visible

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
FIELDS = {"title", "hide", "search"}


class _Structure(HTMLParser):
    """Lists tags with the names of their attributes, ids of our own words, and all text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes an opening tag."""
        if tag != "wbr":  # where a path may break depends on its steps
            self.tags.append((tag, tuple(sorted(name for name, _ in attrs))))
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name in {"style", "srcdoc"}]

    def handle_endtag(self, tag: str) -> None:
        """Takes a closing tag."""
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        """Takes text."""
        self.text.append(data)


def extensions() -> list[str]:
    """The Markdown extensions that the site is built with."""
    return [one if isinstance(one, str) else next(iter(one)) for one in CONFIG["markdown_extensions"]]


def structure(text: str) -> _Structure:
    """Runs Markdown over a page and reads what came of it."""
    body, _ = get_data(text)
    seen = _Structure()
    seen.feed(markdown.Markdown(extensions=extensions()).convert(body))
    seen.close()
    return seen


Made = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes one page of each kind from one text; each text once."""

    @cache
    def make(text: str) -> dict[str, str]:
        lanes = sample.write_lanes(tmp_path_factory.mktemp("lanes"), text)
        book = Book(sample.results(text, readme="Plain."), lanes, shipped(text))
        renderer = Renderer(book.provenance, book.shipped.provenance)
        # Of several pages of a kind the first is taken: the first fixture has lanes.
        kinds = {page.template: page for page in reversed(list(_pages(book, None)))}
        return {name: renderer.page(page) for name, page in kinds.items()}

    return make


@pytest.fixture(scope="module")
def harmless(made: Made) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Structure of each kind of page, made from plain words."""
    return {name: structure(text).tags for name, text in made(marked("plain words")).items()}


def test_each_kind_of_page_is_made(made: Made) -> None:
    """There is a page for every template that is a page, so each is tried with every payload."""
    parts = {"layout.html", "foot.html", "macros.html", "lanes.html", "shipped.html", "beside.html"}
    assert {path.name for path in (FOLDER / "templates").glob("*.html")} - parts == set(made(marked("plain words")))


@pytest.mark.parametrize("name", [one for one in PAYLOADS if not one.startswith("long")])
def test_a_payload_changes_no_structure(
    name: str, made: Made, harmless: dict[str, list[tuple[str, tuple[str, ...]]]]
) -> None:
    """Same tags, same attributes, same order, on every kind of page; no handler and no style anywhere."""
    for page, text in made(marked(PAYLOADS[name])).items():
        found = structure(text)
        assert (page, harmless[page], []) == (page, found.tags, found.handlers)


@pytest.mark.parametrize("name", ["long", "long-line"])
def test_a_long_payload_opens_nothing(name: str, made: Made) -> None:
    """A long string may be cut or folded away, and still brings no tag that plain words have not."""
    known = {tag for text in made(marked("plain words")).values() for tag, _ in structure(text).tags}
    assert set() == {tag for text in made(marked(PAYLOADS[name])).values() for tag, _ in structure(text).tags} - known


@pytest.mark.parametrize("name", [one for one in PAYLOADS if not one.startswith("long")])
def test_a_payload_is_there_to_read(name: str, made: Made) -> None:
    """The text of a fixture's page holds the payload, hidden characters made visible."""
    text = structure(made(marked(PAYLOADS[name]))["fixture.html"]).text
    assert visible(marked(PAYLOADS[name]), newlines=True) in "".join(text)


@pytest.mark.parametrize("name", list(PAYLOADS))
def test_a_payload_stays_out_of_the_front_matter(name: str, made: Made) -> None:
    """What a generator reads before the page is ours alone, and its titles are plain."""
    for text in made(marked(PAYLOADS[name])).values():
        _, meta = get_data(text)
        assert set() == set(meta) - FIELDS
        assert re.fullmatch(r"[\w .,()/-]+", meta["title"])


@pytest.mark.parametrize("name", list(PAYLOADS))
def test_an_id_from_outside_is_inert(name: str, tmp_path: Path) -> None:
    """Ids of designs, clauses, dialects, miniatures and fixtures may be anything; paths and links stay plain."""
    payload = PAYLOADS[name] or "x"
    slug = payload.replace("/", "_").replace("@", "_")  # a body's key cannot be written with these
    book = Book(sample.results("text", extra=payload, fixture=slug), tmp_path, shipped("text", extra=payload))
    renderer = Renderer(book.provenance, book.shipped.provenance)
    for page in _pages(book, None):
        assert re.fullmatch(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._-]*", page.path)
        assert ".." not in page.path
        text = renderer.page(page)
        assert set() == set(get_data(text)[1]) - FIELDS
        assert [] == re.findall(r'href="(?!https?://|[\w./#-]+")[^"]*"', text)
        if page.leaf and payload not in page.values.values():
            continue  # pages that do not name it were read with the other payloads
        assert [] == structure(text).handlers
