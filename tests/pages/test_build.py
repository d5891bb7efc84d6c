"""The built site: MkDocs runs strictly, and each page gets a policy that allows the theme's scripts and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import sample
from workbench.errors import ResultError
from workbench.pages import build_site, write_pages
from workbench.pages.build import foreign_scripts, inline_scripts, policy, with_policy

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "mkdocs.yml"
PAGE = '<html><head>\n<meta charset="utf-8">\n<script>one()</script></head><body></body></html>'


@pytest.mark.parametrize(
    ("html", "scripts"),
    [
        ("<script>a()</script>", ["a()"]),
        ("<SCRIPT>a()</SCRIPT>", ["a()"]),
        ("<script>a()</script><script>b()</script>", ["a()", "b()"]),
        ('<script src="x.js"></script>', []),
        ('<script type="application/json" data-payload>{"a":1}</script>', []),
        ('<script id="__config" type="application/json">{}</script>', []),
        ('<script src="https://evil.example/x.js"></script>', [""]),
        ('<script src="//evil.example/x.js"></script>', [""]),
        ('<script data-x="type=application/json">a()</script>', ["a()"]),
        ("<p>none</p>", []),
    ],
)
def test_scripts_that_would_run_are_found(html: str, scripts: list[str]) -> None:
    """A file of the site and data are no inline scripts; everything else is."""
    assert scripts == inline_scripts(html)


def test_a_script_of_the_theme_is_known_wherever_its_page_lies() -> None:
    """The theme writes the way to its root into one script; that is all that may differ."""
    allowed = {"scope=new URL(location)"}
    assert [] == foreign_scripts('<script>scope=new URL("../..",location)</script>', allowed)
    assert [] != foreign_scripts('<script>scope=new URL("https://evil.example",location)</script>', allowed)
    assert ["owned()"] == foreign_scripts("<script>owned()</script>", allowed)


def test_policy_allows_nothing_by_default() -> None:
    """Scripts by hash, own files, no handlers, no foreign requests, no frames, no base."""
    found = dict(rule.split(" ", 1) for rule in policy(PAGE).split("; "))
    assert ("'none'", "'self'", "'none'", "'none'", "'self'") == tuple(
        found[name] for name in ("default-src", "style-src", "base-uri", "object-src", "connect-src")
    )
    # openssl says so of `one()`.
    assert "'self' 'sha256-HR7iaask9daLMRRskMI++QeJtjWDOjyPA6lGzYGzKW4='" == found["script-src"]


def test_policy_stands_before_what_it_governs() -> None:
    """It comes right behind the character set, once."""
    made = with_policy(PAGE)
    assert made.index("Content-Security-Policy") < made.index("<script")
    assert made == with_policy(made)


def test_a_theme_that_changed_is_noticed() -> None:
    """Without a place for the policy the build fails."""
    with pytest.raises(ResultError, match="the policy has no place"):
        with_policy("<html></html>")


def test_pages_that_were_not_written_cannot_be_built(tmp_path: Path) -> None:
    """The message says what to do."""
    with pytest.raises(ResultError, match="`workbench site` writes them"):
        build_site(tmp_path, tmp_path / "site", CONFIG)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """Written pages of the sample."""
    lanes = sample.write_lanes(tmp_path / "lanes", "Quillfeather")
    write_pages(sample.results(), lanes=lanes, benchmarks=None, hand_written=ROOT / "site", out=tmp_path / "pages")
    return tmp_path / "pages"


def test_the_sample_builds(pages: Path, tmp_path: Path) -> None:
    """Strictly, with a policy on each page, leaves out of the navigation and out of the search."""
    build_site(pages, tmp_path / "site", CONFIG)
    site = tmp_path / "site"
    written = {path.relative_to(pages).with_suffix(".html") for path in pages.rglob("*.md")}
    built = {path.relative_to(site) for path in site.rglob("*.html")}
    assert {Path("404.html")} == built - written
    assert set() == written - built
    assert [] == [one for one in built if "Content-Security-Policy" not in (site / one).read_text("utf-8")]
    index = (site / "search" / "search_index.json").read_text("utf-8")
    assert ('"location":"designs/index.html' in index, '"location":"designs/alpha.html' in index) == (True, False)


def test_a_broken_link_of_ours_fails_the_build(pages: Path, tmp_path: Path) -> None:
    """MkDocs runs strictly, and what it says reaches the reader."""
    (pages / "bias.md").write_text("# Bias\n\n[gone](gone.md)\n", "utf-8")
    with pytest.raises(ResultError, match=r"(?s)MkDocs could not build.*gone\.md"):
        build_site(pages, tmp_path / "site", CONFIG)


def test_a_script_that_slipped_in_fails_the_build(pages: Path, tmp_path: Path) -> None:
    """It is not allowed by its own hash: the build stops."""
    (pages / "bias.md").write_text("# Bias\n\n<div><script>owned()</script></div>\n", "utf-8")
    with pytest.raises(ResultError, match=r"bias\.html: a script that is not the theme's"):
        build_site(pages, tmp_path / "site", CONFIG)
