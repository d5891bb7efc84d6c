"""`workbench corpus`: the fixtures and their bodies."""

from __future__ import annotations

from pathlib import Path

import click

from workbench.cli.console import FINDINGS, err, examples, out, safe


@click.group("corpus", short_help="Look after the fixtures and their bodies.", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look after the fixtures and their bodies."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@command.command(
    "render",
    short_help="Write the bodies that fixtures declare as rendered.",
    epilog=examples(
        ("workbench corpus render", "after a fixture or an encoder was changed"),
        ("workbench corpus render --check", "only say which bodies are stale"),
        ("workbench corpus render path/to/fixtures", "fixtures of your own"),
    ),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a body is stale.")
def render_command(folder: Path | None, check: bool) -> None:
    """Write the bodies that fixtures declare as rendered, from their delta cuts, with the dialects' encoders.

    FOLDER holds one folder per fixture; the project's own by default. Bodies that were written by hand are never
    touched.
    """
    from workbench.corpus import render

    stale = render(folder, check=check)
    for path in stale:
        err().print(safe(f"{'stale' if check else 'written'}: {path}"), soft_wrap=True)
    if not stale:
        out().print("all rendered bodies are fresh")
        return
    count = f"{len(stale)} {'body' if len(stale) == 1 else 'bodies'}"
    if check:
        out().print(f"{count} stale; `workbench corpus render` renews them")
        raise click.exceptions.Exit(FINDINGS)
    out().print(f"{count} written")
