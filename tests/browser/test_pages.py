"""The built site in a real browser: every page type, both palettes, a desk and a phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import SCREENS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = {
    "home": "index.html",
    "designs": "designs/index.html",
    "releases": "releases/index.html",
    "design": "designs/llm.html",
    "clauses": "clauses/index.html",
    "clause": "clauses/STORE-IDENTITY.html",
    "fixtures": "fixtures/index.html",
    "fixture": "fixtures/reasoning-text-call-text.html",
    "hostile": "fixtures/hostile-markup.html",
    "crosswalk": "crosswalk.html",
    "camps": "camps.html",
    "miniatures": "miniatures.html",
    "dialects": "dialects.html",
    "benchmarks": "benchmarks.html",
    "methodology": "methodology.html",
    "bias": "bias.html",
}
WIDTHS = {"desk": 1280, "phone": 390}
SCHEMES = ("light", "dark")
MOST_BYTES = 500_000


def show(page: Page, address: str, scheme: str = "light", width: int = 1280) -> None:
    """Opens a page; a dialog fails the test."""
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.wait_for_load_state("networkidle")


SMALL = {
    "home": "index.html",
    "releases": "releases/index.html",
    "library": "releases/lib.html",
    "library-alone": "releases/other.html",
    "design": "designs/alpha.html",
    "design-without-release": "designs/gamma.html",
    "fixture": "fixtures/plain.html",
    "clause": "clauses/TEXT-EXACT.html",
}
"""Pages that show releases, in a site that always has some."""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_accessible_and_fits(page: Page, site_url: str, name: str, scheme: str) -> None:
    """axe-core finds no violation, tables scroll in their own boxes, nothing is logged, nothing leaves the site."""
    look(page, f"{site_url}/{PAGES[name]}", scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", list(SMALL))
def test_a_page_with_releases_is_accessible_and_fits(page: Page, small_url: str, name: str, scheme: str) -> None:
    """The same of pages that show results as shipped."""
    look(page, f"{small_url}/{SMALL[name]}", scheme)


def test_every_release_of_the_real_site_is_accessible_and_fits(page: Page, site_url: str, built: Path) -> None:
    """Each library's page fits, as long as it is; axe-core looks at those that it can read in seconds.

    The longest take it minutes, and differ from the others in their number of rows alone.
    """
    for path in sorted((built / "releases").glob("*.html")):
        if path.stat().st_size <= MOST_BYTES:
            look(page, f"{site_url}/releases/{path.name}", "light")
        else:
            show(page, f"{site_url}/releases/{path.name}")
            fits(page)


def look(page: Page, address: str, scheme: str) -> None:
    """Runs axe-core over a page with everything open, and sees that it fits a desk and a phone."""
    show(page, address, scheme)
    page.locator("details:not([open])").evaluate_all("all => all.forEach(one => one.open = true)")
    # What depends on the palette is contrast alone.
    found = Axe().run(page, options={"runOnly": ["color-contrast"]} if scheme == "dark" else None)
    report = [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found.response["violations"]]
    assert [] == report
    fits(page)


def fits(page: Page) -> None:
    """Sees that a page is no wider than a desk's window, nor than a phone's."""
    for width in WIDTHS.values():
        page.set_viewport_size({"width": width, "height": 900})
        assert width >= page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize("name", ["home", "matrix", "design", "clause", "fixture", "crosswalk"])
def test_a_page_can_be_looked_at(page: Page, site_url: str, name: str, width: str, scheme: str) -> None:
    """A picture of each main page lies in build/screens for whoever wants to see it."""
    show(page, f"{site_url}/{PAGES.get(name, 'index.html')}", scheme, WIDTHS[width])
    aim = {"matrix": "#matrix", "fixture": "[data-lanes]"}.get(name)
    if aim:
        page.locator(aim).first.evaluate("one => { scrollTo(0, one.getBoundingClientRect().top + scrollY - 90) }")
    if name == "fixture":
        page.locator("button.wb-chip").nth(2).focus()
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}-{width}-{scheme}.png"
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", list(WIDTHS))
@pytest.mark.parametrize("name", ["releases", "library", "design"])
def test_a_page_with_releases_can_be_looked_at(page: Page, small_url: str, name: str, width: str, scheme: str) -> None:
    """The same of pages that show results as shipped."""
    anchor = {"library": "#changes", "design": "#shipped"}.get(name, "")
    show(page, f"{small_url}/{SMALL[name]}{anchor}", scheme, WIDTHS[width])
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"shipped-{name}-{width}-{scheme}.png"
    page.screenshot(path=path)
    assert path.stat().st_size > 10_000


def test_the_palette_can_be_switched(page: Page, site_url: str) -> None:
    """The toggle changes the palette and the page remembers it."""
    show(page, f"{site_url}/index.html")
    scheme = "document.body.dataset.mdColorScheme"
    assert "default" == page.evaluate(scheme)
    page.locator("label[title='Switch to dark']").click()
    assert "slate" == page.evaluate(scheme)
    page.reload()
    assert "slate" == page.evaluate(scheme)


def test_pointing_at_an_event_shows_its_bytes_and_its_object(page: Page, site_url: str, built: Path) -> None:
    """The panel shows the frame's data and the design's own object, as the lanes' file has them."""
    show(page, f"{site_url}/{PAGES['fixture']}")
    box = page.locator("[data-lanes]").first
    lane = box.locator("tr.wb-lane", has=page.get_by_role("link", name="llm", exact=True))
    chip = lane.locator("button.wb-chip").first
    chip.hover()
    raw = json.loads((built / "data/lanes/reasoning-text-call-text/1.anthropic-messages.json").read_bytes())
    frame, event = raw["subjects"]["llm"]["events"][0]
    assert event == json.loads(box.locator("[data-event-text]").inner_text())
    assert raw["wire"]["frames"][frame]["data"] == box.locator("[data-frame-text]").inner_text()
    assert f"frame {frame}," in box.locator("[data-frame-head]").inner_text()


def test_lanes_work_with_the_keyboard(page: Page, site_url: str) -> None:
    """One stop of the Tab key leads in, arrows lead on, and what is focused is shown."""
    show(page, f"{site_url}/{PAGES['fixture']}")
    box = page.locator("[data-lanes]").first
    assert 1 == box.locator("button[tabindex='0']").count()
    box.locator("button[tabindex='0']").focus()
    first = box.locator("[data-frame-head]").inner_text()
    page.keyboard.press("ArrowRight")
    assert first != box.locator("[data-frame-head]").inner_text()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert box.locator("[data-event-text]").is_visible()
    assert "wb-chip" in (page.evaluate("document.activeElement.className") or "")


def test_the_first_divergence_is_marked_and_leads_to_its_clause(page: Page, site_url: str) -> None:
    """A design that tags reasoning diverges where reasoning begins."""
    show(page, f"{site_url}/{PAGES['fixture']}")
    mark = page.locator("td.wb-first").first
    assert "first divergence" in mark.inner_text()
    mark.locator("a").first.click()
    page.wait_for_url(re.compile(r"/clauses/[A-Z-]+\.html#design-"))


def test_a_matrix_cell_leads_to_its_evidence(page: Page, site_url: str) -> None:
    """From a lost cell to what was sent and seen in one click."""
    show(page, f"{site_url}/index.html")
    page.locator("td.wb-m--fail a").first.click()
    page.wait_for_url(re.compile(r"/clauses/.*#design-"))
    anchor = page.evaluate("location.hash")
    assert "sent" in page.locator(anchor).inner_text()


def test_a_shipped_cell_leads_to_its_evidence(page: Page, small_url: str) -> None:
    """Although the evidence is folded: what was sent and what was seen is in sight after one click."""
    show(page, f"{small_url}/releases/lib.html")
    page.locator("summary", has_text=re.compile("^lib 1.1$")).click()
    page.locator("td.wb-m--fail a[title^='lib@1.1/sync, REASONING-SEEN']").click()
    place = page.locator(page.evaluate("location.hash"))
    assert place.is_visible()
    assert "seen Quillfeather" in place.inner_text()


def test_matrix_head_stays_in_sight(page: Page, site_url: str) -> None:
    """Far down the matrix the names of the designs can still be read, whether the page scrolls or the table's box."""
    show(page, f"{site_url}/index.html")
    row = page.locator(".wb-matrix tbody tr").nth(30)
    row.evaluate("row => row.scrollIntoView({block: 'center'})")
    head, place = page.locator(".wb-matrix thead th").nth(1).bounding_box(), row.bounding_box()
    assert head is not None
    assert place is not None
    assert 0 <= head["y"] < place["y"] < 900


@pytest.mark.parametrize("name", [*PAGES, "not-there"])
def test_a_strict_policy_holds(chromium: Browser, site_url: str, name: str) -> None:
    """A script, a handler or a style that slipped in would not run: the policy says no to each."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{site_url}/{PAGES.get(name, '404.html')}")
    blocked = page.evaluate(
        """async () => {
          const seen = [];
          addEventListener("securitypolicyviolation", event => seen.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.textContent = "window.owned = 1";
          document.body.append(script);
          const image = document.createElement("div");
          image.innerHTML = '<img src="https://evil.example/x.png">';
          image.innerHTML += '<p style="color:red" onclick="window.owned = 1">x</p>';
          document.body.append(image);
          image.querySelector("p").click();
          await new Promise(done => setTimeout(done, 150));
          return [window.owned ?? null, [...new Set(seen)].sort()];
        }"""
    )
    context.close()
    assert [None, ["img-src", "script-src-attr", "script-src-elem", "style-src-attr"]] == blocked


def test_pages_work_from_disk(chromium: Browser, built: Path) -> None:
    """Without a server, pages have their look, their links and their lanes."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto((built / PAGES["fixture"]).as_uri())
    page.locator("button.wb-chip").first.hover()
    assert page.locator("[data-event-text]").first.is_visible()
    page.locator(".wb-trail a").click()
    assert "Fixtures" in page.title()
    context.close()


def test_every_link_leads_somewhere(built: Path) -> None:
    """Each address inside the site is a file of it, and each fragment an id on that page."""
    assert [] == broken_links(built)


def test_every_link_leads_somewhere_where_a_body_is_gone(small: Path) -> None:
    """Results as shipped may be of a corpus that had more; nothing links to what is no longer there."""
    assert [] == broken_links(small)


def broken_links(built: Path) -> list[str]:
    """Lists links inside a site that lead nowhere."""
    ids: dict[Path, set[str]] = {}
    pages = sorted(built.rglob("*.html"))
    for path in pages:
        ids[path] = set(re.findall(r'\sid="?([^">\s]+)', path.read_text("utf-8")))
    broken = []
    for path in pages:
        if path.name == "404.html":
            continue
        for link in set(re.findall(r'\shref="?([^">\s]+)', path.read_text("utf-8"))):
            parts = urlsplit(link)
            if parts.scheme:
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            aim = aim / "index.html" if aim.is_dir() else aim
            if not aim.is_file() or (parts.fragment and aim.suffix == ".html" and parts.fragment not in ids[aim]):
                broken.append(f"{path.relative_to(built)}: {link}")
    return broken
