"""A package index on loopback, with packages of a few lines: what uv and pip ask in these tests.

Rules:
1. Files are wheels and source archives that are written here, with an upload time as a real index tells it.
2. Nothing of the machine's own settings is left: whoever asks, asks this index.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DEAD = "http://127.0.0.1:9/simple/"
"""An index that does not answer: nobody listens on that port."""

BUILDER = """
import zipfile

def build_wheel(folder, settings=None, metadata=None):
    with zipfile.ZipFile(f"{folder}/NAME-VERSION-py3-none-any.whl", "w") as wheel:
        info = "NAME-VERSION.dist-info"
        wheel.writestr("NAME.py", "built = True")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: NAME\\nVersion: VERSION\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return "NAME-VERSION-py3-none-any.whl"
"""
"""Code of a package that builds NAME in VERSION, and nothing else."""


@dataclass(frozen=True)
class File:
    """A file of the index."""

    data: bytes
    uploaded: str
    python: str
    withdrawn: bool

    @property
    def sha256(self) -> str:
        """Digest in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Shelf:
    """The packages of the index.

    Attributes:
        url: where it is served.
        packages: files by name of the package and of the file.
        asked: paths that were asked for.
        sends: while it is not set, files are not sent.
    """

    url: str = ""
    packages: dict[str, dict[str, File]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sends: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.sends.set()

    def add(
        self,
        name: str,
        version: str,
        day: str,
        *,
        needs: Sequence[str] = (),
        python: str = ">=3.11",
        code: str = "",
        withdrawn: bool = False,
    ) -> None:
        """Puts a wheel with one module on the shelf.

        Args:
            name: of the package and its module.
            version: of the package.
            day: of the upload, at noon in UTC.
            needs: requirements.
            python: range of Python.
            code: text of the module.
            withdrawn: whether the index calls the file yanked.
        """
        metadata = [f"Name: {name}", f"Version: {version}", f"Requires-Python: {python}"]
        metadata += [f"Requires-Dist: {need}" for need in needs]
        info = f"{name}-{version}.dist-info"
        files = {
            f"{name}.py": code,
            f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", *metadata]) + "\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: shelf\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in files.items())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as wheel:
            for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                wheel.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
        file = File(buffer.getvalue(), f"{day}T12:00:00Z", python, withdrawn)
        self.packages.setdefault(name, {})[f"{name}-{version}-py3-none-any.whl"] = file

    def add_source(self, name: str, version: str, day: str, *, backend: str) -> None:
        """Puts a package on the shelf of which there is only source, which `backend` builds."""
        files = {
            "pyproject.toml": f'[build-system]\nrequires = ["{backend}"]\nbuild-backend = "{backend}"\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\n',
            f"{name}.py": "",
            "PKG-INFO": f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n",
        }
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for path, text in files.items():
                member = tarfile.TarInfo(f"{name}-{version}/{path}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        file = File(buffer.getvalue(), f"{day}T12:00:00Z", ">=3.11", withdrawn=False)
        self.packages.setdefault(name, {})[f"{name}-{version}.tar.gz"] = file

    def pin(self, name: str, version: str, *, digest: str = "") -> str:
        """A line of a lock."""
        found = next(file for key, file in self.packages[name].items() if key.startswith(f"{name}-{version}"))
        return f"{name}=={version} --hash=sha256:{digest or found.sha256}\n"

    def page(self, name: str) -> bytes:
        """What the index tells of a package."""
        files = [
            {
                "filename": key,
                "url": f"{self.url}files/{name}/{key}",
                "hashes": {"sha256": one.sha256},
                "requires-python": one.python,
                "size": len(one.data),
                "upload-time": one.uploaded,
                "yanked": one.withdrawn,
            }
            for key, one in self.packages[name].items()
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": files, "versions": []}).encode()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, shelf: Shelf, *arguments: object) -> None:
        self.shelf = shelf
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answers with a page, or a file, or that there is no such thing."""
        self.shelf.asked.append(self.path)
        kind, _, rest = self.path.strip("/").partition("/")
        name, _, key = rest.partition("/")
        kinds = {"simple": "application/vnd.pypi.simple.v1+json", "files": "application/octet-stream"}
        if kind == "files":
            self.shelf.sends.wait(60)
        found = self.shelf.packages.get(name)
        if found is None or kind not in kinds or (kind == "files" and key not in found):
            self.send_error(404)
            return
        data = found[key].data if kind == "files" else self.shelf.page(name)
        self.send_response(200)
        self.send_header("content-type", kinds[kind])
        self.send_header("content-length", str(len(data)))
        self.send_header("cache-control", "no-store")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET  # noqa: N815 - the name that the base class calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
        """Drops the line."""


@contextmanager
def serve() -> Iterator[Shelf]:
    """Serves an empty shelf on loopback."""
    shelf = Shelf()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, shelf)) as server:
        shelf.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield shelf
        shelf.sends.set()
        server.shutdown()
        thread.join()


def ask(monkeypatch: pytest.MonkeyPatch, index: str, folder: Path) -> None:
    """Has uv and pip ask this index and no other, and keep what they fetch in a folder, beside our cache."""
    for name in os.environ:
        if name.startswith(("UV_", "PIP_", "VIRTUAL_ENV")):
            monkeypatch.delenv(name)
    settings = {
        "UV_DEFAULT_INDEX": index,
        "UV_HTTP_RETRIES": "0",
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_INDEX_URL": index,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "WORKBENCH_CACHE": str(folder / "cache"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Writes a folder of releases, `data/` and `locks/`, and returns it."""
    for sub in ("data", "locks"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def data(name: str, *, releases: str = "", **more: str) -> str:
    """Text of a library's file; `more` are further lines of its head."""
    head = {"library": f'"{name}"', "index": f'"{name}"', "imports": f'["{name}"]', "driver": f'"{name}"'}
    head |= {"source": '"https://example.org/code"', **more}
    lines = [f"{key} = {value}" for key, value in head.items()]
    return "\n".join([*lines, "", "[[reads]]", 'versions = ""', f'design = "{name}-events"', "", releases])


def release(version: str, day: str, *, python: str = ">=3.11", **more: str) -> str:
    """Text of a release's entry."""
    lines = [f'version = "{version}"', f"date = {day}", f'python = "{python}"', 'roles = ["subject"]']
    return "\n".join(["[[release]]", *lines, *(f"{key} = {value}" for key, value in more.items()), ""])
