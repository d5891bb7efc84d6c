"""Sites to look at: one built from the real results, a small one with releases, one in which every text is hostile."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.pages import sample
from tests.pages.payloads import PAYLOADS, marked
from tests.pages.shipped_sample import shipped
from workbench.pages import build_site, write_pages
from workbench.results import ResultSet

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"

ALL = marked("\n".join(payload for name, payload in PAYLOADS.items() if not name.startswith("long")))
"""Every payload in one text."""


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
        """Drops the line."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves a folder on loopback; yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def hostile_results() -> ResultSet:
    """Makes results in which every text is hostile, and a fixture that says each payload in a message of its own."""
    results = sample.results(ALL, extra=marked(PAYLOADS["close-title"]))
    catalogue: Any = results.catalogue
    messages = [
        {"role": "user", "parts": [{"type": "text", "text": payload}]} for payload in PAYLOADS.values() if payload
    ]
    catalogue["fixtures"]["plain"]["turns"][0]["request"]["messages"] = messages
    return replace(results, catalogue=catalogue)


@pytest.fixture(scope="session")
def hostile_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the site in which every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    write_pages(
        hostile_results(),
        lanes=sample.write_lanes(folder / "lanes", ALL),
        benchmarks=None,
        hand_written=ROOT / "site",
        out=folder / "pages",
        shipped=shipped(ALL, extra=marked(PAYLOADS["close-title"])),
    )
    build_site(folder / "pages", folder / "site", ROOT / "mkdocs.yml")
    with serving(folder / "site") as address:
        yield address


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small site of plain words, which always has releases, of another corpus than the adapters."""
    folder = tmp_path_factory.mktemp("small")
    write_pages(
        sample.results(),
        lanes=sample.write_lanes(folder / "lanes", "Quillfeather"),
        benchmarks=None,
        hand_written=ROOT / "site",
        out=folder / "pages",
        shipped=shipped(corpus="deadbeefdeadbeef"),
    )
    build_site(folder / "pages", folder / "site", ROOT / "mkdocs.yml")
    return folder / "site"


@pytest.fixture(scope="session")
def small_url(small: Path) -> Iterator[str]:
    """Address of the small site."""
    with serving(small) as address:
        yield address


@pytest.fixture(scope="session")
def built() -> Path:
    """Folder of the real site."""
    folder = ROOT / "build" / "site"
    if not (folder / "index.html").is_file():
        pytest.fail("the site is not built: make site")
    return folder
