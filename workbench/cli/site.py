"""`workbench site`: build the site from results."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.console import err, out

CHECKOUT = Path("mkdocs.yml")


@click.command("site")
@click.option(
    "--results", type=click.Path(path_type=Path, file_okay=False), default=Path("site/data"), show_default=True
)
@click.option("--serve", is_flag=True, help="Serve it on loopback after building; Ctrl-C ends it.")
@click.option("--port", default=8000, show_default=True, help="Where to serve.")
def command(results: Path, serve: bool, port: int) -> None:
    """Build the site from the results on file into build/site, and say where to look."""
    from workbench.errors import UsageError
    from workbench.pages import build_site, write_pages
    from workbench.results import read

    if not CHECKOUT.is_file():
        raise UsageError(f"{CHECKOUT}: not here; run this in a checkout of the project")
    found = read(results)
    pages = write_pages(
        found,
        lanes=Path("build/run/lanes"),
        benchmarks=Path("build/bench/latest.json"),
        hand_written=Path("site"),
        out=Path("build/pages"),
    )
    err().print(f"{len(pages)} pages written; MkDocs is building")
    build_site(Path("build/pages"), Path("build/site"), CHECKOUT)
    out().print(f"the site is in build/site; open {Path('build/site/index.html').resolve()}")
    if serve:
        _serve(Path("build/site"), port)


def _serve(folder: Path, port: int) -> None:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    with ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(folder))) as server:
        out().print(f"serving http://127.0.0.1:{server.server_port}/ - Ctrl-C ends it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            err().print("ended")
