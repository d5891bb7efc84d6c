"""`workbench site`: build the site from results."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.console import err, examples, out
from workbench.errors import UsageError

CHECKOUT = Path("mkdocs.yml")


@click.command(
    "site",
    short_help="Build the site from a complete run, and say where to look.",
    epilog=examples(
        ("workbench site", "build into build/site"),
        ("workbench site --serve", "build, and look at it in a browser"),
    ),
)
@click.option(
    "--results",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site/data"),
    show_default=True,
    help="Results to read.",
)
@click.option(
    "--shipped",
    type=click.Path(path_type=Path, file_okay=False),
    help="Results as shipped to read; by default the folder `shipped` of the results. They may be absent.",
)
@click.option("--serve", is_flag=True, help="Serve it on loopback after building; Ctrl-C ends it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Where to serve.")
def command(results: Path, shipped: Path | None, serve: bool, port: int) -> None:
    """Build the site from the results on file into build/site, and say where to look.

    It must run in a checkout of the project. Lanes are taken from build/run, where `workbench run` puts them, and
    benchmark output from build/bench, where `workbench bench` does.
    """
    from workbench.pages import build_site, write_pages
    from workbench.results import read

    if not CHECKOUT.is_file():
        raise UsageError(f"{CHECKOUT}: not here; run this in a checkout of the project")
    found = read(results)
    releases = shipped or results / "shipped"
    if shipped is not None and not (shipped / "subjects").is_dir():
        raise UsageError(f"{shipped}: no results there; `workbench upstream run` makes them")
    pages = write_pages(
        found,
        lanes=Path("build/run/lanes"),
        benchmarks=Path("build/bench/latest.json"),
        hand_written=Path("site"),
        out=Path("build/pages"),
        shipped=read(releases) if (releases / "subjects").is_dir() else None,
    )
    err().print(f"{len(pages)} pages written; MkDocs is building")
    build_site(Path("build/pages"), Path("build/site"), CHECKOUT)
    out().print(f"the site is in build/site; open {Path('build/site/index.html').resolve()}", soft_wrap=True)
    if serve:
        _serve(Path("build/site"), port)


def _serve(folder: Path, port: int) -> None:
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"port {port}: {error.strerror}; --port 0 takes one that is free") from error
    with server:
        out().print(f"serving http://127.0.0.1:{server.server_port}/ - Ctrl-C ends it")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            err().print("ended")
