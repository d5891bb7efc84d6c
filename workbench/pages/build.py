"""Builds the site: MkDocs over the written pages, then a content security policy into every page.

Theory of operation. The theme writes a few small scripts into its pages. After the build each page is read once, and a
policy that allows these scripts, by their hash, and files of the site is put before anything else in its head. Which
scripts are the theme's is read off its page for missing pages, on which nothing from outside stands. A page with any
other script fails the build: nothing that slipped in is ever allowed by its own hash.

Rules:
1. MkDocs runs as a process of its own, strict: it keeps global state, and a warning of it is an error of ours.
2. Nothing is fetched, while building or by a page.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from workbench.errors import ResultError

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)
_DATA = re.compile(r"""\stype=["']?application/json["']?(?:\s|$)""")
_SOURCE = re.compile(r"""\ssrc=(?:"(?!https?:|//)|'(?!https?:|//)|(?!["']|https?:|//))""", re.IGNORECASE)
_PLACE = re.compile(r'new URL\("[./]*",location\)')
_CHARSET = '<meta charset="utf-8">'
_BARE = "404.html"
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}


def build_site(pages: Path, site: Path, config: Path) -> None:
    """Builds the site.

    Args:
        pages: folder that `write_pages` filled.
        site: where the built site goes; it is emptied first.
        config: `mkdocs.yml`; its own folders are not used.

    Raises:
        ResultError: there are no pages, MkDocs failed, or a page holds a script that is not the theme's; the message
            holds what was said.
    """
    if not (pages / "index.md").is_file():
        raise ResultError(f"{pages}: no pages there; `workbench site` writes them")
    done = _run_mkdocs(pages, site, config)
    if done.returncode:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        said = "\n  ".join(line for line in lines if not line.startswith("INFO"))
        raise ResultError(f"MkDocs could not build the site from {pages}:\n  {said}")
    allowed = {_anywhere(script) for script in inline_scripts((site / _BARE).read_text("utf-8"))}
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        foreign = foreign_scripts(text, allowed)
        if foreign:
            raise ResultError(f"{path}: a script that is not the theme's: {foreign[0][:80]!r}; a text was not encoded")
        path.write_text(with_policy(text), "utf-8")


def _run_mkdocs(pages: Path, site: Path, config: Path) -> subprocess.CompletedProcess[str]:
    # JSON is YAML: a path needs no other quoting.
    folders = {"INHERIT": str(config.resolve()), "docs_dir": str(pages.resolve()), "site_dir": str(site.resolve())}
    with tempfile.TemporaryDirectory(prefix="workbench-") as folder:
        inheriting = Path(folder) / "mkdocs.yml"
        inheriting.write_text(json.dumps(folders), "utf-8")
        # Not `--quiet`: it hides warnings from the count that makes a strict build fail.
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file", str(inheriting)]
        return subprocess.run(command, env={**os.environ, **_QUIET}, capture_output=True, text=True, check=False)


def inline_scripts(html: str) -> list[str]:
    """Lists the texts of scripts that would run and are not a file of the site."""
    found = ((match["attributes"], match["text"]) for match in _SCRIPT.finditer(html))
    return [text for attributes, text in found if not _SOURCE.search(attributes) and not _DATA.search(attributes)]


def foreign_scripts(html: str, allowed: Collection[str]) -> list[str]:
    """Lists the scripts of a page that are not among those allowed, wherever the page lies."""
    return [script for script in inline_scripts(html) if _anywhere(script) not in allowed]


def _anywhere(script: str) -> str:
    """Takes from a script of the theme where its page lies, which is all that differs between pages."""
    return _PLACE.sub("new URL(location)", script)


def policy(html: str) -> str:
    """Writes the policy of a page: its own files, and the scripts that stand in it by their hash."""
    hashes = sorted({f"'sha256-{_digest(script)}'" for script in inline_scripts(html)})
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def with_policy(html: str) -> str:
    """Puts the policy of a page right behind its character set, before anything that it governs."""
    if "Content-Security-Policy" in html:
        return html
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    if _CHARSET not in html:
        raise ResultError(f"a page without {_CHARSET}: the theme has changed, so the policy has no place")
    return html.replace(_CHARSET, f"{_CHARSET}\n{meta}", 1)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
