"""Renders Markdown that came with a design, such as its README, so that nothing in it acts.

Rules:
1. Raw HTML is shown as text; images become their alternative text, so nothing is fetched.
2. A link leads to an absolute http or https address; any other is shown as its text.
3. Headings move below those of the page, and code stays text: no highlighter runs over it.
4. All text goes through `inert`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from workbench.pages.inert import inert, link_of

TOP = 3
"""Level that a first-level heading gets on a page."""

_PLAIN_TAGS = frozenset(
    {"p", "ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td", "em", "strong", "s", "hr", "br"}
)


def render_prose(text: str) -> Markup:
    """Renders Markdown to markup that is inert.

    Args:
        text: CommonMark with tables, from outside.
    """
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text.replace("\x00", "\u2400"))
    return Markup("").join(_block(tokens))


def _block(tokens: Sequence[Token]) -> list[Markup]:
    made: list[Markup] = []
    for token in tokens:
        if token.type == "inline":
            made.extend(_inline(token.children or []))
        elif token.type in ("fence", "code_block"):
            made.append(Markup('<pre tabindex="0"><code>{}</code></pre>').format(inert(token.content)))
        elif token.type in ("heading_open", "heading_close"):
            made.append(_heading(token))
        elif token.tag in _PLAIN_TAGS:
            if not token.hidden:
                made.append(_tag(token))
        else:
            made.append(inert(token.content))
    return made


def _heading(token: Token) -> Markup:
    level = min(6, int(token.tag[1:]) + TOP - 1)
    slash = "" if token.nesting == 1 else "/"
    return Markup("<{}h{}>").format(slash, level)


def _tag(token: Token) -> Markup:
    tag = Markup(token.tag)  # noqa: S704 - one of a few names, see _PLAIN_TAGS
    if token.tag == "table":
        opening, closing = '<div class="wb-scroll" tabindex="0"><table>', "</table></div>"
        return Markup(opening if token.nesting == 1 else closing)  # noqa: S704 - our own words
    return Markup("</{}>").format(tag) if token.nesting == -1 else Markup("<{}>").format(tag)


def _inline(tokens: Sequence[Token]) -> list[Markup]:
    made: list[Markup] = []
    linked: list[bool] = []
    for token in tokens:
        match token.type:
            case "text" | "html_inline" | "image" | "text_special":
                made.append(inert(token.content))
            case "code_inline":
                made.append(Markup("<code>{}</code>").format(inert(token.content)))
            case "softbreak":
                made.append(Markup(" "))
            case "link_open":
                address = link_of(token.attrGet("href"))
                linked.append(address is not None)
                if address is not None:
                    made.append(Markup('<a href="{}" rel="noopener noreferrer">').format(inert(address)))
            case "link_close":
                if linked.pop():
                    made.append(Markup("</a>"))
            case _ if token.tag in _PLAIN_TAGS:
                made.append(_tag(token))
            case _:
                made.append(inert(token.content))
    return made
