"""Serves one body over real HTTP on this machine, byte-exact, for official SDKs to read."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from workbench.dialect import Dialect
from workbench.wire import MEDIA_TYPES


@contextmanager
def serving(dialect: Dialect, body: bytes) -> Iterator[tuple[str, list[Any]]]:
    """Serves a body at the path of its dialect.

    Yields:
        The origin, such as `http://127.0.0.1:40001`, and a list to which each request's JSON is added.
    """
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200 if self.path == dialect.path else 404)
            self.send_header("Content-Type", MEDIA_TYPES[dialect.framing_of(body)])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
