"""A site in which every text is hostile, in a real browser: it is there to read, and nothing of it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import ALL, SCREENS
from tests.browser.test_pages import show
from tests.pages import sample
from tests.pages.payloads import MARK, PAYLOADS, marked
from workbench.pages.inert import cut, name_of, one_line
from workbench.visible import visible

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

EXTRA = name_of(marked(PAYLOADS["close-title"]))
LIBRARY = name_of(marked(PAYLOADS["close-title"]).partition("/")[0])  # an address ends at its first slash

PAGES = {
    **{name: f"{name}.html" for name in ("index", "crosswalk", "camps", "miniatures", "dialects", "benchmarks")},
    **{f"{name}-index": f"{name}/index.html" for name in ("designs", "clauses", "fixtures")},
    "design": "designs/alpha.html",
    "design-hostile-id": f"designs/{EXTRA}.html",
    "clause": f"clauses/{sample.CLAUSES[1]}.html",
    "clause-hostile-id": f"clauses/{EXTRA}.html",
    "fixture": "fixtures/plain.html",
    "releases": "releases/index.html",
    "library": "releases/lib.html",
    "library-hostile-name": f"releases/{LIBRARY}.html",
}

OURS = """() => {
  const bad = [];
  const content = document.querySelector("article");
  const tags = ["script:not([type='application/json'])", "iframe", "object", "embed", "style", "base", "meta", "form"];
  for (const tag of [...tags, "img", "[style]", "[srcdoc]"]) if (content.querySelector(tag)) bad.push(tag);
  for (const one of document.querySelectorAll("*")) {
    for (const name of one.getAttributeNames()) if (name.startsWith("on")) bad.push(`${one.tagName} ${name}`);
    const address = one.getAttribute("href") || one.getAttribute("src") || "";
    if (/^\\s*(javascript|data|vbscript):/i.test(address)) bad.push(`${one.tagName} ${address}`);
  }
  return bad;
}"""
"""Lists what has no place in a page of ours: handlers, styles, frames, images, and links to scripts."""


@pytest.mark.parametrize("name", list(PAGES))
def test_nothing_acts(page: Page, hostile_url: str, name: str) -> None:
    """No dialog, no request, no handler, no foreign element; the page and its title are whole."""
    show(page, f"{hostile_url}/{PAGES[name]}")
    assert [] == page.evaluate(OURS)
    assert 1 == page.locator("h1").count()
    assert page.title().endswith("Stream API Workbench")
    assert 1 == page.locator(".wb-foot").count()
    assert page.locator(".wb-foot").is_visible()


def test_every_payload_is_text(page: Page, hostile_url: str) -> None:
    """What the browser holds as text is the payload, hidden characters made visible, character for character."""
    show(page, f"{hostile_url}/fixtures/plain.html")
    texts = page.locator(".wb-message pre").evaluate_all("all => all.map(one => one.textContent)")
    expected = {name: visible(cut(payload), newlines=True) for name, payload in PAYLOADS.items() if payload}
    assert [] == [name for name, payload in expected.items() if payload not in texts]


def test_lanes_show_hostile_events_as_text(page: Page, hostile_url: str) -> None:
    """The panel's text is the stream's text."""
    show(page, f"{hostile_url}/fixtures/plain.html")
    box = page.locator("[data-lanes]").first
    box.locator("button.wb-frame").nth(1).hover()
    text = visible(f"1 {ALL}", newlines=True)
    assert text[:600] == (box.locator("[data-frame-text]").text_content() or "").replace("↵", "\n")[:600]
    box.locator("button.wb-chip").nth(1).hover()
    assert MARK in (box.locator("[data-event-text]").text_content() or "")
    assert [] == page.evaluate(OURS)


def test_captured_output_is_text(page: Page, hostile_url: str) -> None:
    """What a crashing release left behind is there to read, and nothing of it acts when it is opened."""
    show(page, f"{hostile_url}/releases/lib.html#odd-{name_of('lib@2.0/sync')}")
    place = page.locator(f"#odd-{name_of('lib@2.0/sync')}")
    assert place.evaluate("one => one.open")
    assert one_line(f"crash since {ALL}", 1200) == place.locator("td").nth(1).text_content()
    assert [] == page.evaluate(OURS)


def test_search_shows_hostile_text_as_text(page: Page, hostile_url: str) -> None:
    """Results of the search quote the payloads, and nothing in them acts."""
    show(page, f"{hostile_url}/index.html")
    page.locator("input.md-search__input").click()
    page.keyboard.type(MARK, delay=20)
    page.locator(".md-search-result__item").first.wait_for()
    assert MARK in page.locator(".md-search-result__list").inner_text()
    assert "<script>" in page.locator(".md-search-result__list").inner_text()
    found = page.locator(".md-search-result__list")
    assert 0 == found.locator("script, img, iframe, svg[onload], style, form").count()
    assert [] == page.evaluate(OURS)
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / "search-hostile.png")
