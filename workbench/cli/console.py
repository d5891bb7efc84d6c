"""What every command prints with: colour that can be switched off, text made visible, JSON for machines.

Rules:
1. Text from streams, files and names passes `safe` before it reaches a terminal.
2. Results go to standard output, progress and errors to standard error.
3. `NO_COLOR` and a pipe switch colour off.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workbench.jsontext import write_json
from workbench.visible import visible

FINE, FINDINGS, USAGE, ENVIRONMENT = 0, 1, 2, 3
"""Exit codes: all is well; something was found; the call was wrong; the machine lacks something."""

VERDICT_STYLE = {
    "pass": "green",
    "fail": "red",
    "inexpressible": "yellow",
    "not-applicable": "dim",
    "not-run": "magenta",
    "crash": "bold red",
    "flaky": "magenta",
}
VERDICT_GLYPH = {
    "pass": "●",
    "fail": "✗",
    "inexpressible": "○",
    "not-applicable": "·",
    "not-run": "?",
    "crash": "!",
    "flaky": "~",
}

FORMAT = click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text for people, JSON for machines.",
)


def out() -> Console:
    """The console for results; wide enough for tables when it is a pipe."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, emoji=False, width=160)
    return console


def err() -> Console:
    """The console for progress and errors."""
    return Console(stderr=True, highlight=False, emoji=False)


def safe(text: object) -> str:
    """Makes text from outside safe for a console: hidden characters visible, markup inert."""
    return escape(visible(str(text)))


def print_json(value: object) -> None:
    """Writes one JSON value and a line feed to standard output."""
    click.echo(write_json(value))


def _silent(done: int, total: int, what: str) -> None:
    """Says nothing: standard error is no terminal."""


@contextmanager
def progress(total_of: str) -> Iterator[Callable[[int, int, str], None]]:
    """Shows progress on standard error when that is a terminal; yields a `(done, total, what)` callback."""
    if not sys.stderr.isatty():
        yield _silent
        return
    columns = (
        TextColumn(total_of),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[what]}"),
    )
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task("", total=None, what="")

        def report(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=safe(what))

        yield report
