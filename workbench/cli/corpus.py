"""`workbench corpus`: the fixtures and their bodies."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.console import FINDINGS, err, out, safe


@click.group("corpus")
def command() -> None:
    """Look after the fixtures and their bodies."""


@command.command("render")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a body is stale.")
def render_command(folder: Path | None, check: bool) -> None:
    """Write the bodies that fixtures declare as rendered, from their delta cuts, with the dialects' encoders."""
    from workbench.corpus import render

    stale = render(folder, check=check)
    for path in stale:
        err().print(safe(f"{'stale' if check else 'written'}: {path}"))
    out().print(f"{len(stale)} bodies {'are stale' if check else 'written'}")
    if check and stale:
        raise click.exceptions.Exit(FINDINGS)
