"""What every test stands on: Hypothesis profiles, the network guard, outside material and the browser.

Rules:
1. No test talks to another machine. The guard is an audit hook, so no library can go round it; subprocesses are not
   covered, and the browser, which is one, has a guard of its own (`page`).
2. What a test needs and a machine may lack is a fixture that skips with the reason, never a silent return.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parent.parent

# ----------------------------------------------------------------------------------------------------------- Hypothesis

# `fast` is for the desk and remembers what failed; `ci` tries more, and the same examples each time.
settings.register_profile(
    "fast",
    max_examples=60,
    deadline=None,
    database=DirectoryBasedExampleDatabase(ROOT / "build" / "cache" / "hypothesis"),
)
settings.register_profile(
    "ci",
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "fast"))

# -------------------------------------------------------------------------------------------------------------- network


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def _is_loopback(host: object) -> bool:
    """Tells whether a host, as sockets are given it, is this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guard(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: raises where a socket is about to leave this machine."""
    if not event.startswith("socket."):
        return
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = args[1]
        if not isinstance(address, tuple):  # a local socket has a path, a connected one has nothing
            return
        host = address[0]
    else:
        return
    if not _is_loopback(host):
        raise NetworkBlockedError(f"{event}: tests reach this machine only, not {host!r}; replay a body over loopback")


sys.addaudithook(_guard)

# ----------------------------------------------------------------------------------------------------- outside material


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of outside cases and recordings that lies beside the checkout; skips where there is none."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder `shared` beside the checkout: outside cases and recordings are not at hand")
    return folder


# -------------------------------------------------------------------------------------------------------------- browser


class _QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
        """Drops the line."""


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """Address of the built site, served on loopback; fails where it was not built."""
    folder = ROOT / "build" / "site"
    if not (folder / "index.html").is_file():
        pytest.fail("the site is not built: make site")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless, driven over its own protocol."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    arguments += ["--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page; the test fails if it asked another machine, logged an error or raised."""
    context = chromium.new_context()
    context.set_default_timeout(10_000)
    faults: list[str] = []

    def stop_leaving(route: Route) -> None:
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            faults.append(f"asked for {url}")
            route.abort()

    context.route("**/*", stop_leaving)
    fresh = context.new_page()
    fresh.on("pageerror", lambda error: faults.append(f"raised {error}"))
    fresh.on("console", lambda message: faults.append(f"logged {message.text}") if message.type == "error" else None)
    yield fresh
    context.close()
    assert faults == []
