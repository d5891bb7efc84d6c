"""Markdown that came with a design: rendered, and inert."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from tests.pages.payloads import PAYLOADS
from workbench.pages.prose import render_prose

ALLOWED = {
    *("p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "hr", "br"),
    *("h3", "h4", "h5", "h6", "pre", "code", "div", "a"),
}


class _Tags(HTMLParser):
    """Lists tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes one tag."""
        self.tags.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("name", list(PAYLOADS))
@pytest.mark.parametrize(
    "around", ["{0}", "text {0} text", "# {0}", "- {0}", "[x]({0})", "| a |\n|---|\n| {0} |", "`{0}`"]
)
def test_prose_is_inert_wherever_a_payload_stands(name: str, around: str) -> None:
    """Only harmless tags come out, and links lead to http or https."""
    seen = _Tags()
    seen.feed(str(render_prose(around.format(PAYLOADS[name]))))
    assert set() == set(seen.tags) - ALLOWED
    addresses = [value or "" for key, value in seen.attributes if key == "href"]
    assert [] == [one for one in addresses if not one.startswith(("http://", "https://"))]
    assert set() == {key for key, _ in seen.attributes} - {"href", "rel", "class", "tabindex"}


@pytest.mark.parametrize(
    ("markdown", "markup"),
    [
        ("# Title", "<h3>Title</h3>"),
        ("###### Deep", "<h6>Deep</h6>"),
        ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"),
        ("[a](https://b.example/c)", '<p><a href="https://b.example/c" rel="noopener noreferrer">a</a></p>'),
        ("[a](adapter.py)", "<p>a</p>"),
        ("![alt](https://b.example/c.png)", "<p>alt</p>"),
        ("<b>x</b>", "<p>&#60;b&#62;x&#60;/b&#62;</p>"),
        ("```py\na = 1\n```", '<pre tabindex="0"><code>a = 1&#10;</code></pre>'),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("a\nb", "<p>a b</p>"),
    ],
    ids=["heading", "deep", "inline", "link", "relative", "image", "html", "fence", "list", "softbreak"],
)
def test_prose_renders_markdown(markdown: str, markup: str) -> None:
    """The common forms are rendered; what would act is text."""
    assert markup == str(render_prose(markdown))


def test_tables_scroll() -> None:
    """A table stands in a box that scrolls on small screens."""
    made = str(render_prose("| a |\n|---|\n| b |"))
    assert (True, True) == ("<table>" in made, made.startswith('<div class="wb-scroll"'))
