"""Turns templates into pages: HTML in one raw block, in a Markdown file that MkDocs and its relatives read.

Theory of operation. A page is a Markdown file with front matter of our own words and one `<div>` that holds everything.
Markdown passes a balanced raw block on untouched, so no plug-in, hook or extension is needed, and any generator that
reads the same tree builds the same pages. Values are encoded by `inert` on their way into the template.

Rules:
1. Every value that a template writes is encoded, unless it is markup that this package made.
2. The front matter holds letters, digits and harmless marks only, because the theme writes a title without encoding.
3. A page's address never changes: it is made of ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct

from workbench.pages.inert import (
    breakable,
    clip,
    compact,
    cut,
    inert,
    link_of,
    name_of,
    one_line,
    pretty,
    script_json,
    title_of,
)

FOLDER = Path(__file__).resolve().parent


class Page(Struct, frozen=True):
    """One page before it is written.

    Attributes:
        path: below the pages' folder, without extension: `clauses/TEXT-EXACT`.
        title: for the window and the navigation.
        template: file below `templates/`.
        values: what the template reads.
        leaf: it is one of many; left out of the navigation and of the search index.
        trail: pages above it, as title and path.
        shipped: it is about releases as shipped, and its foot says of which run those are.
    """

    path: str
    title: str
    template: str
    values: Mapping[str, Any]
    leaf: bool = False
    trail: tuple[tuple[str, str], ...] = ()
    shipped: bool = False

    @property
    def root(self) -> str:
        """What leads from this page to the first folder: empty, or `../` per folder."""
        return "../" * self.path.count("/")


def finalize(value: object) -> object:
    """Encodes what a template is about to write; markup that was made here passes."""
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else inert(value)


@cache
def environment() -> Environment:
    """Makes the template environment, once: encoding always on, unknown names an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "line": one_line,
        "clip": clip,
        "compact": compact,
        "breakable": breakable,
        "pretty": pretty,
        "text": cut,
        "name": name_of,
        "script_json": script_json,
        "link": link_of,
        "count": lambda number: f"{number:,}",
        "percent": percent,
        "plural": plural,
    }
    made.filters.update(filters)
    return made


def percent(share: float | None) -> str:
    """Writes a share in whole per cent; never 0 or 100 for what is not quite that."""
    if share is None:
        return "none comparable"
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99 %"
    if whole == 0 and share > 0:
        return "under 1 %"
    return f"{whole} %"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Writes a count with its noun: `1 body`, `1,204 bodies`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def front_matter(page: Page) -> str:
    """Writes the lines that a generator reads: title, what to hide, whether to search."""
    lines = [f'title: "{title_of(page.title)}"', "hide:", "  - navigation", "  - toc"]
    if page.leaf:
        lines += ["search:", "  exclude: true"]
    return "\n".join(["---", *lines, "---", ""])


class Renderer:
    """Renders pages with what stands on all of them.

    Args:
        provenance: rows of the foot: name and value.
        shipped: the same of the results as shipped.
    """

    def __init__(self, provenance: list[tuple[str, str]], shipped: list[tuple[str, str]]) -> None:
        self._environment = environment()
        self._provenance = provenance
        self._shipped = shipped

    def page(self, page: Page) -> str:
        """Returns the Markdown file of a page."""
        values = {
            "page": page,
            "root": page.root,
            "provenance": self._shipped if page.shipped else self._provenance,
            "shipped_provenance": self._shipped,
            "about_releases": page.shipped,
        }
        html = self._environment.get_template(page.template).render({**values, **page.values})
        return f"{front_matter(page)}\n{_block(html)}\n"

    def foot(self, root: str) -> str:
        """Returns the foot alone, for pages that were written by hand."""
        html = self._environment.get_template("foot.html").render(
            {"root": root, "provenance": self._provenance, "about_releases": False}
        )
        return f"{_block(html)}\n"


def _block(html: str) -> str:
    """Makes one raw block: no line of it may look like Markdown, so indentation and empty lines go."""
    lines = (raw.strip() for raw in html.splitlines())
    # A space between cells keeps their words apart where a search index drops the tags.
    return "\n".join(line for line in lines if line).replace("</th><", "</th> <").replace("</td><", "</td> <")
