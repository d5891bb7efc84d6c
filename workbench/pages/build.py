"""Builds the site: MkDocs over the written pages, then a content security policy into every page.

Theory of operation. The theme writes a few small scripts into its pages, which differ by the page's depth. After the build
each page is read once, the scripts in it are hashed, and a policy that allows these and files of the site is put before
anything else in its head. So nothing that slipped into a page could run, whatever it is.

Rules:
1. MkDocs runs as a process of its own, strict: it keeps global state, and a warning of it is an error of ours.
2. Nothing is fetched, while building or by a page.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from workbench.errors import ResultError

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)
_CHARSET = '<meta charset="utf-8">'
_QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}


def build_site(pages: Path, site: Path, config: Path) -> None:
    """Builds the site.

    Args:
        pages: folder that `write_pages` filled; the configuration names the same.
        site: where the built site goes; it is emptied first.
        config: `mkdocs.yml`.

    Raises:
        ResultError: there are no pages, or MkDocs failed; the message holds what it said.
    """
    if not (pages / "index.md").is_file():
        raise ResultError(f"{pages}: no pages there; `workbench site` writes them")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--clean"]
    command += ["--config-file", str(config.resolve()), "--site-dir", str(site.resolve())]
    environment = {**os.environ, **_QUIET}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n  ".join(line for line in (done.stdout + done.stderr).splitlines() if line.strip())
        raise ResultError(f"MkDocs could not build the site from {pages}:\n  {said}")
    for path in sorted(site.rglob("*.html")):
        text = path.read_text("utf-8")
        path.write_text(with_policy(text), "utf-8")


def inline_scripts(html: str) -> list[str]:
    """Lists the texts of scripts that stand in a page and would run."""
    found = ((match["attributes"], match["text"]) for match in _SCRIPT.finditer(html))
    return [text for attributes, text in found if " src=" not in attributes and "application/json" not in attributes]


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
        "worker-src": "'self' blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def with_policy(html: str) -> str:
    """Puts the policy of a page right behind its character set, before anything that it governs."""
    if _CHARSET not in html or "Content-Security-Policy" in html:
        return html
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    return html.replace(_CHARSET, f"{_CHARSET}\n{meta}", 1)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
