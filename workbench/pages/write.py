"""Writes all pages into one folder: generated ones, hand-written ones, lanes to download, style and script.

Rules:
1. The folder holds what this run wrote and nothing else: files of an earlier run that nobody wrote again are removed.
2. A file with the same bytes is left alone, so a generator that looks at times has nothing to do.
3. Hand-written pages are copied and given the same foot; they are ours, and MkDocs reads them as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from workbench.errors import ResultError
from workbench.files import write_whole
from workbench.pages import benchmarks as benchmark_pages
from workbench.pages import clauses, designs, fixtures, overview, releases
from workbench.pages.beside import beside
from workbench.pages.book import Book
from workbench.pages.fixtures import download_of
from workbench.pages.lanes import lane_file
from workbench.pages.render import FOLDER, Page, Renderer
from workbench.results import ResultSet, parse_body_key

ASSETS = FOLDER / "assets"


def write_pages(
    results: ResultSet,
    *,
    lanes: Path,
    benchmarks: Path | None,
    hand_written: Path,
    out: Path,
    shipped: ResultSet | None = None,
) -> list[Path]:
    """Writes every page of the site.

    Args:
        results: a folder of results, read whole.
        lanes: folder of lanes, as a run writes them; a body without a file is said to be missing.
        benchmarks: benchmark output, a file or a folder of files; None or an absent one is said to be missing.
        hand_written: folder with Markdown pages of ours.
        out: the generator's folder of sources; it is ours alone.
        shipped: the folder of results as shipped, read whole; None where there is none, which pages then say.

    Returns:
        The pages that were written, in the order in which they were made.

    Raises:
        ResultError: there is no complete run to make pages from.
        OSError: a file cannot be read or written.
    """
    if not results.subjects or not results.catalogue:
        raise ResultError("no results to make pages from; `workbench run` makes them")
    book = Book(results, lanes, shipped)
    renderer = Renderer(book.provenance, book.shipped.provenance)
    written: list[Path] = []
    for page in _pages(book, benchmarks):
        path = out / f"{page.path}.md"
        write_whole(path, renderer.page(page).encode())
        written.append(path)
    for source in sorted(hand_written.glob("*.md")):
        path = out / source.name
        text = source.read_text("utf-8").rstrip()
        write_whole(path, f"{text}\n\n{renderer.foot('')}".encode())
        written.append(path)
    kept = [*written, *_copy_assets(out), *_copy_lanes(book, out)]
    _remove_others(out, kept)
    return written


def _pages(book: Book, benchmarks: Path | None) -> Iterator[Page]:
    besides = {design: beside(book, design) for design in book.designs}
    yield from overview.pages(book, besides)
    yield from designs.pages(book, besides)
    yield from releases.pages(book)
    yield from clauses.pages(book)
    yield from fixtures.pages(book)
    yield from benchmark_pages.pages(benchmarks)


def _copy_assets(out: Path) -> Iterator[Path]:
    for source in sorted(ASSETS.iterdir()):
        if source.is_file():
            path = out / "assets" / source.name
            write_whole(path, source.read_bytes())
            yield path


def _copy_lanes(book: Book, out: Path) -> Iterator[Path]:
    for body in book.bodies:
        at = parse_body_key(body)
        source = lane_file(book.lanes, at)
        if source is not None and source.is_file():
            path = out / download_of(at)
            write_whole(path, source.read_bytes())
            yield path


def _remove_others(out: Path, kept: Iterable[Path]) -> None:
    wanted = set(kept)
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in wanted:
            path.unlink()
